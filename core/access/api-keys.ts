import { type Recorder, record, recordAll } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import { holderColumns } from '../authorization/decisions/held-roles.ts';
import { authorityOf, type Holder, holderOf, type ShownHolder } from '../authorization/decisions/subjects.ts';
import { type KeyType, keyTypeName } from '../authorization/policy/key-types.ts';
import { FailedPrecondition, LimitExceeded } from '../base/errors.ts';
import { newId, toId, toUuid } from '../base/ids.ts';
import { isKeySecret, keySecretHash, newKeySecret, shownPrefix } from '../base/key-secret.ts';
import { checkPreconditions, type Preconditions } from '../base/preconditions.ts';
import { etagOf } from '../base/versions.ts';
import { spend } from '../database/budgets.ts';
import type { Database, Db } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import { type ApiKey, type ApiKeyRow, allKeyRows, findKey, type KeyPlace, keyRows, toApiKey } from './api-key-rows.ts';
import { requireAuthorityOf } from './giving.ts';
import { requireWithinCaller } from './key-limits.ts';
import { findOwner, readAddresses, readBoundScopes, readEnd, readStore, readType } from './key-options.ts';
import { type ListedApiKey, readMaxAges, withRotation } from './key-rotation.ts';

/** A key with its secret, which is shown this once and is nowhere else. */
export interface CreatedApiKey extends ApiKey {
  readonly secret: string;
}

/** How many living ones an organization has at most, and how many secrets are made in it in a day (docs/limits.md). */
const most = 1_000;

/** One of this place. Throws NotFound. */
export async function getApiKey(db: Db, actor: Actor, input: KeyPlace & { apiKeyId: string }): Promise<ListedApiKey> {
  return withRotation(await findKey(db, input), await readMaxAges(actor, input));
}

/**
 * Makes a key of the caller, or of a service account: for one it asks for `assign` on each role that the account holds, since the key
 * has these. One that is bound to a policy store asks that store and does nothing else. What a caller with a key makes is limited as that key is. Throws InvalidInput, PermissionDenied and LimitExceeded.
 */
export async function createApiKey(
  db: Db,
  actor: Actor,
  input: KeyPlace & {
    name: string;
    type?: string | undefined;
    owner?: ShownHolder | undefined;
    scopes?: readonly string[] | undefined;
    policyStoreId?: string | undefined;
    allowedAddresses?: readonly string[] | undefined;
    expiresAt?: string | undefined;
  },
): Promise<CreatedApiKey> {
  const place: KeyPlace = { organizationId: input.organizationId, projectId: input.projectId };
  const { organizationId } = place;
  const type = readType((await actor.engine(place)).blueprint!, input.type, place);
  const owner = await findOwner(db, actor, { type, place, asked: input.owner });
  const policy_store_id = await readStore(db, actor, place, input.policyStoreId);
  const scopes = readBoundScopes(type, policy_store_id !== null, input.scopes);
  const allowed_addresses = await readAddresses(db, input.allowedAddresses);
  const expires_at = readEnd(type, input.expiresAt);
  await requireAuthorityOf(db, actor, organizationId, owner);
  await requireWithinCaller(db, actor, place, { scopes, expires_at, allowed_addresses });
  await refuseTooMany(db, organizationId);

  const org_id = toUuid('organization', organizationId);
  const id = toUuid('apiKey', newId('apiKey'));
  await db('api_keys').insert({
    org_id,
    id,
    project_id: place.projectId === undefined ? null : toUuid('project', place.projectId),
    [holderColumns[owner.type]]: owner.uuid,
    type: keyTypeName(type),
    name: input.name,
    scopes,
    policy_store_id,
    allowed_addresses,
    expires_at,
    created_by: actor.name,
  });
  const secret = await insertSecret(db, actor, { org_id, key_id: id, version: 1 }, type);
  const key = toApiKey(await keyRows(db, place).where('k.id', id).first());
  await record(db, actor, { organizationId, action: 'api-key.create', target: key.id, after: key });
  return { ...key, secret };
}

async function insertSecret(
  db: Db,
  actor: Actor,
  secret: { org_id: string; key_id: string; version: number },
  { prefix }: Pick<KeyType, 'prefix'>,
): Promise<string> {
  const text = newKeySecret(prefix);
  const viewer = authorityOf(actor.principal.subject);
  const shown_to = viewer?.type === 'user' ? viewer.uuid : null;
  await db('api_key_secrets').insert({ ...secret, shown_to, hash: keySecretHash(text), prefix: shownPrefix(text) });
  return text;
}

async function refuseTooMany(db: Db, organizationId: string): Promise<void> {
  const [{ count }] = (await db('api_keys')
    .where({ org_id: toUuid('organization', organizationId), state: 'ACTIVE' })
    .whereRaw('(expires_at is null or expires_at > now())')
    .count('* as count')) as [{ count: string }];
  if (Number(count) >= most) throw new LimitExceeded(`An organization has ${most} API keys at most.`, most, Number(count));
  await spendSecret(db, organizationId);
}

