import { existsSync } from 'node:fs';
import { link, open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import { InvalidInput, TenetError, Unavailable } from '../../core/base/errors.ts';
import type { IssuerConfig } from './issuer.ts';

const ISSUER = 'http://localhost/tenet-dev';
const AUDIENCE = 'tenet';
const ALGORITHM = 'ES256';
const LONGEST_LIFETIME = 86_400;

/** Whom a local token is for; its e-mail counts as verified. */
export interface DevClaims {
  readonly subject: string;
  readonly email?: string;
  readonly name?: string;
  /** 28800 (a working day) when absent, 86400 at most. */
  readonly lifetimeSeconds?: number;
  /** How they signed in (RFC 8176), for example `['pwd', 'otp']`. */
  readonly amr?: readonly string[];
}

/** An issuer for local use without an identity provider. With its key file one can be any user: never offer it beyond loopback. */
export interface DevIssuer {
  readonly config: IssuerConfig & { readonly key: JWK };
  /** Signs an access token (RFC 9068); throws `InvalidInput` for a lifetime that would be refused. */
  sign(claims: DevClaims): Promise<string>;
}

/** Reads the local issuer of a data directory from `dev-issuer.json` (mode 0600), or makes it; throws a `TenetError` when others can read that file. */
export async function loadDevIssuer(dataDir: string): Promise<DevIssuer> {
  const path = pathIn(dataDir);
  return issuerWith((await readKey(path)) ?? (await createKey(path)));
}

/** The local issuer of a data directory, or undefined when none was made there. */
export async function readDevIssuer(dataDir: string): Promise<DevIssuer | undefined> {
  const key = await readKey(pathIn(dataDir));
  return key && issuerWith(key);
}

/** Whether a data directory has a local issuer. */
export function hasDevIssuer(dataDir: string): boolean {
  return existsSync(pathIn(dataDir));
}

function pathIn(dataDir: string): string {
  return join(dataDir, 'dev-issuer.json');
}

async function issuerWith({ d, ...key }: JWK): Promise<DevIssuer> {
  const privateKey = await importJWK({ ...key, ...(d !== undefined && { d }) }, ALGORITHM);
  return {
    config: { issuer: ISSUER, audience: AUDIENCE, algorithms: [ALGORITHM], key },
    async sign({ subject, email, name, amr, lifetimeSeconds = 28_800 }) {
      if (!Number.isInteger(lifetimeSeconds) || lifetimeSeconds <= 0 || lifetimeSeconds > LONGEST_LIFETIME)
        throw new InvalidInput(`The lifetime of a local token must be 1 to ${LONGEST_LIFETIME} whole seconds.`);
      const issuedAt = Math.floor(Date.now() / 1000);
      const claims = {
        ...(email !== undefined && { email, email_verified: true }),
        ...(name !== undefined && { name }),
        ...(amr !== undefined && { amr, auth_time: issuedAt }),
        client_id: 'tenet-dev',
      };
      return new SignJWT(claims)
        .setProtectedHeader({ alg: ALGORITHM, typ: 'at+jwt', ...(key.kid !== undefined && { kid: key.kid }) })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(subject)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + lifetimeSeconds)
        .setJti(crypto.randomUUID())
        .sign(privateKey);
    },
  };
}

async function readKey(path: string): Promise<JWK | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new Unavailable(
      `The key of the local issuer cannot be read: ${message}. Start Tenet as the user that it belongs to, or set TENET_DATA_DIR to another directory.`,
      { cause: error },
    );
  }
  const { mode } = await stat(path);
  // Windows has no such bits; its profile directories are private already.
  if (process.platform !== 'win32' && (mode & 0o077) !== 0)
    throw new TenetError(
      'invalid-configuration',
      `${path} can be read by other users, who could sign in as anybody. Run: chmod 600 ${path}`,
    );
  const key = parseKey(text);
  if (key === undefined)
    throw new TenetError(
      'invalid-configuration',
      `${path} does not hold a key of the local issuer. Delete it and start again; local tokens made before end with it.`,
    );
  return key;
}

function parseKey(text: string): JWK | undefined {
  try {
    const key = JSON.parse(text) as JWK | null;
    return key?.kty === 'EC' && key.crv === 'P-256' && typeof key.d === 'string' && typeof key.kid === 'string' ? key : undefined;
  } catch {
    return undefined;
  }
}

async function createKey(path: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const key = await exportJWK(privateKey);
  key.kid = await calculateJwkThumbprint(key);
  key.alg = ALGORITHM;
  // Written aside and linked into place: two processes that start together must end with one whole key.
  const draft = `${path}.${crypto.randomUUID()}`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(key)}\n`);
    await file.sync();
    await file.close();
    await link(draft, path);
    return key;
  } catch (error) {
    const winner = (error as NodeJS.ErrnoException).code === 'EEXIST' ? await readKey(path) : undefined;
    if (winner === undefined) throw error;
    return winner;
  } finally {
    await rm(draft, { force: true });
  }
}
