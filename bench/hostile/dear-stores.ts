import { storeModel } from '../../core/authorization/policy-stores/model.ts';
import type { Caller } from '../tenet.ts';

/** Where a server is, and who makes a store there. */
interface Maker {
  readonly url: string;
  readonly caller: Caller;
}

const file = (lines: readonly string[]): string => lines.join('\n');

/** A policy of which every question compares all rows, and none of which is a filter for searches. */
export const dearPolicy = file([
  'p, *, doc:*, read, r.res.first == r.res.second, allow',
  ...Array.from({ length: 4_900 }, (_, index) => `p, *, doc:*, read, r.res.owner == 'u${index}' && r.res.level < ${index}, allow`),
]);

/** What a small application has. */
export const smallPolicy = 'p, *, doc:*, read, r.res.owner == r.sub.id, allow';

/** Makes a project and a store with this policy in force, and 1,000 entities; its path. */
export async function makeStore({ url, caller }: Maker, organizationId: string, policy: string): Promise<string> {
  const call = async (method: string, path: string, body: object, more: Record<string, string> = {}): Promise<string> => {
    const headers = { ...caller.headers, 'content-type': 'application/json', ...more };
    const response = await fetch(url + path, { method, headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    return ((await response.json()) as { id: string }).id;
  };
  const project = await call('POST', `/v1/organizations/${organizationId}/projects`, { name: 'Stores' });
  const stores = `/v1/organizations/${organizationId}/projects/${project}/policy-stores`;
  const path = `${stores}/${await call('POST', stores, { name: 'Documents' })}`;
  await call('POST', `${path}/revisions`, { model: storeModel, policy, reason: 'Measured.' });
  await call('PUT', `${path}/head`, { revision: 1 }, { 'if-match': '"1"' });
  await call('POST', `${path}/entities`, { entities: documents(0) });
  return path;
}

/** Entities with other properties in each round. */
export function documents(round: number): object[] {
  const properties = { owner: 'nobody', level: round, first: 1, second: 2 };
  return Array.from({ length: 1_000 }, (_, index) => ({ type: 'doc', id: String(index), properties }));
}

const about = { subject: { type: 'user', id: 'eve' }, action: { name: 'read' } };

/** A question to a store. */
export const oneQuestion = { ...about, resource: { type: 'doc', id: '7' } };

const batch = Array.from({ length: 100 }, (_, index) => ({ resource: { type: 'doc', id: String(index) } }));

/** What the owner of a costly store sends to it, one after the other in each of six lanes. */
export const dearRequests: readonly ((round: number) => readonly [path: string, body: object])[] = [
  ...Array.from({ length: 3 }, () => () => ['access/v1/evaluations', { ...oneQuestion, evaluations: batch }] as const),
  ...Array.from({ length: 2 }, () => () => ['access/v1/search/resource', { ...about, resource: { type: 'doc' } }] as const),
  (round) => ['entities', { entities: documents(round) }] as const,
];
