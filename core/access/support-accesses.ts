import type { Knex } from 'knex';
import { type Recorder, recordOfSupport } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import { type Decision, decideWith } from '../authorization/decisions/decide.ts';
import { livingGrant } from '../authorization/decisions/held-roles.ts';
import { takeSnapshot } from '../authorization/decisions/snapshot.ts';
import { type Holder, userOf } from '../authorization/decisions/subjects.ts';
import type { Engine } from '../authorization/engine/engine.ts';
import type { Blueprint } from '../authorization/policy/blueprint.ts';
import { domainOf } from '../authorization/policy/domain.ts';
import { qualifiedRole } from '../authorization/policy/vocabulary.ts';
import { AlreadyExists, FailedPrecondition, InvalidInput } from '../base/errors.ts';
import { newId, toId, toUuid } from '../base/ids.ts';
import { type Spending, spend } from '../database/budgets.ts';
import type { Db } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import { enqueueMails } from '../jobs/jobs.ts';
import { findOrganization } from '../organizations/organizations.ts';
import {
  columnsSql,
  findSupportAccess,
  isOpen,
  openStates,
  type SupportAccess,
  type SupportAccessKey,
  type SupportAccessRow,
  toSupportAccess,
} from './support-access-rows.ts';

/** How long an organization may think about it. */
const answerWithinDays = 7;
/** Each request is a mail to those who may approve it. */
const requestsPerDay = { organization: 10, operator: 50 };
const refusal = 'You can ask for no more support accesses today. Try again tomorrow.';
const refusalOfOrganization = 'No more support accesses to this organization can be asked for or offered today. Try again tomorrow.';
const maxMails = 20;
/** Where the kind of organization says nothing: operators are let in only when it approves. */
const defaultTerms = { approval: 'required', maxHours: 8 } as const;

interface Request {
  readonly organizationId: string;
  readonly role: string;
  readonly reason: string;
  readonly minutes: number;
}

/**
 * Asks an organization for one of its roles that only support holds, or takes the role where the kind of organization asks for no approval. Those who
 * may approve it get a mail. Throws InvalidInput for a role that support does not hold, AlreadyExists while an access of the caller is open there,
 * and RateLimited.
 */
export async function requestSupportAccess(db: Db, actor: Actor, input: Request): Promise<SupportAccess> {
  const { organizationId, role, reason, minutes } = input;
  const { subject } = actor.principal;
  if (subject.type !== 'user') throw new InvalidInput('Only an operator in person asks for support access.');
  const org = toUuid('organization', organizationId);
  const organization = await findOrganization(db, org, { lock: true });
  const engine = await actor.engineOf(organization.blueprint);
  const { approval } = checkTerms(engine.blueprint!, input);
  const decision = await decideOperator(db, actor, subject, { lock: true });
  if (!decision.allowed) {
    actor.denials.push(decision);
    throw await actor.denial(decision);
  }
  await expireSupportAccesses(db, actor, { organization: org });
  const row = await insertSupportAccess(db, { org_id: org, operator_id: subject.uuid, role, reason, minutes }, approval === 'none');
  if (!row) throw new AlreadyExists('You have an open support access to this organization. End it before you ask for another one.');
  await spend(db, [
    ofOrganization(organizationId),
    { kind: 'support-of-operator', subject: subject.id, amount: 1, limit: requestsPerDay.operator, refusal },
  ]);
  const access = toSupportAccess(row);
  await recordOfSupport(db, actor, { organizationId, action: 'support-access.request', target: access.id, after: access });
  const approvers = await approversOf(db, engine, organizationId);
  const payload = { organizationId, supportAccessId: access.id };
  const mails = approvers.map((userId) => ({ payload: { ...payload, userId }, to: userId }));
  await enqueueMails(db, actor, 'send-support-request', mails);
  return access;
}

/** What each support access takes from the budget of its organization. */
export function ofOrganization(organizationId: string): Spending {
  return {
    kind: 'support-of-organization',
    subject: organizationId,
    amount: 1,
    limit: requestsPerDay.organization,
    refusal: refusalOfOrganization,
  };
}

/** Which access of whom. */
type NewSupportAccess = Pick<SupportAccessRow, 'org_id' | 'operator_id' | 'role' | 'reason' | 'minutes'> & { readonly offered_by?: string };

/** The row of an access, which begins now if it is approved; undefined while another one of the operator is open in the organization. */
export async function insertSupportAccess(db: Db, access: NewSupportAccess, isApproved: boolean): Promise<SupportAccessRow | undefined> {
  const approved = isApproved && { state: 'APPROVED', until: db.raw('now() + make_interval(mins => ?)', [access.minutes]) };
  const [row] = await db('support_accesses')
    .insert({
      ...{ ...access, id: toUuid('supportAccess', newId('supportAccess')) },
      expires_at: db.raw('now() + make_interval(days => ?)', [answerWithinDays]),
      ...approved,
    })
    .onConflict(db.raw("(org_id, operator_id) where state in ('REQUESTED', 'APPROVED')"))
    .ignore()
    .returning<SupportAccessRow[]>(db.raw(columnsSql));
  return row;
}

