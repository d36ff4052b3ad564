import type { Actor, Place } from '../authorization/decisions/actor.ts';
import type { Decision } from '../authorization/decisions/decide.ts';
import { type HeldRole, type HeldRow, heldRoles, presentGrant, toHeldRole } from '../authorization/decisions/held-roles.ts';
import { decideHandling, findMissing, findRole, type KnownRoles, mayHandle, objectOf, tierOf } from '../authorization/decisions/roles.ts';
import { takeSnapshot } from '../authorization/decisions/snapshot.ts';
import { authorityOf, type Holder, type Subject } from '../authorization/decisions/subjects.ts';
import type { Engine } from '../authorization/engine/engine.ts';
import { permissionsIn } from '../authorization/engine/giving.ts';
import { anyProjectOf, domainOf } from '../authorization/policy/domain.ts';
import { offeringActions, ownerRole } from '../authorization/policy/vocabulary.ts';
import { InvalidInput } from '../base/errors.ts';
import { toUuid } from '../base/ids.ts';
import type { Db } from '../database/database.ts';

// Giving and taking roles: every question about it is put to the policy here.

/** An organization, or a project in it. */
type RolePlace = Place & { readonly organizationId: string };

/** Throws InvalidInput unless there is such a role and it is given in a place of this kind. */
export function checkRole(roles: KnownRoles, role: string, place: Place, pointer = '#/role'): void {
  const level = place.projectId === undefined ? 'org' : 'project';
  if (findRole(roles, role)?.level === level) return;
  const { blueprint } = roles;
  const known = blueprint!.roles.filter((candidate) => candidate.level === level).map(({ id }) => id);
  const where = level === 'org' ? 'an organization' : 'a project';
  const orOwn = blueprint!.customRoles ? ', or the id of a role that the organization has defined' : '';
  const instead = role === ownerRole && blueprint!.owner === 'exactly-one' ? '; the ownership is transferred: createOwnershipTransfer' : '';
  throw new InvalidInput(`${role} is no role that can be given in ${where} of this kind.`, [
    { pointer, detail: `must be one of ${known.join(', ')}${orOwn}${instead}` },
  ]);
}

/**
 * Asks whether the actor may give the role in this place: `assign` on it or on its tier, everything that the organization has put into it, and what is
 * given to whoever has it. Throws PermissionDenied.
 */
export async function requireAssign(db: Db, actor: Actor, place: RolePlace, role: string): Promise<void> {
  const engine = await actor.engine(place);
  await actor.require(objectOf(engine, role), 'assign', place);
  const missing = findMissing(engine, await actor.snapshot(place), {
    tier: tierOf(engine, role),
    permissions: permissionsIn(engine, role),
  });
  if (missing) throw await refuse(actor, missing, notHeld(role));
  await requireThrough(db, actor, place, role);
}

const notHeld = (role: string): string => `It is in ${role}, and a role is given by those who hold everything in it.`;

/** Asks whether the actor may take the role in this place. Throws PermissionDenied. */
export async function requireUnassign(actor: Actor, place: Place, role: string): Promise<void> {
  await actor.require(objectOf(await actor.engine(place), role), 'unassign', place);
}

/** Asks whether the actor may offer the role in this place. Throws PermissionDenied. */
export async function requireOffer(db: Db, actor: Actor, place: RolePlace, role: string): Promise<void> {
  await requireOne(actor, place, role, offeringActions);
  await requireThrough(db, actor, place, role);
}

/** Whether a subject may offer the role in this place now, as requireOffer asks. */
export async function mayOffer(db: Db, engine: Engine, subject: Subject, place: RolePlace, role: string): Promise<boolean> {
  const may = async (where: RolePlace, offered: string, actions: readonly string[]): Promise<boolean> =>
    mayHandle(engine, await takeSnapshot(db, subject, domainOf(where), where), offered, actions);
  if (!(await may(place, role, offeringActions))) return false;
  if (!engine.customRoles.has(role)) return true;
  for (const given of await rolesOf(db, place, role)) {
    if (!(await may({ organizationId: place.organizationId, projectId: given.projectId }, given.role, ['assign']))) return false;
  }
  return true;
}

/**
 * Asks whether the actor may take the offer of a role back. No person holds the role by it yet, so it may be taken back by callers who may
 * offer the role, and by callers who may take the role from its holders. Throws PermissionDenied.
 */
