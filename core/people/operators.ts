import { commandLine, type Recorder, record } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import { createEngine, type Engine } from '../authorization/engine/engine.ts';
import { platformRolesOf } from '../authorization/policy/vocabulary.ts';
import { holdHead, listHeads, loadContent } from '../authorization/store/revisions.ts';
import { FailedPrecondition, InvalidInput, NotFound } from '../base/errors.ts';
import { toId, toUuid } from '../base/ids.ts';
import type { Database, Db } from '../database/database.ts';
import { type Account, getAccount, listAccounts } from './accounts.ts';
import { lockHolders, refuseLast, requireOnRoles } from './platform-roles.ts';
import { type Identity, provisionUser } from './users.ts';

/** What the database admits as a role of the platform. */
const platformRole = /^platform\/[a-z-]{1,63}$/;

/**
 * Gives roles of the platform to a user, who is made with these entitlements when not seen before: for the command line, on a database
 * opened as its owner, because the first operator comes from who has access to the database. Throws InvalidInput for any other role.
 */
export async function addPlatformRoles(
  owned: Database,
  identity: Pick<Identity, 'issuer' | 'subject' | 'email'>,
  roles: readonly string[],
  entitlements: readonly string[],
): Promise<{ id: string }> {
  // Before the account is made, and again when the policy stays as it is.
  await owned.read('platform', async (db) => refuseUnknown(await platformEngine(db), roles));
  const { subject } = await provisionUser(owned, { ...identity, issuedAt: 0 }, commandLine, { entitlements });
  if (subject.type !== 'user') throw new InvalidInput('Only users can hold roles of the platform.');
  await owned.write('platform', async (db) => {
    await holdHead(db, 'platform');
    refuseUnknown(await platformEngine(db), roles);
    await give(db, commandLine, subject, roles);
  });
  return { id: subject.id };
}

/**
 * Gives roles of the platform to a user. Asks for `assign` on each of them. Throws InvalidInput for what is no such role, and NotFound for
 * who has never called.
 */
export async function addOperator(db: Db, actor: Actor, input: { userId: string; roles: readonly string[] }): Promise<Account> {
  const { userId, roles } = input;
  const { revisions } = await actor.snapshot({});
  await holdHead(db, 'platform', revisions);
  refuseUnknown(await actor.engine({}), roles);
  const uuid = toUuid('user', userId);
  // A suspension asks about the roles of the person, so none is added meanwhile.
  const [user] = await db('users').where({ id: uuid }).whereNull('erased_at').forNoKeyUpdate().select('id');
  if (!user) throw new NotFound();
  await requireOnRoles(db, actor, roles, 'assign');
  await give(db, actor, { id: userId, uuid }, roles);
  return getAccount(db, actor, { userId });
}

async function give(db: Db, by: Recorder, user: { id: string; uuid: string }, roles: readonly string[]): Promise<void> {
  const given: { role: string }[] = await db('platform_grants')
    .insert(roles.map((role) => ({ user_id: user.uuid, role, granted_by: by.name })))
    .onConflict(['user_id', 'role'])
    .ignore()
    .returning('role');
  if (given.length === 0) return;
  await record(db, by, { action: 'operator.add', target: user.id, after: { roles: given.map(({ role }) => role).sort() } });
}

/** The accounts that hold a role of the platform, as the API shows them, for the command line. */
export async function listOperators(owned: Database): Promise<Account[]> {
  const all: Account[] = [];
  let pageToken: string | undefined;
  do {
    const page = await owned.read('platform', (db) => listAccounts(db, commandLine, { holding: {}, pageSize: 200, pageToken }));
    all.push(...page.items);
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined);
  return all;
}

/** Which roles a person loses; without roles all of them. */
interface Removal {
  readonly userId: string;
  readonly roles?: readonly string[] | undefined;
}

/** What became of it. */
export interface Removed {
  readonly id: string;
  readonly uuid: string;
  readonly roles: readonly string[];
  /** The roles of the platform that are left. */
  readonly left: readonly string[];
}

