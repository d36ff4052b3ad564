import { storeModel } from '../../core/authorization/policy-stores/model.ts';
import type { StoreContents } from '../../core/authorization/policy-stores/types.ts';
import type { StoreKey } from '../../core/policy-stores/stores.ts';
import { send } from './keys.ts';
import { foundOrganization, foundProject } from './people.ts';
import type { Caller } from './tenet.ts';

/** Writers write what is not archived; every user reads what is public. */
export const storeFiles: StoreContents = {
  model: storeModel,
  policy: `p, role:writer, record:*, write, r.res.status != 'archived', allow
p, *, record:*, read, r.res.isPublic == true || r.res.owner == r.sub.id, allow
p, user:mallory, record:*, *, true, deny
g, user:alice, role:writer
`,
  tests: '',
};

/** A policy of which every question about a doc compares all rows, and none of which is a filter for searches. One is allowed: who owns what is first and last. */
export const dearFiles: StoreContents = {
  ...storeFiles,
  policy: [
    'p, *, doc:*, read, r.res.first == r.res.second, allow',
    ...Array.from({ length: 4_900 }, (_, index) => `p, *, doc:*, read, r.res.owner == 'u${index}' && r.res.level < ${index}, allow`),
  ].join('\n'),
};

/** How many comparisons a question to it may make: one for the object of each row, and those of its condition. */
export const dearComparisons = 2 + 3 * 4_900;

/** Founds an organization with a project and a policy store as this caller; `store` is its path. Throws what the answer says. */
export async function foundStore(owner: Caller): Promise<StoreKey & { store: string }> {
  const organizationId = await foundOrganization(owner);
  const projectId = await foundProject(owner, organizationId);
  const stores = `/v1/organizations/${organizationId}/projects/${projectId}/policy-stores`;
  const { status, text, body } = await send(owner, 'POST', stores, { name: 'Todo' });
  if (status !== 201) throw new Error(`${status} ${text}`);
  const { id } = body as { id: string };
  return { organizationId, projectId, policyStoreId: id, store: `${stores}/${id}` };
}

/** Puts files into force in a store that has none yet. Throws what the answer says. */
export async function putFirstIntoForce(owner: Caller, store: string, files: StoreContents = storeFiles): Promise<void> {
  const proposed = await send(owner, 'POST', `${store}/revisions`, { ...files, reason: 'First.' });
  if (proposed.status !== 201) throw new Error(`${proposed.status} ${proposed.text}`);
  const activated = await send(owner, 'PUT', `${store}/head`, { revision: 1 }, { 'if-match': '"1"' });
  if (activated.status !== 200) throw new Error(`${activated.status} ${activated.text}`);
}
