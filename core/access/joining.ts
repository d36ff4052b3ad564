import { record } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import { presentGrant } from '../authorization/decisions/held-roles.ts';
import { type Subject, subjectNamed } from '../authorization/decisions/subjects.ts';
import { blueprintScope } from '../authorization/policy/scopes.ts';
import { holdHead } from '../authorization/store/revisions.ts';
import { AlreadyExists, FailedPrecondition, NotFound } from '../base/errors.ts';
import { toId } from '../base/ids.ts';
import type { Db } from '../database/database.ts';
import { findOrganization } from '../organizations/organizations.ts';
import { mayOffer } from './giving.ts';
import { type Grant, insertGrant } from './grants.ts';
import { membersOnly } from './invitation-addresses.ts';
import { type InvitationRow, type OfferRow, placesOf } from './invitation-rows.ts';
import { addMember } from './members.ts';

/** What people join by: an invitation or a link, with the roles that it offers and who answers for them. */
export type Opening = Pick<InvitationRow, 'org_id' | 'project_id' | 'offers' | 'until' | 'invited_by'> &
  Partial<Pick<InvitationRow, 'managed_by'>>;

/** Where a person is a member now, and with which roles that they did not have before. */
export interface Joined {
  readonly organizationId: string;
  readonly userId: string;
  readonly isNew: boolean;
  readonly grants: readonly Grant[];
}

/** Locks the organization of an opening, and keeps the policy of its kind until the transaction ends. Throws NotFound for a deleted one. */
export async function holdOrganization(db: Db, org: string): Promise<void> {
  const { blueprint } = await findOrganization(db, org, { lock: true });
  await holdHead(db, blueprintScope(blueprint));
}

/** An offer is worth what its author may do now: an author who lost the right to offer a role offers it no more. Throws FailedPrecondition. */
export async function requireAuthor(db: Db, actor: Actor, opening: Opening): Promise<void> {
  const { invited_by, managed_by = null } = opening;
  const author: Subject = managed_by === null ? subjectNamed(invited_by) : { type: 'controller', id: invited_by };
  const engine = await actor.engine({ organizationId: toId('organization', opening.org_id) });
  for (const { role, place } of placesOf(opening)) {
    if (await mayOffer(db, engine, author, place, role)) continue;
    throw new FailedPrecondition(
      'failed-precondition',
      `The person who invited you may not offer the role ${role} any more. Ask an administrator of the organization for a new invitation.`,
    );
  }
}

/**
 * Makes the caller a member who holds the offered roles, under the lock of the organization; what was made in a project gives a member the role there.
 * A deactivated member does not come back by it. Throws AlreadyExists for who has it already, and FailedPrecondition.
 */
export async function join(
  db: Db,
  actor: Actor,
  opening: Opening,
  as: Pick<Parameters<typeof addMember>[1], 'joinedAs' | 'displayName' | 'managedBy'>,
): Promise<Joined> {
  const { subject } = actor.principal;
  if (subject.type !== 'user') throw new NotFound();
  const organizationId = toId('organization', opening.org_id);
  const isNew = await addMember(db, { organizationId, userUuid: subject.uuid, ...as });
  const offers = await offersFor(db, actor, opening, { isNew, userUuid: subject.uuid });
  const given = { name: opening.invited_by, principal: actor.principal };
  const { until } = opening;
  const grants: Grant[] = [];
  for (const { role, project_id } of await withoutHeld(db, actor, opening, offers, subject.uuid)) {
    const projectId = project_id === null ? undefined : toId('project', project_id);
    grants.push(await insertGrant(db, given, { organizationId, projectId, user_id: subject.uuid, role, until, source: 'INVITATION' }));
  }
  return { organizationId, userId: subject.id, isNew, grants };
}

/** The events of a person who has joined, behind the one of what they joined by. */
export async function recordJoined(db: Db, actor: Actor, joined: Joined, by: Readonly<Record<string, string>>): Promise<void> {
  const { organizationId, userId, isNew, grants } = joined;
  if (isNew) {
    const roles = grants.filter(({ projectId }) => projectId === undefined).map(({ role, id, until }) => ({ role, grantId: id, until }));
    await record(db, actor, { organizationId, action: 'member.create', target: userId, after: { state: 'ACTIVE', roles, ...by } });
  }
  for (const grant of grants) {
    if (grant.projectId === undefined) continue;
    await record(db, actor, { organizationId, action: 'grant.create', target: grant.id, after: grant });
  }
}

/** What becomes grants now: to a new member what was offered, with the lowest role where that was a role in a project alone. */
async function offersFor(
  db: Db,
  actor: Actor,
  opening: Opening,
  { isNew, userUuid }: { isNew: boolean; userUuid: string },
): Promise<readonly OfferRow[]> {
  const organizationId = toId('organization', opening.org_id);
  if (opening.project_id === null) {
    if (!isNew) throw new AlreadyExists('You are a member of this organization already.');
    return opening.offers;
  }
  if (isNew) {
    const { project_invites_may_add_members } = await findOrganization(db, opening.org_id);
    if (!project_invites_may_add_members) throw new FailedPrecondition('failed-precondition', membersOnly);
    const { lowestRole } = (await actor.engine({ organizationId })).blueprint!;
    return [{ role: lowestRole, project_id: null }, ...opening.offers];
  }
  await checkMember(db, opening, userUuid);
  return opening.offers;
}

/**
 * The offers without those in projects where the person has a role already, as someone from outside: that role stays as it is. Where the kind of
 * organization lets a person have several roles in a project, only the same role is left out.
 */
async function withoutHeld(
  db: Db,
  actor: Actor,
  { org_id }: Opening,
  offers: readonly OfferRow[],
  user_id: string,
): Promise<readonly OfferRow[]> {
  const places = offers.flatMap(({ project_id }) => (project_id === null ? [] : [project_id]));
  if (places.length === 0) return offers;
  const held: OfferRow[] = await db('grants as g')
    .where({ org_id, user_id })
    .whereIn('g.project_id', places)
    .whereRaw(presentGrant)
    .select('g.project_id', 'g.role');
  // What has run out must not stand in the way of the same role.
  await db('grants')
    .where({ org_id, user_id, revoked_at: null })
    .whereIn('project_id', places)
    .where('until', '<=', db.fn.now())
    .update({ revoked_at: db.fn.now(), revoked_by: 'tenet' });
  const { multipleRoles } = (await actor.engine({ organizationId: toId('organization', org_id) })).blueprint!;
  const stands = (offer: OfferRow) => (one: OfferRow) =>
    one.project_id === offer.project_id && (one.role === offer.role || !multipleRoles.project);
  return offers.filter((offer) => !held.some(stands(offer)));
}

/** Throws for a member who was deactivated or who has a role in the project already. */
async function checkMember(db: Db, { org_id, project_id }: Opening, user_id: string): Promise<void> {
  const member: { state: string } = await db('members').where({ org_id, user_id }).first('state');
  if (member.state !== 'ACTIVE') {
    throw new FailedPrecondition(
      'failed-precondition',
      'Your membership of this organization is switched off. Ask an administrator of it.',
    );
  }
  const place = { org_id, project_id, user_id, revoked_at: null };
  if (await db('grants as g').where(place).whereRaw(presentGrant).first('g.id')) {
    throw new AlreadyExists('You have a role in this project already.');
  }
  // What has run out must not stand in the way of the same role.
  await db('grants').where(place).update({ revoked_at: db.fn.now(), revoked_by: 'tenet' });
}