/**
 * Takes roles of the platform from a user. Asks for `unassign` on each of them. Throws NotFound for who holds none, and FailedPrecondition for a role that
 * they do not hold, or when no active person would remain who may give one of them.
 */
export async function takePlatformRoles(db: Db, actor: Actor, removal: Removal): Promise<Removed> {
  const engine = await actor.engine({});
  const guard = {
    hint: 'Add another operator first: addOperator.',
    mayTake: (lost: readonly string[]) => requireOnRoles(db, actor, lost, 'unassign'),
  };
  return take(db, actor, removal, { engine, ...guard });
}

/** As takePlatformRoles, all roles of a person who is erased; the caller of this function has seen that others remain. */
export async function endPlatformRoles(db: Db, actor: Actor, userId: string): Promise<void> {
  await take(db, actor, { userId }, { engine: undefined, hint: '', last: true });
}

/** As takePlatformRoles, for the command line: `last` takes them also from the last one who may give them. */
export async function takePlatformRolesAsOwner(db: Db, removal: Removal & { last?: boolean | undefined }): Promise<Removed> {
  const hint = 'Add another operator first, or say --last when that is wanted; `tenet operator add` gives the roles again.';
  return take(db, commandLine, removal, { engine: await platformEngine(db), hint, last: removal.last });
}

interface Guard {
  readonly engine: Engine | undefined;
  readonly hint: string;
  readonly last?: boolean | undefined;
  readonly mayTake?: (roles: readonly string[]) => Promise<void>;
}

async function take(db: Db, by: Recorder, { userId, roles }: Removal, { engine, hint, last, mayTake }: Guard): Promise<Removed> {
  const uuid = toUuid('user', userId);
  const holders = await lockHolders(db, uuid);
  const held = holders.find(({ id }) => id === uuid)?.roles;
  if (!held) throw new NotFound(`${userId} holds no role of the platform. The list of operators shows who holds which.`);
  const lost = roles === undefined ? held : [...new Set(roles)].sort();
  const foreign = lost.filter((role) => !held.includes(role));
  if (foreign.length > 0)
    throw new FailedPrecondition(
      'failed-precondition',
      `${userId} does not hold ${foreign.join(', ')}, but ${held.join(', ')}. Name roles that they hold.`,
    );
  await mayTake?.(lost);
  const left = held.filter((role) => !lost.includes(role));
  if (!last) refuseLast(engine, holders, { userUuid: uuid, lost, left, hint });
  await db('platform_grants').where({ user_id: uuid }).whereIn('role', lost).delete();
  await record(db, by, { action: 'operator.remove', target: userId, before: { roles: lost } });
  return { id: userId, uuid, roles: lost, left };
}

/** The id of the user whom an identity provider names. Throws NotFound. */
export async function findUserId(db: Db, { issuer, subject }: { issuer: string; subject: string }): Promise<string> {
  const user: { id: string } | undefined = await db('users').where({ issuer, subject }).first('id');
  if (!user) throw new NotFound('There is no such user. `tenet operator list` shows who holds roles of the platform.');
  return toId('user', user.id);
}

/** The engine of the platform policy in force, for who asks outside of a server; undefined while none is. */
export async function platformEngine(db: Db): Promise<Engine | undefined> {
  const [head] = await listHeads(db, ['platform']);
  return head && createEngine([await loadContent(db, head.scope, head.revision)]);
}

/** What the policy in force has no such role for would allow nothing, and nobody would notice. */
function refuseUnknown(engine: Engine | undefined, roles: readonly string[]): void {
  const known = engine ? platformRolesOf(engine.vocabulary) : undefined;
  const errors = roles.flatMap((role, index) => {
    if (known ? known.includes(role) : platformRole.test(role)) return [];
    return [{ pointer: `#/roles/${index}`, detail: known ? `must be one of ${known.join(', ')}` : 'must be platform/ and a name' }];
  });
  if (errors.length === 0) return;
  const unknown = roles.find((_, index) => errors[0]!.pointer === `#/roles/${index}`);
  const has = known ? `; the platform policy in force has ${known.join(', ')}` : '';
  throw new InvalidInput(`${unknown} is no role of the platform that a person can hold${has}.`, errors);
}