/** What the kind of organization says about the role. Throws InvalidInput for a role that support does not hold, and for too long a time. */
export function checkTerms(blueprint: Blueprint, input: Pick<Request, 'role' | 'minutes'>): NonNullable<Blueprint['supportAccess']> {
  const terms = termsOf(blueprint, input);
  const most = terms.maxHours * 60;
  if (input.minutes <= most) return terms;
  throw new InvalidInput('The support access would be too long.', [{ pointer: '#/minutes', detail: `must be at most ${most}` }]);
}

function termsOf({ roles, title, supportAccess = defaultTerms }: Blueprint, { role }: Pick<Request, 'role'>) {
  const known = roles.filter(({ holders, level }) => holders && level === 'org').map(({ id }) => id);
  if (known.includes(role)) return supportAccess;
  const detail =
    known.length === 0
      ? `an organization of the kind ${title} has no role for support`
      : `must be a role that support holds: ${known.join(', ')}`;
  throw new InvalidInput('Support does not get this role.', [{ pointer: '#/role', detail }]);
}

/** Ids of active members with a role that lets them approve, the first ones by id. */
async function approversOf(db: Db, engine: Engine, organizationId: string): Promise<string[]> {
  const { name, roles } = engine.blueprint!;
  const domain = domainOf({ organizationId });
  const mayApprove = ({ id }: { id: string }) =>
    engine.decide({ roles: engine.roleSet([qualifiedRole(name, id)]), domain, resource: 'support', action: 'approve' }).allowed;
  const approving = roles.filter(mayApprove).map(({ id }) => id);
  const users: string[] = await db('grants as g')
    .join('members as m', (on) => on.on('m.org_id', 'g.org_id').on('m.user_id', 'g.user_id'))
    .where({ 'g.org_id': toUuid('organization', organizationId), 'm.state': 'ACTIVE' })
    .whereNull('g.project_id')
    .whereIn('g.role', approving)
    .whereRaw(livingGrant)
    .distinct('g.user_id')
    .orderBy('g.user_id')
    .limit(maxMails)
    .pluck('g.user_id');
  return users.map((uuid) => toId('user', uuid));
}

/** Lets the operator in from now on, for the time that was asked for. Throws NotFound, and FailedPrecondition for one that is not asked for any more. */
export async function approveSupportAccess(db: Db, actor: Actor, input: SupportAccessKey): Promise<SupportAccess> {
  const row = await findPending(db, actor, input);
  // Who is not an operator any more is let in nowhere.
  if (!(await isOperator(db, actor, toId('user', row.operator_id))))
    throw new FailedPrecondition('failed-precondition', 'The person who asked for this support access may not do so any more. Deny it.');
  const until = db.raw('now() + make_interval(mins => ?)', [row.minutes]);
  return move(db, actor, row, { state: 'APPROVED', action: 'approve', set: { answered_by: actor.name, until } });
}

/** Refuses the operator. Throws as approveSupportAccess. */
export async function denySupportAccess(db: Db, actor: Actor, input: SupportAccessKey): Promise<SupportAccess> {
  const row = await findPending(db, actor, input);
  return move(db, actor, row, { state: 'DENIED', action: 'deny', set: { answered_by: actor.name } });
}

/** Ends an access, or takes back what was asked for, from either side; again changes nothing. Throws NotFound. */
export async function endSupportAccess(db: Db, actor: Actor, input: SupportAccessKey): Promise<SupportAccess> {
  const { org_id } = await findSupportAccess(db, input);
  await lockOrganizations(db, [org_id]);
  const row = await findSupportAccess(db, input, { lock: true });
  return isOpen(row) ? end(db, actor, row) : toSupportAccess(row);
}

function end(db: Db, actor: Recorder, row: SupportAccessRow): Promise<SupportAccess> {
  return move(db, actor, row, { state: 'ENDED', action: 'end', set: { ended_by: actor.name } });
}

const became = { REQUESTED: '', APPROVED: 'was approved', DENIED: 'was denied', ENDED: 'was ended', EXPIRED: 'has expired' };

