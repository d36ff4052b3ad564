import { createHash } from 'node:crypto';
import { record } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import { canonical } from '../base/canonical.ts';
import { foldEmail } from '../base/email-address.ts';
import { FailedPrecondition, NotFound } from '../base/errors.ts';
import { toId, toUuid } from '../base/ids.ts';
import { type Page, type PageQuery, readPage, toPage, uuidKey } from '../base/pages.ts';
import { etagOf } from '../base/versions.ts';
import type { Db } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import { lockHolders, refuseLast, requireOnRoles, requireOnRolesOf } from './platform-roles.ts';
import { type SignOut, signOutUser } from './sessions.ts';

export type AccountState = 'ACTIVE' | 'SUSPENDED';

/** A person as the operators of the installation see them. */
export interface Account {
  readonly id: string;
  readonly issuer: string;
  readonly subject: string;
  readonly email: string | null;
  readonly displayName: string | null;
  readonly state: AccountState;
  /** Why they are suspended. */
  readonly suspension?: Suspension;
  readonly platformRoles: string[];
  /** Tokens that were issued before this are refused. */
  readonly tokensFrom?: string;
  /** When the person was erased: nothing of them is left but the id. */
  readonly erasedAt?: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly etag: string;
}

interface Suspension {
  readonly reason: string;
  readonly since: string;
  readonly by: string;
}

interface AccountRow {
  id: string;
  issuer: string;
  subject: string;
  email: string | null;
  shown_name: string | null;
  state: AccountState;
  suspension: Suspension | null;
  platform_roles: string[];
  not_before: Date | null;
  erased_at: Date | null;
  version: string;
  created_at: Date;
  updated_at: Date;
}

function accountRows(db: Db) {
  return db('users as u').select<AccountRow[]>(
    ...['u.id', 'u.issuer', 'u.subject', 'u.email', 'u.state', 'u.suspension', 'u.not_before', 'u.erased_at'],
    ...['u.version', 'u.created_at', 'u.updated_at'],
    db.raw('coalesce(u.display_name, u.name) as shown_name'),
    db.raw('array(select g.role from platform_grants g where g.user_id = u.id order by g.role) as platform_roles'),
  );
}

function toAccount(row: AccountRow): Account {
  return {
    id: toId('user', row.id),
    issuer: row.issuer,
    subject: row.subject,
    email: row.email,
    displayName: row.shown_name,
    state: row.state,
    ...(row.suspension !== null && { suspension: row.suspension }),
    platformRoles: row.platform_roles,
    ...(row.not_before !== null && { tokensFrom: row.not_before.toISOString() }),
    ...(row.erased_at !== null && { erasedAt: row.erased_at.toISOString() }),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    etag: etagOf(versionOf(row)),
  };
}

/** The version of everything that an account shows: signing out and roles of the platform are no changes of the row's own version. */
function versionOf({ version, state, platform_roles, not_before }: AccountRow): string {
  const rest = canonical([state, platform_roles, not_before?.toISOString()]);
  return `${version}.${createHash('sha256').update(rest).digest('base64url').slice(0, 8)}`;
}

/** What is asked of a list of accounts. */
export interface AccountQuery extends PageQuery {
  /** The beginning of a name or an address. */
  readonly q?: string | undefined;
  readonly state?: AccountState | undefined;
  /** Only people who hold roles of the platform, or this one of them. */
  readonly holding?: { readonly role?: string | undefined } | undefined;
}

/** The people whom this installation knows, but for those who were erased, in the order of their ids. */
export async function listAccounts(db: Db, _actor: unknown, input: AccountQuery): Promise<Page<Account>> {
  const { q, state, holding } = input;
  const list = JSON.stringify(['users', q, state, holding]);
  const page = readPage(input, list, uuidKey);
  const query = accountRows(db)
    .whereNull('u.erased_at')
    .orderBy('u.id')
    .limit(page.limit + 1);
  if (page.after !== undefined) query.where('u.id', '>', page.after);
  if (state !== undefined) query.where('u.state', state);
  if (q !== undefined) {
    const sql = 'starts_with(u.folded_email, ?) or starts_with(lower(coalesce(u.display_name, u.name)), lower(?))';
    query.whereRaw(`(${sql})`, [foldEmail(q), q]);
  }
  if (holding !== undefined) {
    const grants = db('platform_grants as h').whereRaw('h.user_id = u.id');
    query.whereExists(holding.role === undefined ? grants : grants.where('h.role', holding.role));
  }
  return toPage(await query, page, list, (row: AccountRow) => row.id, toAccount);
}

