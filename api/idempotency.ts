import { createHmac } from 'node:crypto';
import { canonical } from '../core/base/canonical.ts';
import { FailedPrecondition, TenetError } from '../core/base/errors.ts';
import type { Keyring } from '../core/base/keyring.ts';
import type { Db } from '../core/database/database.ts';
import type { Reply } from './http/message.ts';

/** One use of an Idempotency-Key (draft-ietf-httpapi-idempotency-key-header-07): who, on what, with which request. */
export interface IdempotentUse {
  readonly principal: string;
  readonly operationId: string;
  readonly key: string;
  readonly request: unknown;
}

/** The key was used with another request (422). */
export class IdempotencyKeyReused extends TenetError {
  constructor() {
    super('idempotency-key-reused', 'This Idempotency-Key was used with another request. Use a fresh key.');
  }
}

/** Hours for which a key answers with its first reply. */
const lifetime = '24 hours';

/**
 * The reply that this key got before, or undefined. Throws request-in-progress (409) while another request holds the key, and
 * IdempotencyKeyReused (422) when it belonged to another request. The key stays held until the transaction ends.
 */
export async function replay(db: Db, keyring: Keyring, use: IdempotentUse): Promise<Reply | undefined> {
  const lock = [use.principal, use.operationId, use.key].join('\n');
  const [{ held }] = (await db.raw('select pg_try_advisory_xact_lock(hashtextextended(?, 0)) as held', [lock])).rows;
  if (!held)
    throw new FailedPrecondition('request-in-progress', 'A request with this Idempotency-Key is still running. Repeat it in a moment.');
  const { principal, operationId, key } = use;
  const [stored] = (
    await db.raw(
      'select * from idempotency_keys where principal = ? and operation_id = ? and key = ? and created_at > now() - ?::interval',
      [principal, operationId, key, lifetime],
    )
  ).rows as { request_hash: Buffer; status: number; headers: Record<string, string>; body: unknown }[];
  if (!stored) return undefined;
  if (!keyring.kids.some((kid) => stored.request_hash.equals(hashOf(keyring, kid, use.request)))) throw new IdempotencyKeyReused();
  return {
    status: stored.status,
    headers: { ...stored.headers, 'idempotent-replayed': 'true' },
    ...(stored.body === null ? {} : { body: stored.body }),
  };
}

/** Keeps the reply under the key, in the transaction that did the work. */
export async function remember(db: Db, keyring: Keyring, use: IdempotentUse, reply: Reply): Promise<void> {
  const { principal, operationId, key } = use;
  await db('idempotency_keys').where({ principal, operation_id: operationId, key }).del();
  await db('idempotency_keys').insert({
    principal,
    operation_id: operationId,
    key,
    request_hash: hashOf(keyring, keyring.currentKid, use.request),
    status: reply.status,
    headers: JSON.stringify(reply.headers ?? {}),
    body: reply.body === undefined ? null : JSON.stringify(reply.body),
  });
}

/** By a key of the ring: a request may hold a secret that a plain hash in a stolen backup would let be guessed. */
function hashOf(keyring: Keyring, kid: string, request: unknown): Buffer {
  return createHmac('sha256', keyring.derive('idempotency', kid)!).update(canonical(request)).digest();
}