async function spendSecret(db: Db, organizationId: string): Promise<void> {
  const refusal = `An organization makes ${most} secrets of API keys in a day (UTC) at most.`;
  await spend(db, [{ kind: 'key-secrets', subject: organizationId, amount: 1, limit: most, refusal }]);
}

/**
 * Renames a key, or replaces its scopes or where it may be used from, which count from the next request on. A caller with a key does not widen one
 * beyond its own. To widen the key of another owner asks, as making it does, for `assign` on each role that the owner holds.
 */
export async function updateApiKey(
  db: Db,
  actor: Actor,
  input: KeyPlace & {
    apiKeyId: string;
    name?: string | undefined;
    scopes?: readonly string[] | undefined;
    allowedAddresses?: readonly string[] | undefined;
    preconditions?: Preconditions | undefined;
  },
): Promise<ListedApiKey> {
  const { organizationId, apiKeyId } = input;
  const before = await findKey(db, input);
  checkPreconditions(input.preconditions ?? {}, etagOf(before.version));
  refuseDead(before);
  const ages = await readMaxAges(actor, input);
  const limits = await limitsAfter(db, actor, input, before);
  const isSame = JSON.stringify(limits) === JSON.stringify(limitsOf(before));
  if (isSame && (input.name === undefined || input.name === before.name)) return withRotation(before, ages);
  if (widens(before, limits)) await requireAuthorityOf(db, actor, organizationId, holderOf(before));
  if (!isSame) await requireWithinCaller(db, actor, input, { ...limits, expires_at: before.expires_at });
  const { org_id, id } = before;
  await db('api_keys')
    .where({ org_id, id })
    .update({ name: input.name ?? before.name, ...(!isSame && limits), ...nextVersion(db) });
  const row = await findKey(db, input);
  const after = toApiKey(row);
  await record(db, actor, { organizationId, action: 'api-key.update', target: apiKeyId, before: toApiKey(before), after });
  return withRotation(row, ages);
}

function limitsOf({ scopes, allowed_addresses }: Pick<ApiKeyRow, 'scopes' | 'allowed_addresses'>) {
  return { scopes, allowed_addresses };
}

/** Whether a key can do more after a change of its limits, or is accepted from elsewhere. Addresses are compared as they are written. */
function widens(before: ReturnType<typeof limitsOf>, after: ReturnType<typeof limitsOf>): boolean {
  const goesBeyond = (old: readonly string[] | null, now: readonly string[] | null): boolean =>
    old !== null && (now === null || now.some((one) => !old.includes(one)));
  return goesBeyond(before.scopes, after.scopes) || goesBeyond(before.allowed_addresses, after.allowed_addresses);
}

/** What narrows the key when this change is made. */
async function limitsAfter(
  db: Db,
  actor: Actor,
  input: KeyPlace & { scopes?: readonly string[] | undefined; allowedAddresses?: readonly string[] | undefined },
  before: ApiKeyRow,
): Promise<ReturnType<typeof limitsOf>> {
  const { scopes, allowedAddresses } = input;
  return {
    scopes:
      scopes === undefined ? before.scopes : readBoundScopes(await typeOf(actor, input, before), before.policy_store_id !== null, scopes),
    allowed_addresses: allowedAddresses === undefined ? before.allowed_addresses : await readAddresses(db, allowedAddresses),
  };
}

/**
 * Gives a key a new secret. The one before works for `overlapSeconds` more, and an older one no longer. The caller, who gets the secret, can act
 * as the owner with it, so for the key of another owner this asks for `assign` on each role that the owner holds.
 */
export async function rotateApiKey(
  db: Db,
  actor: Actor,
  input: KeyPlace & { apiKeyId: string; overlapSeconds?: number | undefined; preconditions?: Preconditions | undefined },
): Promise<CreatedApiKey> {
  const { organizationId, apiKeyId, overlapSeconds = 86_400 } = input;
  const before = await findKey(db, input);
  checkPreconditions(input.preconditions ?? {}, etagOf(before.version));
  refuseDead(before);
  const type = await typeOf(actor, input, before);
  await requireAuthorityOf(db, actor, organizationId, holderOf(before));
  await requireWithinCaller(db, actor, input, before);
  await spendSecret(db, organizationId);
  const { org_id, id: key_id } = before;
  const [present, ...older] = before.secrets;
  const uses = older.reduce((sum, secret) => sum + secret.uses, 0);
  await db('api_key_secrets').where({ org_id, key_id }).whereNot({ version: present!.version }).del();
  const until = db.raw("now() + ? * interval '1 second'", [overlapSeconds]);
  await db('api_key_secrets').where({ org_id, key_id, version: present!.version }).update({ until });
  const secret = await insertSecret(db, actor, { org_id, key_id, version: present!.version + 1 }, type);
  await db('api_keys')
    .where({ org_id, id: key_id })
    .update({ earlier_uses: db.raw('earlier_uses + ?', [uses]), ...nextVersion(db) });
  const after = toApiKey(await findKey(db, input));
  await record(db, actor, { organizationId, action: 'api-key.rotate', target: apiKeyId, before: toApiKey(before), after });
  return { ...after, secret };
}

