import { record } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import { presentGrant } from '../authorization/decisions/held-roles.ts';
import { takeSnapshot } from '../authorization/decisions/snapshot.ts';
import { type Subject, subjectNamed } from '../authorization/decisions/subjects.ts';
import { domainOf } from '../authorization/policy/domain.ts';
import { blueprintScope } from '../authorization/policy/scopes.ts';
import { holdHead } from '../authorization/store/revisions.ts';
import { foldEmail } from '../base/email-address.ts';
import { AlreadyExists, FailedPrecondition, NotFound } from '../base/errors.ts';
import { toId, toUuid } from '../base/ids.ts';
import { isInvitationToken, tokenHash } from '../base/keyring.ts';
import { type Page, type PageQuery, readPage, toPage, uuidKey } from '../base/pages.ts';
import type { Db } from '../database/database.ts';
import { findOrganization } from '../organizations/organizations.ts';
import { findEmail, verifiedEmail } from '../people/users.ts';
import { type Grant, insertGrant } from './grants.ts';
import { membersOnly } from './invitation-addresses.ts';
import {
  endSql,
  endsOf,
  type InvitationRow,
  type InvitationState,
  invitationRows,
  type OfferRow,
  offeredBy,
  type ProjectRole,
  placesOf,
  refuseAnswered,
  refuseOrphaned,
  setState,
} from './invitation-rows.ts';
import type { InvitationContext } from './invitations.ts';
import { addMember } from './members.ts';
import { mayOffer } from './offers.ts';

// The invited person is nobody in the organization yet, so all of this runs in the scope of the platform: what an invitation
// is found by is always the verified address of the caller.

