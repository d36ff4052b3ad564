import { record } from '../audit/record.ts';
import type { Actor, Place } from '../authorization/decisions/actor.ts';
import { heldRoles, presentGrant } from '../authorization/decisions/held-roles.ts';
import { type GrantSubject, type Holder, holderOf, subjectOf } from '../authorization/decisions/subjects.ts';
import { blueprintScope } from '../authorization/policy/scopes.ts';
import { holdHead } from '../authorization/store/revisions.ts';
import { AlreadyExists, InvalidInput, NotFound } from '../base/errors.ts';
import { newId, toId, toUuid } from '../base/ids.ts';
import { readFutureInstant } from '../base/instants.ts';
import { type Page, type PageQuery, readPage, toPage, uuidKey } from '../base/pages.ts';
import type { Db } from '../database/database.ts';
import { checkInvariants } from '../organizations/invariants.ts';
import { type ManagedBy, managedBy, refuseManaged } from '../organizations/managed-by.ts';
import { checkRole, requireAssign, requireUnassign, requireUnassignAll } from './giving.ts';
import { findSubject, type GrantPlace, hasOneRole } from './grant-subjects.ts';
import { checkRequired, findUnmet } from './required-roles.ts';
import { checkSelfGrant } from './self-grants.ts';

/** A subject has a role in an organization or in one of its projects. */
export interface Grant {
  readonly id: string;
  readonly subject: GrantSubject;
  readonly role: string;
  /** Whether the user is no member of the organization. */
  readonly external?: boolean;
  readonly organizationId: string;
  readonly projectId?: string;
  /** It does not count before: so it was given, or a role that ends has taken its place. */
  readonly from?: string;
  readonly until?: string;
  readonly reason?: string;
  readonly source: 'DIRECT' | 'INVITATION' | 'CREATION' | 'MANIFEST';
  readonly grantedBy: string;
  readonly managedBy?: ManagedBy;
  readonly createdAt: string;
}

/** A grant as the database keeps it, with who manages the member and the project that it is about. */
export interface GrantRow {
  org_id: string;
  id: string;
  project_id: string | null;
  user_id: string | null;
  service_account_id: string | null;
  subject_role: string | null;
  role: string;
  /** When it counts, and when its giver said that it begins; between the two it rests. */
  from_at: Date | null;
  begins_at: Date | null;
  until: Date | null;
  reason: string | null;
  source: Grant['source'];
  granted_by: string;
  created_at: Date;
  member_manager: ManagedBy | null;
  member_state: string | null;
  project_manager: ManagedBy | null;
  /** Of a service account in the place where it is at home. */
  account_manager: ManagedBy | null;
}

/** The grant row as the API shows it. */
export function toGrant(row: GrantRow): Grant {
  return {
    id: toId('grant', row.id),
    subject: subjectOf(row),
    role: row.role,
    ...(row.user_id !== null && { external: row.member_state === null || row.member_state === 'REMOVED' }),
    organizationId: toId('organization', row.org_id),
    ...(row.project_id === null ? {} : { projectId: toId('project', row.project_id) }),
    ...(isResting(row) && { from: row.from_at!.toISOString() }),
    ...(row.until === null ? {} : { until: row.until.toISOString() }),
    ...(row.reason === null ? {} : { reason: row.reason }),
    source: row.source,
    grantedBy: row.granted_by,
    ...managedBy(managerOf(row)),
    createdAt: row.created_at.toISOString(),
  };
}

/** The columns of a grant that say who manages what it is about; `m`, `p` and `s` are the member, the project and the service account. */
export const managersSql = `m.managed_by as member_manager, m.state as member_state, p.managed_by as project_manager,
  case when s.project_id is not distinct from g.project_id then s.managed_by end as account_manager`;

/**
 * A managed member's roles in the organization are the manifest's, and those of a managed service account where it is at home; in a project,
 * only the grants that a manifest made.
 */
export function managerOf(row: GrantRow): ManagedBy | null {
  if (row.account_manager) return row.account_manager;
  if (row.project_id === null) return row.member_manager;
  return row.source === 'MANIFEST' ? row.project_manager : null;
}

/** The rows of grants of an organization and its projects that are not revoked; those that have run out are among them. */
export function grantRows(db: Db, organizationId: string) {
  return db('grants as g')
    .leftJoin('members as m', (on) => on.on('m.org_id', 'g.org_id').andOn('m.user_id', 'g.user_id'))
    .leftJoin('projects as p', (on) => on.on('p.org_id', 'g.org_id').andOn('p.id', 'g.project_id'))
    .leftJoin('service_accounts as s', (on) => on.on('s.org_id', 'g.org_id').andOn('s.id', 'g.service_account_id'))
    .where({ 'g.org_id': toUuid('organization', organizationId), 'g.revoked_at': null })
    .select('g.*', db.raw(managersSql));
}

