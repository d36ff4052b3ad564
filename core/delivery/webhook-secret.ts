import { randomBytes } from 'node:crypto';
import type { Keyring } from '../base/keyring.ts';
import type { Db } from '../database/database.ts';
import { openValue, sealValue } from '../secrets/seal.ts';
import { webhookContext } from '../secrets/sealed-columns.ts';
import { Unreadable } from '../secrets/unreadable.ts';
import type { WebhookKey, WebhookRow } from './webhook-rows.ts';

/** A new secret as its receiver gets it, `whsec_` and 32 bytes in base64, and as it is stored. */
export async function newSecret(db: Db, keyring: Keyring, key: WebhookKey): Promise<{ secret: string; sealed: string }> {
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  return { secret, sealed: await sealValue(db, keyring, placeOf(key), secret) };
}

/** What messages of a webhook are signed with, the newest first; undefined when the present secret does not open any more. */
export async function secretsOf(db: Db, keyring: Keyring, row: WebhookRow): Promise<Buffer[] | undefined> {
  const present = await openSecret(db, keyring, row, row.secret_sealed);
  const overlaps = row.previous_secret_sealed !== null && row.previous_until! > new Date();
  // One before that does not open is left out: the receiver has the present one too.
  const previous = overlaps ? await openSecret(db, keyring, row, row.previous_secret_sealed!) : undefined;
  return present && [present, ...(previous ? [previous] : [])];
}

async function openSecret(db: Db, keyring: Keyring, key: WebhookKey, sealed: string): Promise<Buffer | undefined> {
  try {
    const secret = await openValue(db, keyring, placeOf(key), sealed);
    return Buffer.from(secret.slice('whsec_'.length), 'base64');
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}

/** A secret moves from the one column to the other, so its place is the webhook. */
function placeOf({ org_id, id }: WebhookKey) {
  return { orgId: org_id, context: webhookContext(id) };
}
