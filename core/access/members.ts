import { createHash } from 'node:crypto';
import { record } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import { type CapabilityMap, capabilitiesOf } from '../authorization/decisions/capabilities.ts';
import { snapshotOf } from '../authorization/decisions/explanations.ts';
import { type HeldRole, heldRoles, livingGrant } from '../authorization/decisions/held-roles.ts';
import { userOf } from '../authorization/decisions/subjects.ts';
import { ownerRole } from '../authorization/policy/vocabulary.ts';
import { canonical } from '../base/canonical.ts';
import { foldEmail } from '../base/email-address.ts';
import { InvalidInput, NotFound } from '../base/errors.ts';
import { toId, toUuid } from '../base/ids.ts';
import { type Labels, type LabelsPatch, patchLabels } from '../base/labels.ts';
import { type Page, type PageQuery, readPage, toPage, uuidKey } from '../base/pages.ts';
import { checkPreconditions, type Preconditions } from '../base/preconditions.ts';
import { etagOf } from '../base/versions.ts';
import { type Db, milliseconds } from '../database/database.ts';
import { selectLabels } from '../database/label-selector.ts';
import { nextVersion } from '../database/next-version.ts';
import { checkConfirmation, isSameName } from '../organizations/confirmations.ts';
import { checkInvariants } from '../organizations/invariants.ts';
import { type ManagedBy, managedBy, refuseManaged } from '../organizations/managed-by.ts';
import { changed, findOrganization } from '../organizations/organizations.ts';
import { type SignOut, signOutMember as signOut } from '../people/sessions.ts';
import { revokeKeysOf } from './api-keys.ts';
import { type Disposition, disposeOfWork } from './dispositions.ts';
import { requireAssignAll, requireUnassignAll } from './giving.ts';
import { type Direction, type MemberOrder, sortedKey, sortKeyOf, sortMembers } from './member-order.ts';

/** A user in an organization. Membership holds no role: roles are grants, and `roles` shows those in the organization itself. */
export interface Member {
  readonly organizationId: string;
  readonly userId: string;
  readonly email: string | null;
  /** The name in this organization, else the user's own. */
  readonly displayName: string | null;
  readonly state: 'ACTIVE' | 'INACTIVE';
  readonly roles: MemberRole[];
  readonly labels: Labels;
  readonly managedBy?: ManagedBy;
  /** When they last did something in the organization with a token, to the hour. */
  readonly lastSeenAt?: string;
  readonly joinedAt: string;
  readonly updatedAt: string;
  readonly etag: string;
}

/** A role of a member in the organization; without a grant it comes from ownership. */
export interface MemberRole {
  readonly role: string;
  readonly grantId?: string;
  readonly until?: string;
}

interface MemberRow {
  org_id: string;
  user_id: string;
  state: Member['state'];
  display_name: string | null;
  own_name: string | null;
  email: string | null;
  labels: Labels;
  manifest_labels: boolean;
  managed_by: ManagedBy | null;
  version: string;
  user_version: string;
  last_seen_at: Date | null;
  joined_at: Date;
  updated_at: Date;
  is_owner: boolean;
  grants: { id: string; role: string; until: number | null }[];
  /** Where the list is sorted by something else than the id. */
  sort_key?: string;
}

/** The member row as the API shows it. */
function toMember(row: MemberRow): Member {
  const granted = row.grants.map(({ id, role, until }) => ({
    role,
    grantId: toId('grant', id),
    ...(until === null ? {} : { until: new Date(until).toISOString() }),
  }));
  return {
    organizationId: toId('organization', row.org_id),
    userId: toId('user', row.user_id),
    email: row.email,
    displayName: row.display_name ?? row.own_name,
    state: row.state,
    roles: row.is_owner ? [{ role: ownerRole }, ...granted] : granted,
    labels: row.labels,
    ...managedBy(row.managed_by),
    ...(row.last_seen_at !== null && { lastSeenAt: row.last_seen_at.toISOString() }),
    joinedAt: row.joined_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    etag: etagOf(versionOf(row)),
  };
}

