import { record } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import type { PolicyContent } from '../authorization/policy/content.ts';
import { scopeName, storedScope } from '../authorization/policy/scopes.ts';
import { loadContent } from '../authorization/store/revisions.ts';
import { newId, toId, toUuid } from '../base/ids.ts';
import type { Database, Db } from '../database/database.ts';
import { lockPolicies } from '../policies/activation.ts';
import { keptFor, makeRoom } from './access-plans.ts';
import { demandPresent } from './applying.ts';
import { documentOf, type PlanDocument } from './document.ts';
import { observePlan } from './making.ts';
import { storeMarks } from './marks.ts';
import { BlockedPlan, refuseBlocking, StalePlan } from './planned-contents.ts';
import { demandSame, movedHeads } from './planned-files.ts';
import { checkAccessPlan } from './staleness.ts';
import { storeRows } from './stored-rows.ts';

/** A revision of a scope, which is about to come into force in stages. */
export interface Candidate {
  readonly scope: string;
  readonly revision: number;
}

/**
 * Stores a plan that was kept in a file, where it is one of this candidate and still says what happens then: it is made again, of the contents that are stored, and
 * compared. A plan of several scopes is stored once. Returns its id. Throws BlockedPlan where it is a plan of something else or a rail blocks it, StalePlan where
 * something moved.
 */
export async function keepPlan(
  database: Database,
  db: Db,
  actor: Pick<Actor, 'name' | 'requestId'>,
  { plan, candidate }: { readonly plan: PlanDocument; readonly candidate: Candidate },
): Promise<string> {
  await lockPolicies(db);
  await refuseOtherCandidate(db, plan, candidate);
  refuseBlocking(plan.rails);
  const moved = await movedHeads(db, plan);
  if (moved.length > 0) throw new StalePlan(moved);
  const kept = await findKept(db, plan.digest);
  if (kept !== undefined) {
    await demandPresent(db, kept, (id) => checkAccessPlan(database, id));
    return kept;
  }
  const contents: PolicyContent[] = [];
  for (const target of plan.targets) contents.push(await storedContent(db, target));
  const { plan: again, marks, base } = await observePlan(database, contents, plan.roleMapping);
  const { rows, ...document } = documentOf(again);
  refuseBlocking(document.rails);
  demandSame(plan, { ...document, rows }, again.verification.differences);
  await makeRoom(db);
  const [id, targets] = [newId('accessPlan'), plan.targets.map(({ scope, to }) => ({ scope, sha256: to.sha256 }))];
  const uuid = toUuid('accessPlan', id);
  const text = { targets: JSON.stringify(targets), contents: JSON.stringify(contents), document: JSON.stringify(document) };
  await db('access_plans').insert({
    ...{ id: uuid, state: 'READY', ...text, base: JSON.stringify(base), digest: again.digest, data_at: again.dataAt },
    role_mapping: plan.roleMapping ? JSON.stringify(plan.roleMapping) : null,
    ...{ created_by: actor.name, expires_at: db.raw(`now() + interval '${keptFor} days'`) },
  });
  await storeRows(db, uuid, rows);
  await storeMarks(db, uuid, marks);
  await record(db, actor, {
    action: 'access-plan.create',
    target: id,
    after: { targets, ...(plan.roleMapping && { roleMapping: plan.roleMapping }) },
  });
  return id;
}

/** Throws BlockedPlan where the plan does not say what this candidate does. */
async function refuseOtherCandidate(db: Db, { targets }: PlanDocument, { scope, revision }: Candidate): Promise<void> {
  const name = scopeName(scope);
  const planned = targets.find((target) => target.scope === name);
  if (!planned) throw new BlockedPlan(`The plan says nothing of ${name}. Plan the files that ${name}@${revision} was proposed from.`);
  const stored: { sha256: string } | undefined = await db('policy_revisions').where({ scope, revision }).first('sha256');
  if (stored?.sha256 !== planned.to.sha256)
    throw new BlockedPlan(
      `The plan is of another content of ${name} than revision ${revision} has. Plan the files that it was proposed from.`,
    );
}

async function findKept(db: Db, digest: string): Promise<string | undefined> {
  const row: { id: string } | undefined = await db('access_plans')
    .where({ digest, state: 'READY' })
    .whereRaw('expires_at > now()')
    .orderBy('id', 'desc')
    .first('id');
  return row && toId('accessPlan', row.id);
}

/** The content of a target as it was proposed. Throws BlockedPlan. */
async function storedContent(db: Db, { scope, to: { sha256 } }: PlanDocument['targets'][number]): Promise<PolicyContent> {
  const stored = storedScope(scope);
  const row: { revision: number } | undefined = await db('policy_revisions')
    .where({ scope: stored, sha256 })
    .orderBy('revision', 'desc')
    .first('revision');
  if (!row)
    throw new BlockedPlan(`The plan changes ${scope} too, and this content of it is not stored. Propose the files that were planned.`);
  return loadContent(db, stored, row.revision);
}

/** What a stored plan says, as a digest; undefined where it is none or is not made yet. */
export async function digestOfPlan(db: Db, accessPlanId: string): Promise<string | undefined> {
  const row: { digest: string | null } | undefined = await db('access_plans')
    .where({ id: toUuid('accessPlan', accessPlanId) })
    .first('digest');
  return row?.digest ?? undefined;
}