/** As grantRows, in exactly this place. */
function grantsIn(db: Db, { organizationId, projectId }: GrantPlace) {
  return grantRows(db, organizationId).where({ 'g.project_id': projectId === undefined ? null : toUuid('project', projectId) });
}

/** The grants in the organization itself or in the project itself, oldest first; those that rest are among them. */
export async function listGrants(
  db: Db,
  _actor: Actor,
  input: GrantPlace & PageQuery & { subjectId?: string | undefined; role?: string | undefined },
): Promise<Page<Grant>> {
  const { organizationId, projectId, subjectId, role } = input;
  const list = JSON.stringify(['grants', organizationId, projectId, subjectId, role]);
  const page = readPage(input, list, uuidKey);
  const query = grantsIn(db, input)
    .whereRaw(presentGrant)
    .orderBy('g.id')
    .limit(page.limit + 1);
  if (page.after !== undefined) query.where('g.id', '>', page.after);
  if (role !== undefined) query.where('g.role', role);
  if (subjectId?.startsWith('user_')) query.where('g.user_id', toUuid('user', subjectId));
  else if (subjectId?.startsWith('svc_')) query.where('g.service_account_id', toUuid('serviceAccount', subjectId));
  else if (subjectId !== undefined) query.where('g.subject_role', subjectId);
  return toPage(await query, page, list, (row: GrantRow) => row.id, toGrant);
}

/**
 * Gives a role. Asks for `assign` on it, for what an organization has put into it, and, for a member, for `unassign` on every role that the member holds here now: nobody
 * touches a member who holds a role that they may not take. Where the blueprint knows one role for each member, it takes the place of the
 * one that was held: for good, or for its time when it ends and the other one does not. One that begins later takes no place; what it needs is asked now. Throws InvalidInput for a role of another level and for a subject that is no member, AlreadyExists when it
 * is held already, not-to-oneself, and last-owner when the top role would be lost.
 */
export async function createGrant(
  db: Db,
  actor: Actor,
  input: GrantPlace & {
    subject: GrantSubject;
    role: string;
    from?: string | undefined;
    until?: string | undefined;
    reason?: string | undefined;
    /** Whether a role that ends takes the place of this lasting grant for good: a manifest says all that its member has. */
    endsLasting?: (grant: Pick<GrantRow, 'source'>) => boolean;
  },
): Promise<Grant> {
  const { role, reason, endsLasting = () => false } = input;
  const place: GrantPlace = { organizationId: input.organizationId, projectId: input.projectId };
  const engine = await actor.engine(place);
  const blueprint = engine.blueprint!;
  checkRole(engine, role, place);
  await holdRoles(db, actor, place);
  const { from, until } = readTimes(input);
  await requireAssign(db, actor, place, role);
  const subject = await findSubject(db, engine, place, input.subject);
  const self = await checkSelfGrant(actor, place, role, subject);
  await checkRequired(db, blueprint, toUuid('organization', place.organizationId), role, subject);
  const holder = subject.subject_role === null ? holderOf(subject) : undefined;
  if (holder) await requireUnassignHere(db, actor, place, holder);
  refuseManaged(subject.managed_by, actor);

  const present: GrantRow[] = await grantsIn(db, place)
    .where({ 'g.user_id': subject.user_id, 'g.service_account_id': subject.service_account_id, 'g.subject_role': subject.subject_role })
    .forNoKeyUpdate('g');
  const same = present.find((row) => row.role === role);
  const stays = (row: GrantRow): boolean => until !== null && row.until === null && !endsLasting(row);
  const isOne = hasOneRole(blueprint, place, subject);
  if (from) refuseLater({ role, isOne, present });
  else if (same) refuseSame(same, until, stays(same));
  const replaced = present.filter((row) => row.role === role || isOne);
  // What a holder has here was asked about above.
  if (!holder) for (const row of replaced) await requireUnassign(actor, place, row.role);
  for (const row of replaced) await (row !== same && stays(row) ? rest(db, actor, row, until!) : revoke(db, actor, row));
  const { user_id, service_account_id, subject_role } = subject;
  const grant = await insertGrant(db, actor, {
    ...place,
    user_id,
    service_account_id,
    subject_role,
    role,
    from,
    until,
    reason: reason ?? null,
  });
  if (place.projectId === undefined) await settle(db, actor, place, subject);
  await record(db, actor, { organizationId: place.organizationId, action: 'grant.create', target: grant.id, after: { ...grant, ...self } });
  return grant;
}