/** The version of everything that a member shows: the membership, the user's own name and address, and the roles, which end by themselves. */
function versionOf({ version, user_version, is_owner, grants }: MemberRow): string {
  const roles = createHash('sha256')
    .update(canonical([is_owner, grants]))
    .digest('base64url')
    .slice(0, 8);
  return `${version}.${user_version}.${roles}`;
}

/** The grants `g` of a member `m` in the organization itself that count now, as JSON. */
const grantsSql = `coalesce((
  select jsonb_agg(jsonb_build_object('id', g.id, 'role', g.role, 'until', ${milliseconds('g.until')}) order by g.id) from grants g
  where g.org_id = m.org_id and g.user_id = m.user_id and g.project_id is null and ${livingGrant}
), '[]') as grants`;

function memberRows(db: Db, organizationId: string) {
  return db('members as m')
    .join('organizations as o', 'o.id', 'm.org_id')
    .join('users as u', 'u.id', 'm.user_id')
    .where('m.org_id', toUuid('organization', organizationId))
    .whereNot('m.state', 'REMOVED')
    .select('m.*', 'u.email', 'u.version as user_version', db.raw('coalesce(u.display_name, u.name) as own_name'))
    .select(db.raw('coalesce(o.owner_id = m.user_id, false) as is_owner'), db.raw(grantsSql));
}

/** What is asked of a list of members. */
export interface MemberQuery extends PageQuery {
  readonly organizationId: string;
  /** The beginning of a name or an address. */
  readonly q?: string | undefined;
  readonly state?: Member['state'] | undefined;
  /** A role that they hold in the organization itself. */
  readonly role?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly orderBy?: MemberOrder | undefined;
  readonly order?: Direction | undefined;
}

/** The members of an organization, in the order of their user ids unless another is asked for. */
export async function listMembers(db: Db, _actor: Actor, input: MemberQuery): Promise<Page<Member>> {
  const { organizationId, q, state, role, labelSelector, orderBy, order = 'asc' } = input;
  const list = JSON.stringify(['members', organizationId, state, role, q, labelSelector, orderBy, order]);
  const page = readPage(input, list, orderBy === undefined ? uuidKey : sortedKey);
  const query = memberRows(db, organizationId).limit(page.limit + 1);
  if (orderBy === undefined) {
    query.orderBy('m.user_id', order);
    if (page.after !== undefined) query.where('m.user_id', order === 'asc' ? '>' : '<', page.after);
  } else sortMembers(db, query, { by: orderBy, direction: order, after: page.after });
  if (state !== undefined) query.where('m.state', state);
  selectLabels(query, 'm.labels', labelSelector);
  if (q !== undefined) {
    const sql = 'starts_with(u.folded_email, ?) or starts_with(lower(coalesce(m.display_name, u.display_name, u.name)), lower(?))';
    query.whereRaw(`(${sql})`, [foldEmail(q), q]);
  }
  if (role === ownerRole) query.whereRaw('o.owner_id = m.user_id');
  else if (role !== undefined) query.whereExists(grantsOf(db, role));
  const keyOf = (row: MemberRow) => (row.sort_key === undefined ? row.user_id : sortKeyOf(row.sort_key, row.user_id));
  return toPage(await query, page, list, keyOf, toMember);
}

function grantsOf(db: Db, role: string) {
  return db('grants as g')
    .whereRaw('g.org_id = m.org_id and g.user_id = m.user_id and g.project_id is null')
    .where('g.role', role)
    .whereRaw(livingGrant);
}

/** One member. Throws NotFound for everybody who is none, or no longer. */
export async function getMember(db: Db, _actor: Actor, input: { organizationId: string; userId: string }): Promise<Member> {
  return toMember(await findMember(db, input));
}

/** What the policy allows to a member in the organization itself, as they are now: an inactive one is allowed nothing. Throws NotFound. */
export async function getMemberCapabilities(
  db: Db,
  actor: Actor,
  input: { organizationId: string; userId: string },
): Promise<{ organizationId: string; userId: string; capabilities: CapabilityMap }> {
  const { organizationId, userId } = input;
  await findMember(db, input);
  const [snapshot, engine] = [await snapshotOf(db, userId, { organizationId }), await actor.engine({ organizationId })];
  return { organizationId, userId, capabilities: capabilitiesOf(engine, snapshot) };
}

