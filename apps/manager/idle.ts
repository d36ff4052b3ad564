import { idleStopAfter } from '../../core/apps/idle-stop.ts';
import { listQuiet, stopQuiet } from '../../core/apps/work.ts';
import type { Blueprint } from '../../core/authorization/policy/blueprint.ts';
import { secondsOfDuration } from '../../core/authorization/policy/settings.ts';
import type { LivePolicies } from '../../core/authorization/store/live-policies.ts';
import { revisionsOfKind } from '../../core/authorization/store/revisions.ts';
import { toId } from '../../core/base/ids.ts';
import type { Database, Db } from '../../core/database/database.ts';

/** What had traffic within so many seconds is not asked about. */
const recent = 60;

/** Asks for what had no traffic for as long as its settings say to be stopped until the next access. Returns how many those were. */
export async function stopIdle(database: Database, policies: LivePolicies): Promise<number> {
  const quiet = await database.read('platform', (db) => listQuiet(db, recent));
  const kinds = new Map<string, Promise<Blueprint | undefined>>();
  let stopped = 0;
  for (const row of quiet) {
    const kind = kinds.get(row.blueprint) ?? database.read('platform', (db) => blueprintOf(db, policies, row.blueprint));
    kinds.set(row.blueprint, kind);
    const blueprint = await kind;
    const place = { organizationId: toId('organization', row.org_id), projectId: toId('project', row.id) };
    const said = blueprint && (await database.read('platform', (db) => idleStopAfter(db, blueprint, place)));
    const seconds = said === undefined ? undefined : secondsOfDuration(said);
    if (seconds === undefined || Date.now() - row.last_active_at.getTime() < seconds * 1_000) continue;
    if (await database.write('platform', (db) => stopQuiet(db, row, seconds))) stopped += 1;
  }
  return stopped;
}

async function blueprintOf(db: Db, policies: LivePolicies, name: string): Promise<Blueprint | undefined> {
  const revisions = await revisionsOfKind(db, name);
  return revisions.length < 2 ? undefined : (await policies.get(revisions)).engine.blueprint;
}