function refuseDead({ state }: ApiKeyRow): void {
  if (state === 'ACTIVE') return;
  const what = state === 'REVOKED' ? 'is revoked, for ever' : 'has expired';
  throw new FailedPrecondition('failed-precondition', `The key ${what}. Make another one.`);
}

/** What the kind of organization says about the kind of this key now. */
async function typeOf(actor: Actor, place: KeyPlace, { type }: ApiKeyRow): Promise<KeyType> {
  return readType((await actor.engine(place)).blueprint!, type, place);
}

/** Ends a key for ever. One that is revoked already stays as it is. */
export async function revokeApiKey(db: Db, actor: Actor, input: KeyPlace & { apiKeyId: string }): Promise<ApiKey> {
  const before = await findKey(db, input);
  if (before.state === 'REVOKED') return toApiKey(before);
  const [after] = await revokeKeys(db, actor, [before]);
  return after!;
}

/**
 * Ends a key whose secret was found, by the secret alone. The answer does not say whether there was such a key. A secret that a rotation has
 * replaced, and whose overlap is over, opens nothing and so ends nothing: else its finder would stop what works with the new one.
 */
export async function revokeLeakedKey(database: Database, input: { credential: string; requestId: string }): Promise<void> {
  const { credential, requestId } = input;
  if (!isKeySecret(credential)) return;
  const hash = keySecretHash(credential);
  const found: { org_id: string; key_id: string } | undefined = await database.read('platform', (db) =>
    db('api_key_secrets').where({ hash }).whereRaw('(until is null or until > now())').first('org_id', 'key_id'),
  );
  if (!found) return;
  const { org_id, key_id } = found;
  await database.write({ organization: org_id }, async (db) => {
    await db.raw('select from organizations where id = ? for no key update', [org_id]);
    const rows: ApiKeyRow[] = await allKeyRows(db, org_id).where({ 'k.id': key_id, 'k.state': 'ACTIVE' });
    await revokeKeys(db, { name: 'system:leaked-credentials', requestId }, rows);
  });
}

/** Ends every key of an owner who leaves. The caller has asked whether the actor may do that. */
export async function revokeKeysOf(db: Db, actor: Actor, organizationId: string, owner: Holder): Promise<void> {
  const rows: ApiKeyRow[] = await allKeyRows(db, toUuid('organization', organizationId))
    .where({ [`k.${holderColumns[owner.type]}`]: owner.uuid, 'k.state': 'ACTIVE' })
    .orderBy('k.id');
  await revokeKeys(db, actor, rows);
}

/** Ends every key that is bound to a policy store (uuid), which goes. */
export async function revokeKeysOfStore(db: Db, actor: Actor, organizationId: string, policy_store_id: string): Promise<void> {
  const rows: ApiKeyRow[] = await allKeyRows(db, toUuid('organization', organizationId))
    .where({ 'k.policy_store_id': policy_store_id, 'k.state': 'ACTIVE' })
    .orderBy('k.id');
  await revokeKeys(db, actor, rows);
}

/** Ends keys of one organization that are not revoked, each with its event. */
export async function revokeKeys(db: Db, actor: Recorder, rows: readonly ApiKeyRow[]): Promise<ApiKey[]> {
  const [first] = rows;
  if (first === undefined) return [];
  const changes: Pick<ApiKeyRow, 'id'>[] = await db('api_keys')
    .where({ org_id: first.org_id, state: 'ACTIVE' })
    .whereIn(
      'id',
      rows.map(({ id }) => id),
    )
    .update({ state: 'REVOKED', revoked_at: db.fn.now(), revoked_by: actor.name, ...nextVersion(db) })
    .returning(['id', 'state', 'revoked_at', 'revoked_by', 'version', 'updated_at']);
  const changeOf = new Map(changes.map((change) => [change.id, change]));
  const revoked = rows.map((row) => ({ before: toApiKey(row), after: toApiKey({ ...row, ...changeOf.get(row.id) }) }));
  const events = revoked.map(({ before, after }) => ({ target: after.id, before, after }));
  await recordAll(db, actor, { organizationId: toId('organization', first.org_id), action: 'api-key.revoke' }, events);
  return revoked.map(({ after }) => after);
}
