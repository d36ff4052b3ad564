import type { Actor } from '../authorization/decisions/actor.ts';
import { decideWith } from '../authorization/decisions/decide.ts';
import { personRole, takeSnapshot } from '../authorization/decisions/snapshot.ts';
import type { Engine } from '../authorization/engine/engine.ts';
import { domainOf } from '../authorization/policy/domain.ts';
import { roleObject } from '../authorization/policy/vocabulary.ts';
import { FailedPrecondition } from '../base/errors.ts';
import type { Db } from '../database/database.ts';

/** A person who holds roles of the platform. */
export interface Holder {
  readonly id: string;
  readonly state: string;
  readonly roles: readonly string[];
}

/**
 * Locks the accounts of all who hold a role of the platform, and that of one more, in one order; of two who lose roles or are suspended at once
 * the second one sees that the first is gone. Returns those who hold one.
 */
export async function lockHolders(db: Db, alsoUuid: string): Promise<Holder[]> {
  await db('users as u')
    .where('u.id', alsoUuid)
    .orWhereExists(db('platform_grants as g').whereRaw('g.user_id = u.id'))
    .orderBy('u.id')
    .forNoKeyUpdate()
    .select('u.id');
  // A statement of its own, which sees what the lock waited for.
  return db('platform_grants as g')
    .join('users as u', 'u.id', 'g.user_id')
    .groupBy('u.id')
    .orderBy('u.id')
    .select('u.id', 'u.state', db.raw('array_agg(g.role order by g.role) as roles'));
}

/**
 * Asks whether the actor may give, or take, each of these roles, as they are now: who lost a role while they waited for a lock gives and takes nothing.
 * Throws PermissionDenied for the first that they may not.
 */
export async function requireOnRoles(db: Db, actor: Actor, roles: readonly string[], action: 'assign' | 'unassign'): Promise<void> {
  if (roles.length === 0) return;
  const [engine, now] = [await actor.engine({}), await takeSnapshot(db, actor.principal.subject, domainOf({}), {})];
  for (const role of roles) {
    const decision = decideWith(engine, now, roleObject(role), action);
    if (decision.allowed) continue;
    actor.denials.push(decision);
    throw await actor.denial(decision);
  }
}

/** As requireOnRoles, on the roles of the platform that a user holds. */
export async function requireOnRolesOf(db: Db, actor: Actor, userUuid: string, action: 'assign' | 'unassign'): Promise<void> {
  const roles: string[] = await db('platform_grants').where({ user_id: userUuid }).orderBy('role').pluck('role');
  await requireOnRoles(db, actor, roles, action);
}

/**
 * Throws FailedPrecondition when, after this person lost these roles, there would be one of them that no active person is allowed to give any more.
 * `left` is what the person keeps.
 */
export function refuseLast(
  engine: Engine | undefined,
  holders: readonly Holder[],
  loss: { readonly userUuid: string; readonly lost: readonly string[]; readonly left: readonly string[]; readonly hint: string },
): void {
  const staying = holders
    .filter(({ state }) => state === 'ACTIVE')
    .map(({ id, roles }) => (id === loss.userUuid ? loss.left : roles))
    .filter((roles) => roles.length > 0);
  const orphaned = loss.lost.filter((role) => !staying.some((roles) => engine && mayOnPlatform(engine, roles, roleObject(role), 'assign')));
  if (orphaned.length === 0) return;
  throw new FailedPrecondition('failed-precondition', `No active person who may give ${orphaned.join(', ')} would remain. ${loss.hint}`);
}

/** Whether a person who holds these roles of the platform is allowed something there. */
export function mayOnPlatform(engine: Engine, roles: readonly string[], resource: string, action: string): boolean {
  return engine.decide({ roles: engine.roleSet([personRole, ...roles]), domain: domainOf({}), resource, action }).allowed;
}