export async function requireTakeBack(actor: Actor, place: Place, role: string): Promise<void> {
  await requireOne(actor, place, role, [...offeringActions, 'unassign']);
}

async function requireOne(actor: Actor, place: Place, role: string, actions: readonly string[]): Promise<void> {
  const decision = decideHandling(await actor.engine(place), await actor.snapshot(place), role, actions);
  // Not NotFound for a project that the actor may not read: the invitation that it is about is one that they may see.
  if (!decision.allowed) throw await refuse(actor, decision);
}

/**
 * A role that the organization has defined may have roles itself, for everybody who holds it: who gives it gives those as well. They are asked for in
 * all projects at once, and one by one where that is not allowed.
 */
export async function requireThrough(db: Db, actor: Actor, place: RolePlace, role: string): Promise<void> {
  const engine = await actor.engine(place);
  if (!engine.customRoles.has(role)) return;
  const { organizationId } = place;
  const everywhere = { ...(await actor.snapshot({ organizationId })), domain: anyProjectOf({ organizationId }) };
  for (const given of await rolesOf(db, place, role)) {
    if (given.projectId !== undefined && mayHandle(engine, everywhere, given.role, ['assign'])) continue;
    const decision = decideHandling(engine, await actor.snapshot({ organizationId, projectId: given.projectId }), given.role, ['assign']);
    if (!decision.allowed)
      throw await refuse(actor, decision, `Whoever has ${role} has ${given.role} by it${given.projectId ? ` in ${given.projectId}` : ''}.`);
  }
}

/** The roles that whoever has this role in this place has by it. */
export async function rolesOf(db: Db, { organizationId, projectId }: RolePlace, role: string): Promise<HeldRole[]> {
  const query = db('grants as g')
    .where({ 'g.org_id': toUuid('organization', organizationId), 'g.subject_role': role })
    .whereRaw(presentGrant)
    .distinct<HeldRow[]>('g.role', 'g.project_id')
    .orderBy(['g.project_id', 'g.role']);
  if (projectId !== undefined) query.whereRaw('(g.project_id is null or g.project_id = ?)', [toUuid('project', projectId)]);
  return (await query).map(toHeldRole);
}

const ownerStays = 'The owner stays and keeps their roles until they have transferred the ownership: createOwnershipTransfer.';

/**
 * Asks whether the actor may take every one of these roles, each in its own place. The ownership is a role that nobody may
 * take, so no caller can touch the owner. Throws PermissionDenied for the first that they may not.
 */
export async function requireUnassignAll(actor: Actor, organizationId: string, held: readonly HeldRole[]): Promise<void> {
  await requireAll(actor, organizationId, held, 'unassign');
}

/** As requireUnassignAll, for giving: a caller who gets what a holder has must be able to give it. */
export async function requireAssignAll(actor: Actor, organizationId: string, held: readonly HeldRole[]): Promise<void> {
  await requireAll(actor, organizationId, held, 'assign');
}

/**
 * Asks whether the actor may let others act as a holder, by a key or by a reference: these act with the authority of the holder, so the actor must be
 * able to give all of that. Throws PermissionDenied.
 */
export async function requireAuthorityOf(db: Db, actor: Actor, organizationId: string, holder: Holder): Promise<void> {
  if (authorityOf(actor.principal.subject)?.id === holder.id) return;
  const held = await heldRoles(db, toUuid('organization', organizationId), holder, { resting: true });
  await requireAssignAll(actor, organizationId, held);
}

async function requireAll(actor: Actor, organizationId: string, held: readonly HeldRole[], action: 'assign' | 'unassign'): Promise<void> {
  for (const { role, projectId } of held) {
    const place = { organizationId, projectId };
    const decision = decideHandling(await actor.engine(place), await actor.snapshot(place), role, [action]);
    // Not NotFound for a project that the actor may not read: the member that it is about is one whom they may see.
    if (!decision.allowed) throw await refuse(actor, decision, role === ownerRole ? ownerStays : undefined);
  }
}

/** The error for a no about something that the actor knows of; it joins the record of denials. */
export async function refuse(actor: Actor, decision: Decision, hint?: string): Promise<Error> {
  actor.denials.push(decision);
  return actor.denial(decision, hint);
}