async function findMember(db: Db, { organizationId, userId }: { organizationId: string; userId: string }): Promise<MemberRow> {
  const row: MemberRow | undefined = await memberRows(db, organizationId).where('m.user_id', toUuid('user', userId)).first();
  if (!row) throw new NotFound();
  return row;
}

/**
 * Switches a member off or on, names or labels them in this organization. A change of state asks for `unassign` on every role that
 * the member holds, and switching on for `assign` as well. Throws managed-by for a manifest's member and last-owner when the top role would have no active holder.
 */
export async function updateMember(
  db: Db,
  actor: Actor,
  input: {
    organizationId: string;
    userId: string;
    state?: Member['state'] | undefined;
    displayName?: string | null | undefined;
    disposition?: Disposition | undefined;
    labels?: LabelsPatch | undefined;
    preconditions?: Preconditions | undefined;
  },
): Promise<Member> {
  const { disposition } = input;
  if (disposition && input.state !== 'INACTIVE')
    throw new InvalidInput('The member stays.', [{ pointer: '#/disposition', detail: 'is only for a request with the state INACTIVE' }]);
  const before = await findMember(db, input);
  checkPreconditions(input.preconditions ?? {}, etagOf(versionOf(before)));
  const labels = patchLabels(before.labels, input.labels);
  const change = changed(before, { state: input.state, display_name: input.displayName, labels });
  if (!change && !disposition) return toMember(before);
  if (change?.state !== undefined || disposition) {
    const held = await heldRoles(db, before.org_id, before.user_id, { resting: true });
    await requireUnassignAll(actor, input.organizationId, held);
    // A member who comes back has again what they had, as if it were given to them now.
    if (change?.state === 'ACTIVE') await requireAssignAll(actor, input.organizationId, held);
  }
  // A manifest says who is a member, and may leave the labels of members to the API.
  const isSaid = change?.state !== undefined || change?.display_name !== undefined || (labels && before.manifest_labels);
  if (disposition || isSaid) refuseManaged(before.managed_by, actor);
  if (disposition) await disposeOfWork(db, actor, input, disposition);
  if (!change) return toMember(before);
  await write(db, before, change);
  await checkInvariants(db);
  const after = await findMember(db, input);
  await record(db, actor, {
    organizationId: input.organizationId,
    action: 'member.update',
    target: input.userId,
    before: { state: before.state, displayName: before.display_name, labels: before.labels },
    after: { state: after.state, displayName: after.display_name, labels: after.labels },
  });
  return toMember(after);
}

/**
 * Ends the membership, every API key and every grant of the member, in the organization and in all of its projects. Asks for `unassign` on
 * each role that the member holds. Throws ConfirmationMismatch, managed-by for a manifest's member and last-owner when the top role would be lost.
 */
export async function removeMember(
  db: Db,
  actor: Actor,
  input: {
    organizationId: string;
    userId: string;
    confirmation?: string | undefined;
    disposition?: Disposition | undefined;
    preconditions?: Preconditions | undefined;
  },
): Promise<void> {
  const { organizationId, userId, confirmation, disposition = {} } = input;
  const before = await findMember(db, input);
  const isIt = (typed: string) => (before.email === null ? typed === userId : foldEmail(typed) === foldEmail(before.email));
  await checkConfirmation(actor, { organizationId, permission: 'member:remove', typed: confirmation, isIt });
  checkPreconditions(input.preconditions ?? {}, etagOf(versionOf(before)));
  const held = await heldRoles(db, before.org_id, before.user_id, { resting: true });
  await requireUnassignAll(actor, organizationId, held);
  await disposeOfWork(db, actor, input, disposition);
  await endMembership(db, actor, before, held, 'member.remove');
}

/**
 * Ends the caller's own membership with every grant. A member who may leave needs no right to take their own roles, but for each part of the
 * disposition what its own operation asks for. Throws ConfirmationMismatch, managed-by for a manifest's member, and last-owner for the owner and
 * for the last one with the top role.
 */
