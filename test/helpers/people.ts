import { insertGrant } from '../../core/access/grants.ts';
import { addMember } from '../../core/access/members.ts';
import type { PolicyContent } from '../../core/authorization/policy/content.ts';
import { insertRevision, listHeads, loadContent, moveHead } from '../../core/authorization/store/revisions.ts';
import { toUuid } from '../../core/base/ids.ts';
import { type Db, openDatabase } from '../../core/database/database.ts';
import { addPlatformRoles } from '../../core/people/operators.ts';
import type { Caller, TestTenet } from './tenet.ts';

/** A caller of whom a test knows the id. */
export type Person = Caller & { id: string };

/** Signs a person in, and reads their id. */
export async function signIn(tenet: TestTenet, email: string): Promise<Person> {
  const caller = await tenet.as(email);
  return { ...caller, id: await caller.userId() };
}

/** What an organization of this kind demands. */
export const apiHubProfile = {
  legalName: 'Acme Ltd',
  alertingEmail: 'alerts@acme.example',
  invoicingEmail: 'bills@acme.example',
};

/** Makes an organization of this caller, of the default kind unless one is named, and returns its id. */
export async function foundOrganization(owner: Caller, name = 'Acme', blueprint?: string): Promise<string> {
  const body = { name, ...(blueprint !== undefined && { blueprint }), ...(blueprint === 'api-hub' && apiHubProfile) };
  const { data, error } = await owner.client.POST('/v1/organizations', { body });
  if (!data) throw new Error(`no organization: ${JSON.stringify(error)}`);
  return data.id;
}

/** Makes a project of the organization and returns its id. */
export async function foundProject(creator: Caller, organizationId: string, name = 'Website'): Promise<string> {
  const { data } = await creator.client.POST('/v1/organizations/{organizationId}/projects', {
    params: { path: { organizationId } },
    body: { name },
  });
  return data!.id;
}

/** Signs a person in who is a member with this role, in the organization or in the project; without a role, only a member. */
export async function join(
  tenet: TestTenet,
  place: { organizationId: string; projectId?: string },
  email: string,
  role?: string,
): Promise<Person> {
  const person = await signIn(tenet, email);
  const { id } = person;
  const uuid = toUuid('user', id);
  await tenet.database.write({ organization: toUuid('organization', place.organizationId) }, async (db) => {
    await addMember(db, { organizationId: place.organizationId, userUuid: uuid });
    const setUp = { name: 'test', principal: { subject: { type: 'user' as const, id, uuid }, issuedAt: 0 } };
    if (role !== undefined) await insertGrant(db, setUp, { ...place, user_id: uuid, role });
  });
  return person;
}

/** Gives roles of the platform to a person of the local issuer, as the command line does: on a connection of the owner. */
export async function givePlatformRoles(tenet: TestTenet, email: string, ...roles: string[]): Promise<void> {
  const owned = openDatabase(tenet.databaseUrl, { size: 1, onError: () => undefined, role: 'owner' });
  try {
    await addPlatformRoles(
      owned,
      { issuer: 'http://localhost/tenet-dev', subject: email, email: { address: email, verified: true } },
      roles,
      ['organizations'],
    );
  } finally {
    await owned.close();
  }
}

/** Reads and changes rows of an organization in ways that no request can. */
export function writeIn<T>(tenet: TestTenet, organizationId: string, work: (db: Db) => Promise<T>): Promise<T> {
  return tenet.database.write({ organization: toUuid('organization', organizationId) }, work);
}

/** Changes rows of an organization by SQL, in ways that no request can. */
export async function inDatabase(tenet: TestTenet, organizationId: string, sql: string, values: readonly string[] = []): Promise<void> {
  await writeIn(tenet, organizationId, (db) => db.raw(sql, [...values]));
}

/** The actions of the newest audit events of an organization, oldest first. */
export async function auditTrail(
  admin: Caller,
  organizationId: string,
  action?: string,
): Promise<{ action: string; target: string; outcome: string }[]> {
  const { data } = await admin.client.GET('/v1/organizations/{organizationId}/audit-events', {
    params: { path: { organizationId }, query: { pageSize: 200, ...(action === undefined ? {} : { action }) } },
  });
  return data!.items.map(({ action, target, outcome }) => ({ action, target, outcome })).reverse();
}

/** Puts a revision of the kind of organization of the first row into force that has these rows as well, without the tests that would refuse it. */
export function allowAlso(tenet: TestTenet, ...rows: PolicyContent['rows']): Promise<void> {
  return changePolicy(tenet, rows, () => true, `blueprint/${rows[0]![0].split('/')[0]}`);
}

/** As allowAlso, for a policy that has fewer rows. */
export function allowLess(tenet: TestTenet, isKept: (row: PolicyContent['rows'][number]) => boolean): Promise<void> {
  return changePolicy(tenet, [], isKept);
}

/** Puts a revision of a kind of organization into force that has these rows as well, and of the others those that are kept. */
export async function changePolicy(
  tenet: TestTenet,
  added: PolicyContent['rows'],
  isKept: (row: PolicyContent['rows'][number]) => boolean,
  scope = 'blueprint/integrations',
): Promise<void> {
  await tenet.database.write('platform', async (db) => {
    const [head] = await listHeads(db, [scope]);
    const { tests, ...content } = await loadContent(db, head!.scope, head!.revision);
    const kept = content.rows.map((row, index) => ({ row, source: content.sources[index]! })).filter(({ row }) => isKept(row));
    const rows = [...kept.map(({ row }) => row), ...added];
    const sources = [...kept.map(({ source }) => source), ...added.map((_, index) => ({ file: 'policy.csv', line: 1000 + index }))];
    const about = { author: 'test', reason: 'what the test needs' };
    const { revision } = await insertRevision(db, { ...content, rows, sources }, about);
    await moveHead(db, head!.scope, { revision, how: 'PROPOSAL', by: 'test' });
  });
}
