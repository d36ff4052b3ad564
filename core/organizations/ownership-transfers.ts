import type { Knex } from 'knex';
import { record } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import { decideWith } from '../authorization/decisions/decide.ts';
import { takeSnapshot } from '../authorization/decisions/snapshot.ts';
import type { Subject } from '../authorization/decisions/subjects.ts';
import { domainOf } from '../authorization/policy/domain.ts';
import { AlreadyExists, FailedPrecondition, InvalidInput, NotFound } from '../base/errors.ts';
import { newId, toId, toUuid } from '../base/ids.ts';
import { type Page, type PageQuery, readPage, toPage, uuidKey } from '../base/pages.ts';
import { etagOfEnding } from '../base/versions.ts';
import { spend } from '../database/budgets.ts';
import type { Db } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import { enqueueMails } from '../jobs/jobs.ts';
import { findOrganization } from './organizations.ts';

export type OwnershipTransferState = 'OFFERED' | 'ACCEPTED' | 'DECLINED' | 'CANCELLED' | 'EXPIRED';

/** The owner of an organization offers it to another member, who answers within seven days. */
export interface OwnershipTransfer {
  readonly id: string;
  readonly organizationId: string;
  readonly offeredBy: string;
  readonly recipientId: string;
  readonly state: OwnershipTransferState;
  readonly expiresAt: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly etag: string;
}

interface TransferRow {
  org_id: string;
  id: string;
  offered_by: string;
  recipient_id: string;
  state: OwnershipTransferState;
  expires_at: Date;
  version: string;
  created_at: Date;
  updated_at: Date;
}

interface TransferKey {
  readonly organizationId: string;
  readonly transferId: string;
}

const expireAfterDays = 7;
/** Each one is a mail to the recipient. */
const offersPerDay = 10;

/** The transfer row as the API shows it. */
function toTransfer(row: TransferRow): OwnershipTransfer {
  return {
    id: toId('ownershipTransfer', row.id),
    organizationId: toId('organization', row.org_id),
    offeredBy: toId('user', row.offered_by),
    recipientId: toId('user', row.recipient_id),
    state: row.state,
    expiresAt: row.expires_at.toISOString(),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    etag: etagOfEnding(row),
  };
}

/** The state at this moment: an offer ends when its time is over, not when the daily job gets to it. */
const stateSql = "case when state = 'OFFERED' and expires_at <= now() then 'EXPIRED' else state end";
const columnsSql = `org_id, id, offered_by, recipient_id, ${stateSql} as state, expires_at, version, created_at, updated_at`;

/** Ownership transfers with the state that they have at this moment. */
export function transferRows(db: Db) {
  return db('ownership_transfers').select<TransferRow[]>(db.raw(columnsSql));
}

/**
 * Offers the organization to another active member who holds its top role without an end, and has a mail sent to them. Throws InvalidInput for
 * any other person, AlreadyExists while another offer is pending, and RateLimited for too many in a day.
 */
export async function createOwnershipTransfer(
  db: Db,
  actor: Actor,
  input: { organizationId: string; recipientId: string },
): Promise<OwnershipTransfer> {
  const { organizationId, recipientId } = input;
  const { subject } = actor.principal;
  if (subject.type !== 'user') throw new InvalidInput('Only a user can offer an organization.');
  const topRole = await topRoleOfOwners(actor, organizationId);
  const org = toUuid('organization', organizationId);
  const recipient = toUuid('user', recipientId);
  const { owner_id } = await findOrganization(db, org, { lock: true });
  const refuse = (detail: string) =>
    new InvalidInput('The organization cannot be offered to them.', [{ pointer: '#/recipientId', detail }]);
  if (recipient === owner_id) throw refuse('must be another member: they own the organization already');
  if (recipient === subject.uuid || !(await mayOwn(db, org, recipient)))
    throw refuse(`must be another active member who holds the role ${topRole}, without an end`);
  await expireTransfers(db, actor, { organization: org });
  const [row] = await db('ownership_transfers')
    .insert({
      org_id: org,
      id: toUuid('ownershipTransfer', newId('ownershipTransfer')),
      offered_by: subject.uuid,
      recipient_id: recipient,
      expires_at: db.raw('now() + make_interval(days => ?)', [expireAfterDays]),
    })
    .onConflict(db.raw("(org_id) where state = 'OFFERED'"))
    .ignore()
    .returning<TransferRow[]>(db.raw(columnsSql));
  if (!row) throw new AlreadyExists('The organization is offered to a member already. Cancel that offer first: cancelOwnershipTransfer.');
  const refusal = 'The organization can be offered no more today. Try again tomorrow.';
  await spend(db, [{ kind: 'ownership-transfers-of-organization', subject: organizationId, amount: 1, limit: offersPerDay, refusal }]);
  const transfer = toTransfer(row);
  await record(db, actor, { organizationId, action: 'ownership-transfer.create', target: transfer.id, after: transfer });
  await enqueueMails(db, actor, 'send-ownership-transfer', [
    { payload: { organizationId, transferId: transfer.id }, to: transfer.recipientId },
  ]);
  return transfer;
}