export async function leaveOrganization(
  db: Db,
  actor: Actor,
  input: { organizationId: string; confirmation?: string | undefined; disposition?: Disposition | undefined },
): Promise<void> {
  const { organizationId, confirmation, disposition = {} } = input;
  const { subject } = actor.principal;
  if (subject.type !== 'user') throw new InvalidInput('Only a person can leave an organization.');
  const before = await findMember(db, { organizationId, userId: subject.id });
  const { name } = await findOrganization(db, before.org_id);
  const isIt = (typed: string) => isSameName(typed, name);
  await checkConfirmation(actor, { organizationId, permission: 'member:leave', typed: confirmation, isIt });
  await disposeOfWork(db, actor, { organizationId, userId: subject.id }, disposition);
  await leave(db, actor, before);
}

/** Ends the membership of a person who is erased, as if they left; the caller of this function has seen that nothing keeps them. */
export async function endMembershipOf(db: Db, actor: Actor, member: { organizationId: string; userId: string }): Promise<void> {
  const before = await findMember(db, member);
  await leave(db, actor, before);
}

/** Signs a member out of the organization. Asks for `unassign` on every role that they hold. Throws NotFound for a person who is no member. */
export async function signOutMember(db: Db, actor: Actor, input: { organizationId: string; userId: string }): Promise<SignOut> {
  const { org_id, user_id } = await findMember(db, input);
  await requireUnassignAll(actor, input.organizationId, await heldRoles(db, org_id, user_id, { resting: true }));
  return signOut(db, actor, input);
}

async function leave(db: Db, actor: Actor, before: MemberRow): Promise<void> {
  await endMembership(db, actor, before, await heldRoles(db, before.org_id, before.user_id, { resting: true }), 'member.leave');
}

/** Ends everything that a person has as a member, and records what that was. */
async function endMembership(
  db: Db,
  actor: Actor,
  before: MemberRow,
  held: readonly HeldRole[],
  action: 'member.remove' | 'member.leave',
): Promise<void> {
  refuseManaged(before.managed_by, actor);
  const { org_id, user_id } = before;
  await db('grants').where({ org_id, user_id, revoked_at: null }).update({ revoked_at: db.fn.now(), revoked_by: actor.name });
  const member = toMember(before);
  // Without this they would open doors again for a member who comes back.
  await revokeKeysOf(db, actor, member.organizationId, userOf(member.userId));
  // Who comes back chooses anew.
  await db('setting_values').where({ org_id, user_id }).delete();
  await write(db, before, { state: 'REMOVED', managed_by: null });
  await checkInvariants(db);
  await record(db, actor, {
    organizationId: member.organizationId,
    action,
    target: member.userId,
    before: { ...member, projectRoles: held.filter(({ projectId }) => projectId !== undefined) },
  });
}

function write(db: Db, { org_id, user_id }: MemberRow, change: object) {
  return db('members')
    .where({ org_id, user_id })
    .update({ ...change, ...nextVersion(db) });
}

/**
 * Makes a user a member without a question to the policy, which the caller of this function has asked. The row of a person who was removed lives again, as a
 * fresh membership; a present member stays as they are, an inactive one inactive. The grace for a second factor of one who had a role in a project
 * before counts from then. Says whether the user was added.
 */
export async function addMember(
  db: Db,
  input: { organizationId: string; userUuid: string; displayName?: string | null; joinedAs?: string; managedBy?: ManagedBy | null },
): Promise<boolean> {
  const { organizationId, userUuid, displayName = null, joinedAs = null, managedBy = null } = input;
  const { rows } = await db.raw(
    `insert into members (org_id, user_id, display_name, joined_as, managed_by, first_joined_at)
     values (:org, :user, :displayName, fold_email(:joinedAs), :managedBy, least(now(), (
       select min(created_at) from grants where org_id = :org and user_id = :user and revoked_at is null)))
     on conflict (org_id, user_id) do update set state = 'ACTIVE', display_name = excluded.display_name, labels = '{}', manifest_labels = false,
       joined_as = excluded.joined_as, managed_by = excluded.managed_by, joined_at = now(), updated_at = now(), version = members.version + 1
     where members.state = 'REMOVED'
     returning user_id`,
    {
      org: toUuid('organization', organizationId),
      user: userUuid,
      displayName,
      joinedAs,
      managedBy: managedBy === null ? null : JSON.stringify(managedBy),
    },
  );
  return rows.length > 0;
}