/** The request as it is once it is locked: of two answers at once, the second sees the first. */
async function findPending(db: Db, actor: Actor, input: SupportAccessKey): Promise<SupportAccessRow> {
  const row = await findSupportAccess(db, input, { lock: true });
  if (row.state !== 'REQUESTED')
    throw new FailedPrecondition(
      'failed-precondition',
      `The support access ${became[row.state]}. The operator can ask for another one: requestSupportAccess.`,
    );
  // An operator who is an administrator of the organization as well would let themselves in, by a key or a service account too.
  const { subject } = actor.principal;
  if (subject.type !== 'user')
    throw new FailedPrecondition('failed-precondition', 'A person answers a request for support access, and no key.');
  if (subject.id === toId('user', row.operator_id))
    throw new FailedPrecondition('failed-precondition', 'You asked for this support access yourself. Another member answers it.');
  return row;
}

/**
 * Whether a user, known or not, may ask for support access now. With `lock`, roles of the platform that are being taken from them are waited for, and
 * what takes them later sees the access that is about to begin, and ends it.
 */
export async function isOperator(db: Db, actor: Actor, userId: string, { lock = false } = {}): Promise<boolean> {
  return (await decideOperator(db, actor, userOf(userId), { lock })).allowed;
}

async function decideOperator(db: Db, actor: Actor, user: Holder, { lock }: { lock: boolean }): Promise<Decision> {
  if (lock) await db('users').where({ id: user.uuid }).forShare().select('id');
  const snapshot = await takeSnapshot(db, user, domainOf({}), {});
  return decideWith(await actor.engine({}), snapshot, 'support', 'request');
}

interface Move {
  readonly state: 'APPROVED' | 'DENIED' | 'ENDED';
  readonly action: string;
  readonly set: object;
}

async function move(db: Db, actor: Recorder, before: SupportAccessRow, { state, action, set }: Move): Promise<SupportAccess> {
  const { org_id, id } = before;
  const [row] = await db('support_accesses')
    .where({ org_id, id })
    .update({ state, ...set, ...nextVersion(db) })
    .returning<SupportAccessRow[]>(db.raw(columnsSql));
  const after = toSupportAccess(row!);
  await recordOfSupport(db, actor, {
    ...{ organizationId: after.organizationId, action: `support-access.${action}`, target: after.id },
    ...{ before: { state: before.state }, after: { state, ...(after.until !== undefined && { until: after.until }) } },
  });
  return after;
}

/** Before the accesses themselves, as every change in an organization locks it first: neither of two waits for the other then. */
async function lockOrganizations(db: Db, uuids: readonly string[]): Promise<void> {
  await db('organizations').whereIn('id', uuids).orderBy('id').forNoKeyUpdate().select('id');
}

/** Ends every open access of an operator who is none any more, in the scope of the platform. */
export async function endSupportAccessesOf(db: Db, actor: Recorder, operatorUuid: string): Promise<void> {
  await endAll(db, actor, () => db('support_accesses').where({ operator_id: operatorUuid }));
}

/** Ends every open access with one of these roles in organizations of a kind, in the scope of the platform. */
export async function endSupportAccessesWith(
  db: Db,
  actor: Recorder,
  { blueprint, roles }: { blueprint: string; roles: readonly string[] },
): Promise<void> {
  const organizations = db('organizations').where({ blueprint }).select('id');
  await endAll(db, actor, () => db('support_accesses').whereIn('role', roles).whereIn('org_id', organizations));
}

/** Ends those of some accesses that are open. One whose time is over stays for the job that marks it as expired. */
async function endAll(db: Db, actor: Recorder, some: () => Knex.QueryBuilder): Promise<void> {
  const open = () => some().whereIn('state', openStates);
  await lockOrganizations(db, await open().pluck('org_id'));
  const rows: SupportAccessRow[] = await open().orderBy(['org_id', 'id']).forUpdate().select(db.raw(columnsSql));
  for (const row of rows.filter(isOpen)) await end(db, actor, row);
}

/** Marks what was not answered in time and what is over, and records it: of an organization, or at most `limit` of whatever organization. Returns how many there were. */
export async function expireSupportAccesses(
  db: Db,
  actor: Pick<Actor, 'name' | 'requestId'>,
  which: { organization: string } | { limit: number },
): Promise<number> {
  const query = db('support_accesses')
    .select('org_id', 'id', 'state')
    .whereIn('state', openStates)
    .whereRaw('coalesce(until, expires_at) <= now()')
    .orderBy(['org_id', 'id'])
    .forUpdate();
  if ('limit' in which) query.limit(which.limit).skipLocked();
  else query.where({ org_id: which.organization });
  const overdue: { org_id: string; id: string; state: string }[] = await query;
  for (const { org_id, id, state } of overdue) {
    await db('support_accesses')
      .where({ org_id, id })
      .update({ state: 'EXPIRED', ...nextVersion(db) });
    const event = { target: toId('supportAccess', id), before: { state }, after: { state: 'EXPIRED' } };
    await recordOfSupport(db, actor, { organizationId: toId('organization', org_id), action: 'support-access.expire', ...event });
  }
  return overdue.length;
}