/** Transfers that the caller may see, oldest first: all of them for who may offer the organization, else those that the caller made or got. */
export async function listOwnershipTransfers(
  db: Db,
  actor: Actor,
  input: PageQuery & { organizationId: string; state?: OwnershipTransferState | undefined },
): Promise<Page<OwnershipTransfer>> {
  const list = JSON.stringify(['ownership-transfers', input.organizationId, input.state]);
  const page = readPage(input, list, uuidKey);
  const query = transferRows(db)
    .where({ org_id: toUuid('organization', input.organizationId) })
    .where(await isVisible(actor, input))
    .orderBy('id')
    .limit(page.limit + 1);
  if (page.after !== undefined) query.where('id', '>', page.after);
  if (input.state !== undefined) query.whereRaw(`${stateSql} = ?`, [input.state]);
  return toPage(await query, page, list, (row: TransferRow) => row.id, toTransfer);
}

/** One transfer that the caller may see. Throws NotFound. */
export async function getOwnershipTransfer(db: Db, actor: Actor, input: TransferKey): Promise<OwnershipTransfer> {
  return toTransfer(await findVisible(db, actor, input));
}

/** The condition on rows that the caller may see. */
async function isVisible(actor: Actor, { organizationId }: { organizationId: string }): Promise<Knex.QueryCallback> {
  const all = (await actor.may('ownership', 'transfer', { organizationId })).allowed;
  const { subject } = actor.principal;
  const user = subject.type === 'user' ? subject.uuid : null;
  return (rows) => {
    if (!all) rows.where({ recipient_id: user }).orWhere({ offered_by: user });
  };
}

async function findVisible(db: Db, actor: Actor, input: TransferKey): Promise<TransferRow> {
  const row = await transferRows(db)
    .where({ org_id: toUuid('organization', input.organizationId), id: toUuid('ownershipTransfer', input.transferId) })
    .where(await isVisible(actor, input))
    .first();
  if (!row) throw new NotFound();
  return row as TransferRow;
}

/**
 * Makes the recipient the owner; who owned the organization before keeps their roles. Throws NotFound for an offer to another person,
 * ownership-transfer-not-pending, and failed-precondition when who offered may not do so any more or the recipient has lost the top role.
 */
export async function acceptOwnershipTransfer(db: Db, actor: Actor, input: TransferKey): Promise<OwnershipTransfer> {
  const { organizationId } = input;
  const topRole = await topRoleOfOwners(actor, organizationId);
  const row = await findMine(db, actor, input);
  await requireOfferer(db, actor, row);
  if (!(await mayOwn(db, row.org_id, row.recipient_id))) {
    throw new FailedPrecondition(
      'failed-precondition',
      `An owner holds the role ${topRole} without an end, and you do not any more. Ask the owner for it, and accept then.`,
    );
  }
  const { owner_id } = await findOrganization(db, row.org_id, { lock: true });
  await db('organizations')
    .where({ id: row.org_id })
    .update({ owner_id: row.recipient_id, ...nextVersion(db) });
  return settle(db, actor, row, 'ACCEPTED', {
    before: { state: 'OFFERED', ...(owner_id !== null && { ownerId: toId('user', owner_id) }) },
    after: { state: 'ACCEPTED', ownerId: toId('user', row.recipient_id) },
  });
}

/** Leaves the organization to its owner. Throws as acceptOwnershipTransfer. */
export async function declineOwnershipTransfer(db: Db, actor: Actor, input: TransferKey): Promise<OwnershipTransfer> {
  await topRoleOfOwners(actor, input.organizationId);
  return settle(db, actor, await findMine(db, actor, input), 'DECLINED');
}

/** Takes a pending offer back; again changes nothing. Throws NotFound and ownership-transfer-not-pending. */
export async function cancelOwnershipTransfer(db: Db, actor: Actor, input: TransferKey): Promise<OwnershipTransfer> {
  await topRoleOfOwners(actor, input.organizationId);
  const row = await findLocked(db, input);
  if (!row) throw new NotFound();
  if (row.state === 'CANCELLED') return toTransfer(row);
  refuseSettled(row);
  return settle(db, actor, row, 'CANCELLED');
}

