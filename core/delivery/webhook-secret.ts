import { createHmac, randomBytes } from 'node:crypto';
import type { Keyring } from '../base/keyring.ts';

/** What a secret is made from again: the name of a key of the ring, and random bytes. Without the key it tells nothing. */
export interface SecretSeed {
  readonly kid: string;
  readonly seed: Buffer;
}

/** The seed of a new secret, by the present key of the ring. */
export function newSeed(keyring: Pick<Keyring, 'currentKid'>): SecretSeed {
  return { kid: keyring.currentKid, seed: randomBytes(32) };
}

/** The 32 bytes that messages of a webhook are signed with; undefined when the key has left the ring. */
export function secretOf(keyring: Keyring, webhook: string, { kid, seed }: SecretSeed): Buffer | undefined {
  const key = keyring.derive('webhook-secret', kid);
  return key && createHmac('sha256', key).update(`${webhook}\n`).update(seed).digest();
}

/** A secret as its receiver gets it: `whsec_` and base64. */
export function secretText(secret: Buffer): string {
  return `whsec_${secret.toString('base64')}`;
}