/** An invitation as the invited person sees it. */
export interface MyInvitation {
  readonly id: string;
  readonly organizationId: string;
  readonly organizationName: string;
  /** The project that it is to, where it is to one. */
  readonly projectId?: string;
  readonly email: string;
  readonly name?: string;
  readonly roles: string[];
  readonly projectRoles: (ProjectRole & { readonly projectName: string })[];
  readonly state: InvitationState;
  readonly expiresAt: string;
  /** When the offered roles end. */
  readonly until?: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Pending invitations to the caller's verified e-mail address, of whatever organization; none without such an address. */
export async function listMyInvitations(db: Db, actor: Actor, asked: PageQuery): Promise<Page<MyInvitation>> {
  const page = readPage(asked, 'my-invitations', uuidKey);
  const email = await findEmail(db, actor.principal.subject);
  if (email === null) return { items: [] };
  const query = invitationRows(db)
    .join('organizations as o', 'o.id', 'invitations.org_id')
    .where('invitations.state', 'PENDING')
    .whereRaw(`${endSql} > now()`)
    .where('invitations.folded_email', foldEmail(email))
    .whereNot('o.state', 'DELETED')
    .orderBy('invitations.id')
    .limit(page.limit + 1)
    .select('o.name as organization_name');
  if (page.after !== undefined) query.where('invitations.id', '>', page.after);
  const rows: (InvitationRow & { organization_name: string })[] = await query;
  const names = await projectNames(db, rows);
  return toPage(
    rows,
    page,
    'my-invitations',
    ({ id }) => id,
    (row) => toMyInvitation(row, names),
  );
}

/** The names of the projects in which these invitations offer roles, by uuid. */
async function projectNames(db: Db, rows: readonly InvitationRow[]): Promise<ReadonlyMap<string, string>> {
  const ids = rows.flatMap(({ org_id, offers }) => offers.flatMap(({ project_id }) => (project_id === null ? [] : [[org_id, project_id]])));
  const projects: { id: string; name: string }[] =
    ids.length === 0 ? [] : await db('projects').whereIn(['org_id', 'id'], ids).select('id', 'name');
  return new Map(projects.map(({ id, name }) => [id, name]));
}

function toMyInvitation(row: InvitationRow & { organization_name: string }, names: ReadonlyMap<string, string>): MyInvitation {
  const { roles, projectRoles } = offeredBy(row);
  return {
    id: toId('invitation', row.id),
    organizationId: toId('organization', row.org_id),
    organizationName: row.organization_name,
    ...(row.project_id === null ? {} : { projectId: toId('project', row.project_id) }),
    email: row.email,
    ...(row.name === null ? {} : { name: row.name }),
    roles,
    projectRoles: projectRoles.map((one) => ({ ...one, projectName: names.get(toUuid('project', one.projectId))! })),
    state: row.state,
    ...endsOf(row),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

/** Where somebody is a member now, for the answer. */
export interface Joined {
  readonly organizationId: string;
  readonly userId: string;
}

/** Accepts an invitation to the caller's verified e-mail address. Throws as acceptRow, and NotFound for anybody else's. */
export async function acceptInvitation(db: Db, actor: Actor, input: { invitationId: string }): Promise<Joined> {
  return acceptRow(db, actor, await findMine(db, actor, { id: toUuid('invitation', input.invitationId) }));
}

/**
 * Accepts the invitation that a token came for. The token alone is not enough: the caller's verified address must be the one
 * that was invited. Throws as acceptRow, and NotFound alike for a wrong token, a replaced one, and somebody else's.
 */
export async function acceptInvitationByToken(db: Db, actor: Actor, input: { token: string }, context: InvitationContext): Promise<Joined> {
  const row = await findMine(db, actor, { token_hash: tokenHash(input.token) });
  const invitation = { id: toId('invitation', row.id), version: row.token_version };
  // The database alone cannot make a token, and one that was made with a key that has left the ring is dead.
  if (!isInvitationToken(context.keyring, input.token, invitation)) throw new NotFound();
  return acceptRow(db, actor, row);
}

/** Declines an invitation to the caller's verified e-mail address. Throws NotFound for anybody else's and invitation-not-pending. */
export async function declineInvitation(db: Db, actor: Actor, input: { invitationId: string }): Promise<void> {
  const row = await findMine(db, actor, { id: toUuid('invitation', input.invitationId) });
  await refuseAnsweredMine(db, actor, row);
  await setState(db, row, { state: 'DECLINED' });
  await record(db, actor, {
    organizationId: toId('organization', row.org_id),
    action: 'invitation.decline',
    target: input.invitationId,
    before: { state: 'PENDING', email: row.email, ...offeredBy(row) },
    after: { state: 'DECLINED' },
  });
}

/** The invitation as it is once its organization is locked: of two answers at once, the second sees the first. */
async function findMine(db: Db, actor: Actor, by: { id: string } | { token_hash: Buffer }): Promise<InvitationRow> {
  // Said before anything is looked up, so that it tells nothing about any invitation.
  const email = await verifiedEmail(db, actor.principal);
  const mine = () =>
    invitationRows(db)
      .where(by)
      .where({ folded_email: foldEmail(email) });
  const found = (await mine().first()) as InvitationRow | undefined;
  if (!found) throw new NotFound();
  const { blueprint } = await findOrganization(db, found.org_id, { lock: true });
  await holdHead(db, blueprintScope(blueprint));
  const row = (await mine().where({ org_id: found.org_id }).forUpdate().first()) as InvitationRow | undefined;
  if (!row) throw new NotFound();
  return row;
}

/**
 * Makes the caller a member who holds the offered roles; an invitation in a project gives a member the role there. Throws
 * invitation-not-pending, failed-precondition when the person who invited may not offer a role any more, and AlreadyExists for who has it already.
 */
async function acceptRow(db: Db, actor: Actor, row: InvitationRow): Promise<Joined> {
  const { subject } = actor.principal;
  if (subject.type !== 'user') throw new NotFound();
  await refuseAnsweredMine(db, actor, row);
  refuseOrphaned(row);
  await requireInviter(db, actor, row);
  const organizationId = toId('organization', row.org_id);
  const invitationId = toId('invitation', row.id);
  // A deactivated member does not come back by an old invitation.
  const joining = { organizationId, userUuid: subject.uuid, displayName: row.name, joinedAs: row.email, managedBy: row.managed_by };
  const isNew = await addMember(db, joining);
  const offers = await offersFor(db, actor, row, { isNew, userUuid: subject.uuid });
  const given = { name: row.invited_by, principal: actor.principal };
  const { until } = row;
  const grants: Grant[] = [];
  for (const { role, project_id } of offers) {
    const projectId = project_id === null ? undefined : toId('project', project_id);
    grants.push(await insertGrant(db, given, { organizationId, projectId, user_id: subject.uuid, role, until, source: 'INVITATION' }));
  }
  await setState(db, row, { state: 'ACCEPTED', accepted_by: subject.uuid });
  await record(db, actor, {
    organizationId,
    action: 'invitation.accept',
    target: invitationId,
    before: { state: 'PENDING', email: row.email, ...offeredBy(row) },
    after: { state: 'ACCEPTED' },
  });
  if (isNew) {
    const roles = grants.filter(({ projectId }) => projectId === undefined).map(({ role, id, until }) => ({ role, grantId: id, until }));
    const after = { state: 'ACTIVE', roles, invitationId };
    await record(db, actor, { organizationId, action: 'member.create', target: subject.id, after });
  }
  for (const grant of grants) {
    if (grant.projectId === undefined) continue;
    await record(db, actor, { organizationId, action: 'grant.create', target: grant.id, after: grant });
  }
  return { organizationId, userId: subject.id };
}

/** What becomes grants now: to a new member what was offered, with the lowest role where that was a role in a project alone. */
async function offersFor(
  db: Db,
  actor: Actor,
  row: InvitationRow,
  { isNew, userUuid }: { isNew: boolean; userUuid: string },
): Promise<readonly OfferRow[]> {
  const organizationId = toId('organization', row.org_id);
  if (row.project_id === null) {
    if (!isNew) throw new AlreadyExists('You are a member of this organization already.');
    return row.offers;
  }
  if (isNew) {
    const { project_invites_may_add_members } = await findOrganization(db, row.org_id);
    if (!project_invites_may_add_members) throw new FailedPrecondition('failed-precondition', membersOnly);
    const { lowestRole } = (await actor.engine({ organizationId })).blueprint!;
    return [{ role: lowestRole, project_id: null }, ...row.offers];
  }
  await checkMember(db, row, userUuid);
  return row.offers;
}

/** Throws for a member who was deactivated or who has a role in the project already. */
async function checkMember(db: Db, { org_id, project_id }: InvitationRow, user_id: string): Promise<void> {
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

/** Throws invitation-not-pending, to a member without the advice to ask for a new one. The invitation is the caller's own, so it tells no stranger anything. */
async function refuseAnsweredMine(db: Db, { principal: { subject } }: Actor, row: InvitationRow): Promise<void> {
  if (row.state === 'ACCEPTED' && subject.type === 'user') {
    const member = await db('members').where({ org_id: row.org_id, user_id: subject.uuid }).whereNot('state', 'REMOVED').first('user_id');
    if (member)
      throw new FailedPrecondition(
        'invitation-not-pending',
        'The invitation was accepted already, and you are a member of the organization. There is nothing left to answer.',
      );
  }
  refuseAnswered(row, 'answer');
}

/** An offer is worth what its author may do now: an author who lost the right to offer a role offers it no more. */
async function requireInviter(db: Db, actor: Actor, row: InvitationRow): Promise<void> {
  const author: Subject = row.managed_by === null ? subjectNamed(row.invited_by) : { type: 'controller', id: row.invited_by };
  const engine = await actor.engine({ organizationId: toId('organization', row.org_id) });
  for (const { role, place } of placesOf(row)) {
    if (mayOffer(engine, await takeSnapshot(db, author, domainOf(place), place), role)) continue;
    throw new FailedPrecondition(
      'failed-precondition',
      `The person who invited you may not offer the role ${role} any more. Ask an administrator of the organization for a new invitation.`,
    );
  }
}