/** The role that an owner of an organization of this kind holds. Throws failed-precondition where there is no owner. */
async function topRoleOfOwners(actor: Actor, organizationId: string): Promise<string> {
  const { owner, title, topRole } = (await actor.engine({ organizationId })).blueprint!;
  if (owner === 'exactly-one') return topRole;
  throw new FailedPrecondition(
    'failed-precondition',
    `An organization of the kind ${title} has no owner, so there is no ownership to transfer: the holders of the role ${topRole} run it.`,
  );
}

/** The row as it is once its organization is locked: of two answers at once, the second sees the first. */
async function findLocked(db: Db, { organizationId, transferId }: TransferKey): Promise<TransferRow | undefined> {
  const org = toUuid('organization', organizationId);
  await findOrganization(db, org, { lock: true });
  const row = await transferRows(db)
    .where({ org_id: org, id: toUuid('ownershipTransfer', transferId) })
    .forUpdate()
    .first();
  return row as TransferRow | undefined;
}

/** The pending offer to the caller. To others who see it, it says who answers. */
async function findMine(db: Db, actor: Actor, input: TransferKey): Promise<TransferRow> {
  const { subject } = actor.principal;
  const row = await findLocked(db, input);
  if (!row || subject.type !== 'user' || row.recipient_id !== subject.uuid) {
    await findVisible(db, actor, input);
    throw new FailedPrecondition(
      'failed-precondition',
      'Only the member to whom the organization is offered answers the offer. To take it back, cancel it: cancelOwnershipTransfer.',
    );
  }
  refuseSettled(row);
  return row;
}

const became = { ACCEPTED: 'was accepted', DECLINED: 'was declined', CANCELLED: 'was cancelled', EXPIRED: 'has expired' };

function refuseSettled({ state }: TransferRow): void {
  if (state === 'OFFERED') return;
  const instead = state === 'ACCEPTED' ? 'The organization has its new owner.' : 'Nothing has changed; the owner can make a new one.';
  throw new FailedPrecondition('ownership-transfer-not-pending', `The offer ${became[state]}. ${instead}`);
}

/** An offer is worth what its author may do now: who does not own the organization any more has not given it away. */
async function requireOfferer(db: Db, actor: Actor, row: TransferRow): Promise<void> {
  const place = { organizationId: toId('organization', row.org_id) };
  const author: Subject = { type: 'user', id: toId('user', row.offered_by), uuid: row.offered_by };
  const snapshot = await takeSnapshot(db, author, domainOf(place), place);
  if (decideWith(await actor.engine(place), snapshot, 'ownership', 'transfer').allowed) return;
  throw new FailedPrecondition(
    'failed-precondition',
    'The member who offered you the organization may not give it away any more. Ask its owner for a new offer.',
  );
}

async function mayOwn(db: Db, organization: string, user: string): Promise<boolean> {
  const { rows } = await db.raw('select may_own(?, ?) as "mayOwn"', [organization, user]);
  return rows[0].mayOwn;
}

/** Moves an offer into its last state. */
async function settle(
  db: Db,
  actor: Actor,
  { org_id, id }: TransferRow,
  state: 'ACCEPTED' | 'DECLINED' | 'CANCELLED',
  change: { before: object; after: object } = { before: { state: 'OFFERED' }, after: { state } },
): Promise<OwnershipTransfer> {
  const [row] = await db('ownership_transfers')
    .where({ org_id, id })
    .update({ state, ...nextVersion(db) })
    .returning<TransferRow[]>(db.raw(columnsSql));
  const transfer = toTransfer(row!);
  const action = `ownership-transfer.${{ ACCEPTED: 'accept', DECLINED: 'decline', CANCELLED: 'cancel' }[state]}`;
  await record(db, actor, { organizationId: transfer.organizationId, action, target: transfer.id, ...change });
  return transfer;
}

/** Marks offers whose time is over, and records it: the one of an organization, or at most `limit` of whatever organization. Returns how many there were. */
export async function expireTransfers(
  db: Db,
  actor: Pick<Actor, 'name' | 'requestId'>,
  which: { organization: string } | { limit: number },
): Promise<number> {
  const query = db('ownership_transfers')
    .select('org_id', 'id')
    .where({ state: 'OFFERED' })
    .whereRaw('expires_at <= now()')
    .orderBy(['org_id', 'id'])
    .forUpdate();
  if ('limit' in which) query.limit(which.limit).skipLocked();
  else query.where({ org_id: which.organization });
  const overdue: { org_id: string; id: string }[] = await query;
  for (const { org_id, id } of overdue) {
    await db('ownership_transfers')
      .where({ org_id, id })
      .update({ state: 'EXPIRED', ...nextVersion(db) });
    const event = { target: toId('ownershipTransfer', id), before: { state: 'OFFERED' }, after: { state: 'EXPIRED' } };
    await record(db, actor, { organizationId: toId('organization', org_id), action: 'ownership-transfer.expire', ...event });
  }
  return overdue.length;
}
