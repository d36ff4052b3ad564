import { type Snapshot, takeSnapshot } from '../../../core/authorization/decisions/snapshot.ts';
import type { Subject } from '../../../core/authorization/decisions/subjects.ts';
import { createEngine, type Engine } from '../../../core/authorization/engine/engine.ts';
import { domainOf } from '../../../core/authorization/policy/domain.ts';
import { splitRevision } from '../../../core/authorization/store/live-policies.ts';
import { loadContent } from '../../../core/authorization/store/revisions.ts';
import { toId } from '../../../core/base/ids.ts';
import type { Database } from '../../../core/database/database.ts';
import type { Chance } from '../access-plans/random-data.ts';

/** A question as a bundle is asked it, and Tenet's answer. */
export interface Answered {
  readonly asked: [subject: string, place: string, resource: string, action: string];
  readonly allowed: boolean;
  readonly roles: readonly string[];
}

const things = ['door', 'room', 'key', 'nothing'];
const actions = ['open', 'close', 'paint', 'copy', 'nothing'];

/** Questions by chance about an organization, also of those who hold nothing and in places that are no more, as a snapshot and the engine answer them. */
export async function askTenet(database: Database, org: string, chance: Chance, count: number): Promise<Answered[]> {
  const organizationId = toId('organization', org);
  const list = async (table: string, where: object): Promise<string[]> =>
    (await database.read('platform', (db) => db(table).where(where).select('id').orderBy('id'))).map(({ id }: { id: string }) => id);
  const subjects: Subject[] = [
    ...(await list('users', {})).map((uuid): Subject => ({ type: 'user', id: toId('user', uuid), uuid })),
    ...(await list('service_accounts', { org_id: org })).map(
      (uuid): Subject => ({ type: 'service-account', id: toId('serviceAccount', uuid), uuid }),
    ),
  ];
  const projects = [undefined, ...(await list('projects', { org_id: org })).map((id) => toId('project', id))];
  const snapshots = new Map<string, Snapshot>();
  let engine: Engine | undefined;
  const answered: Answered[] = [];
  for (let number = 0; number < count; number++) {
    const [subject, projectId, resource, action] = [chance.one(subjects), chance.one(projects), chance.one(things), chance.one(actions)];
    const domain = domainOf({ organizationId, projectId });
    const key = `${subject.id} ${domain.dom}`;
    const snapshot =
      snapshots.get(key) ?? (await database.read('platform', (db) => takeSnapshot(db, subject, domain, { organizationId, projectId })));
    snapshots.set(key, snapshot);
    engine ??= createEngine(await contentsOf(database, snapshot.revisions));
    const { allowed } = engine.decide({ roles: engine.roleSet(snapshot.roles), domain, resource, action });
    answered.push({ asked: [subject.id, domain.dom, resource, action], allowed, roles: snapshot.roles });
  }
  return answered;
}

function contentsOf(database: Database, revisions: readonly string[]) {
  return Promise.all(
    revisions.map(splitRevision).map(({ scope, revision }) => database.read('platform', (db) => loadContent(db, scope, revision))),
  );
}

/** The organizations of a database that are not deleted. */
export async function organizationsOf(database: Database): Promise<string[]> {
  const rows: { id: string }[] = await database.read('platform', (db) =>
    db('organizations').where('state', '<>', 'DELETED').orderBy('id').select('id'),
  );
  return rows.map(({ id }) => id);
}