/** For who gives or offers a role of this place: the policy that the actor was asked about has it until the transaction ends. Throws Unavailable when another one is in force by now. */
export async function holdRoles(db: Db, actor: Actor, place: Place): Promise<void> {
  const { organization, revisions } = await actor.snapshot(place);
  if (organization) await holdHead(db, blueprintScope(organization.blueprint), revisions);
}

/** When a grant begins and ends. Throws InvalidInput for a time that has passed and for an end that is not behind the begin. */
function readTimes(input: { from?: string | undefined; until?: string | undefined }): { from: Date | null; until: Date | null } {
  const sentence = 'A grant that begins later begins in the future. Leave `from` out for one that counts at once.';
  const from = input.from === undefined ? null : readFutureInstant(input.from, { pointer: '#/from' }, sentence);
  const until = readUntil(input.until);
  if (from === null || until === null || from < until) return { from, until };
  throw new InvalidInput('A grant begins before it ends.', [{ pointer: '#/from', detail: 'must be earlier than `until`' }]);
}

/** Throws AlreadyExists where the subject has the role already until the same time, or for good while the new grant ends. */
function refuseSame(same: GrantRow, until: Date | null, stays: boolean): void {
  const { role } = same;
  if (isLiving(same) && same.until?.getTime() === until?.getTime()) {
    throw new AlreadyExists(`The subject has the role ${role} here already.`);
  }
  if (!stays) return;
  const since = isToCome(same)
    ? `is given the role ${role} here from ${same.begins_at!.toISOString()} on`
    : `has the role ${role} here already`;
  throw new AlreadyExists(`The subject ${since}, without an end, and a role that ends does not replace it. Revoke that grant first.`);
}

/** A grant that begins later leaves what counts now as it is, so there must be nothing whose place it would take. One that has not begun either is replaced. */
function refuseLater({ role, isOne, present }: { role: string; isOne: boolean; present: readonly GrantRow[] }): void {
  const inTheWay = present.find((row) => !hasEnded(row) && (row.role === role ? !isToCome(row) : isOne));
  if (!inTheWay) return;
  const rule = inTheWay.role === role ? 'has the role' : `can have one role at a time here and is given ${inTheWay.role}`;
  throw new AlreadyExists(
    `The subject ${rule}, and a grant that begins later takes the place of none. Give the role when it begins, or revoke that grant first.`,
  );
}

/** The end of a role that is given or offered. Throws InvalidInput for one that has passed. */
export function readUntil(until: string | undefined): Date | null {
  return until === undefined ? null : readFutureInstant(until, { pointer: '#/until' }, 'A grant ends in the future.');
}

/** Asks for `unassign` on every role that the holder has here now, and on those that will count again. */
async function requireUnassignHere(db: Db, actor: Actor, { organizationId, projectId }: GrantPlace, holder: Holder): Promise<void> {
  const held = await heldRoles(db, toUuid('organization', organizationId), holder, { resting: true });
  const here = held.filter((role) => role.projectId === projectId);
  await requireUnassignAll(actor, organizationId, here);
}

/**
 * Writes a grant without a question to the policy, which the caller of this function has asked. The source is the manifest's where one acts, else DIRECT
 * unless it is said.
 */
export async function insertGrant(
  db: Db,
  actor: Pick<Actor, 'name' | 'principal'>,
  input: GrantPlace & {
    user_id: string | null;
    service_account_id?: string | null;
    subject_role?: string | null;
    role: string;
    from?: Date | null;
    until?: Date | null;
    reason?: string | null;
    source?: Grant['source'];
  },
): Promise<Grant> {
  const {
    organizationId,
    projectId,
    user_id,
    service_account_id = null,
    subject_role = null,
    role,
    from = null,
    until = null,
    reason = null,
  } = input;
  const id = toUuid('grant', newId('grant'));
  await db('grants').insert({
    org_id: toUuid('organization', organizationId),
    id,
    project_id: projectId === undefined ? null : toUuid('project', projectId),
    user_id,
    service_account_id,
    subject_role,
    role,
    from_at: from,
    begins_at: from,
    until,
    reason,
    source: input.source ?? (actor.principal.subject.type === 'controller' ? 'MANIFEST' : 'DIRECT'),
    granted_by: actor.name,
  });
  return toGrant(await grantsIn(db, { organizationId, projectId }).where({ 'g.id': id }).first());
}

/**
 * Takes a role away. Asks for `unassign` on it and on every role that its member holds here now. Throws NotFound for a grant
 * of another place, managed-by for a manifest's, and last-owner when the top role would be lost.
 */
