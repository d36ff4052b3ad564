import { type CryptoKey, calculateJwkThumbprint, exportJWK, FlattenedSign, flattenedVerify, importJWK, importPKCS8, type JWK } from 'jose';
import { canonical } from './canonical.ts';
import { InvalidInput } from './errors.ts';
import type { PolicyKey } from './policy-keys.ts';

// A detached JWS (RFC 7515 appendix F, EdDSA) over the canonical JSON of a value: its header, two dots and its signature. The header has the key's
// kid, and a typ that keeps a signature of something else by the same key from being one of this.

/** A private key, with its public one as a server names it. */
export interface SigningKey {
  readonly key: CryptoKey;
  readonly publicKey: PolicyKey;
}

const algorithm = 'EdDSA';

/** Reads a private Ed25519 key: PKCS #8 in PEM, as openssl writes it, or a JWK. Its kid is that of the JWK, or the thumbprint (RFC 7638). Throws InvalidInput. */
export async function readSigningKey(text: string): Promise<SigningKey> {
  const key = await parseKey(text.trim()).catch(() => undefined);
  if (!key) throw new InvalidInput('The key must be a private Ed25519 key, in PEM (openssl genpkey -algorithm ed25519) or as a JWK.');
  return key;
}

async function parseKey(text: string): Promise<SigningKey | undefined> {
  const given: JWK = text.startsWith('{') ? JSON.parse(text) : await exportJWK(await importPKCS8(text, algorithm, { extractable: true }));
  const { kty, crv, x, d } = given;
  if (kty !== 'OKP' || crv !== 'Ed25519' || x === undefined || d === undefined) return undefined;
  const key = (await importJWK({ kty, crv, x, d }, algorithm)) as CryptoKey;
  return { key, publicKey: { kty: 'OKP', crv, x, kid: given.kid ?? (await calculateJwkThumbprint({ kty, crv, x })) } };
}

/** Signs a value. */
export async function signDetached(typ: string, value: object, { key, publicKey }: SigningKey): Promise<string> {
  const { protected: header, signature } = await new FlattenedSign(payloadOf(value))
    .setProtectedHeader({ alg: algorithm, typ, kid: publicKey.kid })
    .sign(key);
  return `${header}..${signature}`;
}

function payloadOf(value: object): Buffer {
  return Buffer.from(canonical(value));
}

/** The kid of the key that made this signature of this value; undefined where none of the keys did. */
export async function detachedSignerOf(
  typ: string,
  value: object,
  keys: readonly PolicyKey[],
  signature: string,
): Promise<string | undefined> {
  const [header = '', payload, signed = '', ...rest] = signature.split('.');
  if (payload !== '' || rest.length > 0) return undefined;
  try {
    const { protectedHeader } = await flattenedVerify(
      { protected: header, payload: payloadOf(value).toString('base64url'), signature: signed },
      ({ kid }) => importJWK(keys.find((key) => key.kid === kid) ?? {}, algorithm),
      { algorithms: [algorithm] },
    );
    return protectedHeader?.typ === typ ? protectedHeader.kid : undefined;
  } catch {
    return undefined;
  }
}
