import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, SignJWT } from 'jose';
import type { Keyring } from '../../core/base/keyring.ts';

/** The keys by which this installation signs what it says about itself: one for each key of the keyring, Ed25519 (RFC 8037). */
export interface SigningKeys {
  /** The public halves (RFC 7517). */
  readonly jwks: { readonly keys: PublicKey[] };
  /** A JWT with these claims, by the newest key. */
  sign(claims: Readonly<Record<string, unknown>>): Promise<string>;
}

/** A public key as the contract has it. */
type PublicKey = Record<'kty' | 'crv' | 'x' | 'kid' | 'alg' | 'use', string>;

const algorithm = 'EdDSA';
/** What stands before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410 section 7). */
const pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex');

export async function createSigningKeys(keyring: Keyring): Promise<SigningKeys> {
  const keys = keyring.kids.map((kid) => privateKey(keyring.derive('signing', kid)!));
  const published = await Promise.all(keys.map(publicJwk));
  const header = { alg: algorithm, typ: 'JWT', kid: published[0]!.kid };
  return {
    jwks: { keys: published },
    sign: (claims) => new SignJWT({ ...claims }).setProtectedHeader(header).setIssuedAt().sign(keys[0]!),
  };
}

function privateKey(seed: Buffer): KeyObject {
  return createPrivateKey({ key: Buffer.concat([pkcs8, seed]), format: 'der', type: 'pkcs8' });
}

async function publicJwk(key: KeyObject): Promise<PublicKey> {
  const jwk = await exportJWK(createPublicKey(key));
  return { kty: jwk.kty!, crv: jwk.crv!, x: jwk.x!, kid: await calculateJwkThumbprint(jwk), alg: algorithm, use: 'sig' };
}