export async function revokeGrant(db: Db, actor: Actor, input: GrantPlace & { grantId: string }): Promise<void> {
  const { organizationId, projectId } = input;
  const row: GrantRow | undefined = await grantsIn(db, input)
    .where({ 'g.id': toUuid('grant', input.grantId) })
    .whereRaw(presentGrant)
    .first();
  if (!row) throw new NotFound();
  await requireUnassign(actor, { organizationId, projectId }, row.role);
  if (row.subject_role === null) await requireUnassignHere(db, actor, input, holderOf(row));
  await revoke(db, actor, row);
  if (row.until !== null) await wake(db, row);
  if (projectId === undefined) await settle(db, actor, input, row);
}

async function revoke(db: Db, actor: Actor, row: GrantRow): Promise<void> {
  refuseManaged(managerOf(row), actor);
  await end(db, actor, row);
}

/**
 * What follows from a change of roles in the organization, of one holder or of all: roles in projects that asked for a role which was lost
 * end without a question to the policy. Throws last-owner.
 */
async function settle(
  db: Db,
  actor: Actor,
  { organizationId }: GrantPlace,
  { user_id, service_account_id }: Pick<GrantRow, 'user_id' | 'service_account_id'>,
): Promise<void> {
  const blueprint = (await actor.engine({ organizationId })).blueprint!;
  const unmet = await findUnmet<GrantRow>(db, blueprint, toUuid('organization', organizationId), user_id ?? service_account_id);
  for (const row of unmet) await end(db, actor, { ...row, member_manager: null, project_manager: null, account_manager: null });
  await checkInvariants(db);
}

/** Ends those grants in a project whose holders lack what their roles ask for. */
export async function endUnmetGrants(db: Db, actor: Actor, { organizationId, projectId }: Required<GrantPlace>): Promise<void> {
  const blueprint = (await actor.engine({ organizationId })).blueprint!;
  const unmet = await findUnmet<GrantRow>(db, blueprint, toUuid('organization', organizationId), null);
  const inIt = unmet.filter(({ project_id }) => project_id === toUuid('project', projectId!));
  for (const row of inIt) await end(db, actor, { ...row, member_manager: null, project_manager: null, account_manager: null });
}

/** Ends what a person (uuid) who is erased holds in an organization of which they are no member. */
export async function endGrantsOf(
  db: Db,
  actor: Actor,
  { organizationId, userUuid }: { organizationId: string; userUuid: string },
): Promise<void> {
  const rows: GrantRow[] = await grantRows(db, organizationId).where({ 'g.user_id': userUuid }).orderBy('g.id');
  for (const row of rows) await end(db, actor, row);
}

async function end(db: Db, actor: Actor, row: GrantRow): Promise<void> {
  await db('grants').where({ org_id: row.org_id, id: row.id }).update({ revoked_at: db.fn.now(), revoked_by: actor.name });
  if (hasEnded(row)) return;
  const grant = toGrant(row);
  await record(db, actor, { organizationId: grant.organizationId, action: 'grant.revoke', target: grant.id, before: grant });
}

/** Lets a lasting grant rest until the one that takes its place ends; one that begins only then, or later, stays as it is. */
async function rest(db: Db, actor: Actor, row: GrantRow, until: Date): Promise<void> {
  refuseManaged(managerOf(row), actor);
  const { begins_at } = row;
  if (begins_at !== null && begins_at >= until && row.from_at?.getTime() === begins_at.getTime()) return;
  const from_at = begins_at !== null && begins_at > until ? begins_at : until;
  await db('grants').where({ org_id: row.org_id, id: row.id }).update({ from_at });
  const before = toGrant({ ...row, from_at: begins_at });
  const after = toGrant({ ...row, from_at });
  await record(db, actor, { organizationId: before.organizationId, action: 'grant.rest', target: before.id, before, after });
}

/** A grant that ends was revoked before its time: what rests in its favour counts again, at once or when it begins. */
async function wake(db: Db, { org_id, project_id, user_id, service_account_id, subject_role }: GrantRow): Promise<void> {
  await db('grants')
    .where({ org_id, project_id, user_id, service_account_id, subject_role, revoked_at: null })
    .whereNotNull('from_at')
    .update({ from_at: db.ref('begins_at') });
}

/** Whether a grant has run out. */
export function hasEnded({ until }: Pick<GrantRow, 'until'>): boolean {
  return until !== null && until.getTime() <= Date.now();
}

/** Whether a grant has still to begin. */
export function isToCome({ begins_at }: Pick<GrantRow, 'begins_at'>): boolean {
  return begins_at !== null && begins_at.getTime() > Date.now();
}

function isResting({ from_at }: GrantRow): boolean {
  return from_at !== null && from_at.getTime() > Date.now();
}

function isLiving(row: GrantRow): boolean {
  return !hasEnded(row) && !isResting(row);
}