/** One account. Throws NotFound. */
export async function getAccount(db: Db, _actor: unknown, { userId }: { userId: string }): Promise<Account> {
  return toAccount(await findAccount(db, userId));
}

async function findAccount(db: Db, userId: string): Promise<AccountRow> {
  const row = (await accountRows(db).where('u.id', toUuid('user', userId)).first()) as AccountRow | undefined;
  if (!row) throw new NotFound();
  return row;
}

/**
 * Refuses a person everything from now on, with tokens and with keys of theirs, on every replica; a reason that was given before is replaced. Asks for
 * `unassign` on each role of the platform that they hold. Throws NotFound, and FailedPrecondition when no active person would remain who may give one of these.
 */
export async function suspendUser(db: Db, actor: Actor, input: { userId: string; reason: string }): Promise<Account> {
  const { userId, reason } = input;
  const uuid = toUuid('user', userId);
  const holders = await lockHolders(db, uuid);
  const before = await findAccount(db, userId);
  refuseErased(before);
  const lost = before.platform_roles;
  await requireOnRoles(db, actor, lost, 'unassign');
  if (before.state === 'SUSPENDED' && before.suspension?.reason === reason) return toAccount(before);
  const hint = 'Add another operator first: addOperator.';
  if (before.state === 'ACTIVE') refuseLast(await actor.engine({}), holders, { userUuid: uuid, lost, left: [], hint });
  const since = before.suspension?.since ?? new Date().toISOString();
  return change(db, actor, before, { action: 'user.suspend', state: 'SUSPENDED', suspension: { reason, since, by: actor.name } });
}

/** Ends the suspension; what they held they hold again. Asks for `assign` on each role of the platform that this gives back. Throws NotFound. */
export async function resumeUser(db: Db, actor: Actor, { userId }: { userId: string }): Promise<Account> {
  await db('users')
    .where({ id: toUuid('user', userId) })
    .forNoKeyUpdate()
    .select('id');
  const before = await findAccount(db, userId);
  refuseErased(before);
  await requireOnRoles(db, actor, before.platform_roles, 'assign');
  if (before.state === 'ACTIVE') return toAccount(before);
  return change(db, actor, before, { action: 'user.resume', state: 'ACTIVE', suspension: null });
}

function refuseErased({ erased_at }: AccountRow): void {
  if (erased_at !== null)
    throw new FailedPrecondition('failed-precondition', 'The person was erased. Nothing of them can be brought back.');
}

interface Change {
  readonly action: string;
  readonly state: AccountState;
  readonly suspension: Suspension | null;
}

async function change(db: Db, actor: Actor, before: AccountRow, { action, state, suspension }: Change): Promise<Account> {
  await db('users')
    .where({ id: before.id })
    .update({ state, suspension: suspension && JSON.stringify(suspension), ...nextVersion(db) });
  const after = await findAccount(db, toId('user', before.id));
  await record(db, actor, { action, target: toId('user', before.id), before: shown(before), after: shown(after) });
  return toAccount(after);
}

function shown({ state, suspension }: AccountRow): object {
  return { state, ...(suspension && { suspension }) };
}

/** Signs a person out of everything. Asks for `unassign` on each role of the platform that they hold. Throws NotFound. */
export async function signOutAccount(db: Db, actor: Actor, { userId }: { userId: string }): Promise<SignOut> {
  await requireOnRolesOf(db, actor, toUuid('user', userId), 'unassign');
  return signOutUser(db, actor, { userId });
}
