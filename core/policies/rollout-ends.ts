import { type Recorder, record } from '../audit/record.ts';
import type { MovedPolicies } from '../authorization/decisions/actor.ts';
import { scopeName } from '../authorization/policy/scopes.ts';
import { loadContent } from '../authorization/store/revisions.ts';
import { endRollout } from '../authorization/store/rollout-stages.ts';
import type { Canary, Rollout } from '../authorization/store/rollouts.ts';
import { newId, toId } from '../base/ids.ts';
import { type Db, prepared } from '../database/database.ts';

/** The canary of a rollout as the contract has it; nothing where it has none. */
export function canaryOf({ canary: { share, organizations } }: Pick<Rollout, 'canary'>) {
  if (share === 0 && organizations.length === 0) return undefined;
  return {
    ...(share > 0 && { share }),
    ...(organizations.length > 0 && { organizationIds: organizations.map((id) => toId('organization', id)) }),
  };
}

/** Where a rollout is, as the audit log says it. */
export function stageOf(rollout: Rollout) {
  const canary = canaryOf(rollout);
  return { stage: rollout.stage, ...(canary && { canary }) };
}

/** Ends an open rollout by a person, without any check: the revision in force has decided beside it all along. Undefined where it has ended already. */
export async function cancelOpen(db: Db, actor: Recorder, before: Rollout, reason: string): Promise<Rollout | undefined> {
  const rollout = await end(db, actor, before, 'CANCELLED', reason);
  if (rollout && canaryOf(before)) actor.effects?.policies.push(() => cancelledIn(db, before));
  return rollout;
}

/** What the end of a canary does: the base decides there in the place of the candidate. */
async function cancelledIn(db: Db, { scope, base, candidate, canary }: Rollout): Promise<MovedPolicies> {
  const [content, instead] = [await loadContent(db, scope, base), await loadContent(db, scope, candidate)];
  return { contents: [content], instead: [instead], only: await organizationsIn(db, scope, canary) };
}

/** No organization. */
const nowhere: Canary = { share: 0, organizations: [] };
/** All organizations of the kind. */
export const everywhere: Canary = { share: 10_000, organizations: [] };

const organizationsSql = `
select o.id from organizations o where o.blueprint = $1 and o.state <> 'DELETED'
and (canary_place(o.id) < $2 or o.id = any ($3)) and not (canary_place(o.id) < $4 or o.id = any ($5))`;

/** The organizations (uuid) of a scope that are in a canary, and not in another one. */
export async function organizationsIn(db: Db, scope: string, canary: Canary, without: Canary = nowhere): Promise<string[]> {
  const values = [scope.slice('blueprint/'.length), canary.share, canary.organizations, without.share, without.organizations];
  return (await prepared<{ id: string }>(db, 'organizations-in-canary', organizationsSql, values)).map(({ id }) => id);
}

/**
 * Ends a rollout in CANARY by itself: from its commit on, no organization is decided by the candidate. Of replicas that do so at once one ends it;
 * for the others it is undefined, as it is where a person was first. `why` names the finding.
 */
export function rollBackRollout(db: Db, rollout: Rollout, why: string): Promise<Rollout | undefined> {
  return end(db, { name: 'tenet', requestId: newId('request') }, rollout, 'ROLLED_BACK', why.slice(0, 500));
}

async function end(
  db: Db,
  actor: Recorder,
  before: Rollout,
  stage: 'CANCELLED' | 'ROLLED_BACK',
  reason: string,
): Promise<Rollout | undefined> {
  const rollout = await endRollout(db, before, stage, { by: actor.name, reason });
  if (!rollout) return undefined;
  await record(db, actor, {
    action: stage === 'CANCELLED' ? 'policy-rollout.cancel' : 'policy-rollout.roll-back',
    target: rollout.id,
    before: stageOf(before),
    after: { scope: scopeName(rollout.scope), revision: rollout.candidate, stage, reason },
  });
  return rollout;
}
