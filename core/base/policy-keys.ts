import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** A public key (RFC 8037) that policy revisions may be signed with. */
export interface PolicyKey {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly x: string;
  readonly kid: string;
}

/** Where keys are given, and how many there may be. */
interface KeyPlace {
  /** As sentences call it. */
  readonly name: string;
  readonly most: number;
  /** Where the JWK Set may be, as the sentence about it goes on. */
  readonly found: string;
}

/** How many keys a server, and the verbs about its policies, may take. */
export const mostPolicyKeys = 20;

const environment: KeyPlace = { name: 'TENET_POLICY_KEYS', most: mostPolicyKeys, found: ', or @ and the path of a file with it' };

/** The keys of TENET_POLICY_KEYS, or of another place; what is wrong with them is added to `problems`, a sentence each. */
export function readPolicyKeys(text: string | undefined, problems: string[], { name, most, found } = environment): PolicyKey[] {
  if (text === undefined) return [];
  const expected = `It must be a JWK Set with Ed25519 public keys, such as {"keys":[{"kty":"OKP","crv":"Ed25519","kid":"ci-1","x":"..."}]}${found}; \`npx tenet policy sign --public --key FILE\` prints one.`;
  let set: unknown;
  try {
    set = JSON.parse(text.startsWith('@') ? readFileSync(resolve(text.slice(1)), 'utf8') : text);
  } catch (error) {
    // A parser quotes what it reads, which may be a private key that was put here.
    const why = error instanceof SyntaxError ? 'it is no JSON' : (error as Error).message.replace(/\.$/, '');
    problems.push(`${name} cannot be read: ${why}. ${expected}`);
    return [];
  }
  const keys = (set as { keys?: unknown } | null)?.keys;
  if (!Array.isArray(keys) || keys.length === 0 || keys.length > most) {
    problems.push(`${name} must hold 1 to ${most} keys. ${expected}`);
    return [];
  }
  const faults = keys.map((key: unknown, index) => ({ where: `${name}: key ${index + 1}`, fault: faultOf(key, expected) }));
  const wrong = faults.filter(({ fault }) => fault !== undefined);
  problems.push(...wrong.map(({ where, fault }) => `${where} ${fault}`));
  if (wrong.length > 0) return [];
  const read = (keys as PolicyKey[]).map(({ kty, crv, x, kid }) => ({ kty, crv, x, kid }));
  if (new Set(read.map(({ kid }) => kid)).size !== read.length)
    problems.push(`${name} names a kid twice. Each key needs a kid of its own.`);
  return read;
}

/** The y of the points of Ed25519 whose order divides 8 (RFC 8032 section 5.1), in hexadecimal without the sign, also as numbers that are not reduced. */
const smallOrder = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
]);

/** Whether the x of a JWK is a point of small order: signatures by it need no private key. */
export function isOfSmallOrder(x: string): boolean {
  const bytes = Buffer.from(x, 'base64url');
  if (bytes.length === 32) bytes[31]! &= 0x7f;
  return smallOrder.has(bytes.toString('hex'));
}

function faultOf(key: unknown, expected: string): string | undefined {
  if (typeof key !== 'object' || key === null) return `is no key. ${expected}`;
  const { kty, crv, x, kid, d } = key as Record<string, unknown>;
  if (d !== undefined)
    return 'is private (it has a member d). A server holds the public keys alone: take d out, and make a new key if others have seen it.';
  if (kty !== 'OKP' || crv !== 'Ed25519') return 'is no Ed25519 key: kty must be OKP and crv must be Ed25519.';
  if (typeof kid !== 'string' || !/^[\w.-]{1,100}$/.test(kid)) return 'needs a kid of 1 to 100 letters, digits, dots, - and _.';
  try {
    createPublicKey({ key: { kty, crv, x: x as string }, format: 'jwk' });
    return isOfSmallOrder(x as string)
      ? 'is no key to trust: its x is a point of small order, for which a signature needs no private key.'
      : undefined;
  } catch {
    return 'is no Ed25519 key: x must be its 32 bytes in base64url.';
  }
}
