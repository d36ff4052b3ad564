import { toUuid } from '../core/base/ids.ts';
import type { PolicyStore } from '../core/policy-stores/stores.ts';
import type { Api } from './api-client.ts';
import { UsageError } from './options.ts';

/** A store that a command is about. */
export interface NamedStore {
  /** As the caller wrote it, without a revision. */
  readonly name: string;
  /** The path of the API. */
  readonly path: string;
  /** The number behind `@`. */
  readonly revision?: number;
}

interface Named {
  readonly id: string;
  readonly slug: string;
}

const aStore = 'organization, project and store, by slugs, names or ids, as in acme/web/Todo';

/** The policy stores of a project that is named as in acme/web. Throws UsageError. */
export async function findStores(api: Api, place: string): Promise<string> {
  const [organization = '', project = '', ...rest] = place.split('/');
  if (organization === '' || project === '' || rest.length > 0)
    throw new UsageError(`${place} is no project: give an organization and its project, by slugs or ids, as in acme/web.`);
  const organizationPath = `/v1/organizations/${await idOf(api, 'organization', organization, '/v1/me/organizations')}`;
  const projectId = await idOf(api, 'project', project, `${organizationPath}/projects`);
  return `${organizationPath}/projects/${projectId}/policy-stores`;
}

/** The store that is named as in acme/web/Todo or acme/web/Todo@3. Throws UsageError. */
export async function findStore(api: Api, text: string): Promise<NamedStore> {
  const [, name = '', number] = /^(.*?)(?:@([1-9]\d{0,8}))?$/s.exec(text) ?? [];
  const [, place = '', store = ''] = /^([^/]+\/[^/]+)\/(.+)$/s.exec(name) ?? [];
  if (store === '') throw new UsageError(`${text} is no policy store: give ${aStore}.`);
  const stores = await findStores(api, place);
  const id = isId('policyStore', store) ? store : await idByName(api, stores, store, place);
  return { name, path: `${stores}/${id}`, ...(number !== undefined && { revision: Number(number) }) };
}

async function idOf(api: Api, kind: 'organization' | 'project', name: string, list: string): Promise<string> {
  if (isId(kind, name)) return name;
  const found = (await api.all<Named>(list)).find(({ slug }) => slug === name);
  if (found) return found.id;
  throw new UsageError(
    `You can see no ${kind} ${name}: check its slug, or give its id. A service account gives the id of an organization.`,
  );
}

async function idByName(api: Api, stores: string, name: string, place: string): Promise<string> {
  const all = await api.all<PolicyStore>(stores);
  const found = all.find((store) => store.name.toLowerCase() === name.toLowerCase());
  if (found) return found.id;
  const there = all.length === 0 ? 'it has none' : `there are ${all.map((store) => store.name).join(', ')}`;
  throw new UsageError(`${place} has no policy store ${name}; ${there}.`);
}

function isId(kind: 'organization' | 'project' | 'policyStore', text: string): boolean {
  try {
    toUuid(kind, text);
    return true;
  } catch {
    return false;
  }
}
