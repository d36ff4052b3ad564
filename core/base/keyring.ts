import { createHash, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { chown, link, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Config, ConfigError } from './config.ts';
import { makeDirectory } from './make-directory.ts';

/** The keys of this installation. No root key leaves it: each purpose has a key of its own, derived by HKDF (RFC 5869). */
export interface Keyring {
  /** The key that signs and encrypts from now on. */
  readonly currentKid: string;
  readonly kids: readonly string[];
  /** 32 bytes for this purpose out of the key with this kid; undefined when that key has left the ring. */
  derive(purpose: string, kid: string): Buffer | undefined;
}

type RootKey = Config['encryptionKeys'][number];

const fileName = 'encryption-keys';

/**
 * The keyring of the configuration; without one, that of `<dataDir>/encryption-keys`, made with the first start.
 * Throws ConfigError when the file can be read by others or does not hold keys.
 */
export async function loadKeyring(config: Pick<Config, 'encryptionKeys' | 'TENET_DATA_DIR'>): Promise<Keyring> {
  if (config.encryptionKeys.length > 0) return createKeyring(config.encryptionKeys);
  makeDirectory(config.TENET_DATA_DIR);
  const path = join(config.TENET_DATA_DIR, fileName);
  return createKeyring(await keysIn(path));
}

/**
 * Puts a new key in front of those of `<dataDir>/encryption-keys`; returns its kid. The file is replaced at once, so that a reader finds the old
 * keys or all of them. The new file has the owner of the old one.
 */
export async function addKeyToFile(dataDir: string): Promise<string> {
  const path = join(dataDir, fileName);
  const keys = await keysIn(path);
  const added = newRootKey(keys.map(({ kid }) => kid));
  await replaceKeyFile(path, [added, ...keys]);
  return added.kid;
}

/** Takes the key with this kid out of `<dataDir>/encryption-keys`. */
export async function removeKeyFromFile(dataDir: string, kid: string): Promise<void> {
  const path = join(dataDir, fileName);
  const keys = await keysIn(path);
  await replaceKeyFile(
    path,
    keys.filter((key) => key.kid !== kid),
  );
}

/** A new key whose name follows those that are there: k3 after k2. */
export function newRootKey(kids: readonly string[]): RootKey {
  const numbers = kids.map((kid) => Number(/^k(\d{1,6})$/.exec(kid)?.[1] ?? 0));
  return { kid: `k${Math.max(0, ...numbers) + 1}`, key: randomBytes(32) };
}

/** A key as the file and TENET_ENCRYPTION_KEYS have it. */
export function keyLine({ kid, key }: RootKey): string {
  return `${kid}:${key.toString('base64')}`;
}

/** Where loadKeyring finds the keyring, for people. */
export function keyringSource(config: Pick<Config, 'encryptionKeys' | 'TENET_DATA_DIR'>): string {
  return config.encryptionKeys.length > 0 ? 'TENET_ENCRYPTION_KEYS' : join(config.TENET_DATA_DIR, fileName);
}

/** A keyring of these keys, newest first. */
export function createKeyring(keys: readonly RootKey[]): Keyring {
  const [current] = keys;
  if (!current) throw new TypeError('a keyring needs a key');
  const derived = new Map<string, Buffer>();
  return {
    currentKid: current.kid,
    kids: keys.map(({ kid }) => kid),
    derive(purpose, kid) {
      const root = keys.find((key) => key.kid === kid);
      if (!root) return undefined;
      const name = `${kid}\n${purpose}`;
      const known = derived.get(name) ?? Buffer.from(hkdfSync('sha256', root.key, '', `tenet/${purpose}`, 32));
      derived.set(name, known);
      return known;
    },
  };
}

async function keysIn(path: string): Promise<RootKey[]> {
  return (await readKeyFile(path)) ?? makeKeyFile(path);
}

async function readKeyFile(path: string): Promise<RootKey[] | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new ConfigError([`${path} cannot be read: ${error.message}`]);
  });
  if (text === undefined) return undefined;
  const { mode } = await stat(path);
  if ((mode & 0o077) !== 0) throw new ConfigError([`${path} holds keys and can be opened by others. Run: chmod 600 ${path}`]);
  const keys = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [kid = '', encoded = ''] = line.split(':');
      return { kid, key: Buffer.from(encoded, 'base64') };
    });
  if (keys.length === 0 || keys.some(({ kid, key }) => !/^[\w.-]{1,32}$/.test(kid) || key.length !== 32)) {
    throw new ConfigError([
      `${path} must hold one \`kid:base64\` of 32 bytes per line. Restore it from a backup; what it encrypted is lost without it.`,
    ]);
  }
  return keys;
}

/** Written aside and linked into place: a file that is there is whole, and of two first starts at once both use the same key. */
async function makeKeyFile(path: string): Promise<RootKey[]> {
  await writeAside(path, [newRootKey([])], (aside) =>
    link(aside, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    }),
  );
  return (await readKeyFile(path))!;
}

/** Where it is a link, the file behind it is replaced. */
async function replaceKeyFile(path: string, keys: readonly RootKey[]): Promise<void> {
  const target = await realpath(path);
  const { uid, gid } = await stat(target);
  await writeAside(target, keys, async (aside) => {
    await chown(aside, uid, gid);
    await rename(aside, target);
  });
}

async function writeAside(path: string, keys: readonly RootKey[], put: (aside: string) => Promise<void>): Promise<void> {
  const aside = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const file = await open(aside, 'wx', 0o600);
  try {
    await file.writeFile(keys.map((key) => `${keyLine(key)}\n`).join(''));
    await file.sync();
    await put(aside);
  } finally {
    await file.close();
    await rm(aside, { force: true });
  }
}

/** Which invitation a token stands for: its id, and how often a new token was made for it. */
export interface InvitationVersion {
  readonly id: string;
  readonly version: number;
}

const tokenPattern = /^tnti_([\w.-]{1,32})\.[\w-]{43}$/;

/**
 * The token of an invitation, `tnti_<kid>.<HMAC-SHA256>`. With the key it can be made again, so it is stored nowhere:
 * not in the database, which knows its hash, and not in the job that sends it. Undefined when the key has left the ring.
 */
export function invitationToken(
  keyring: Keyring,
  { id, version }: InvitationVersion,
  kid: string = keyring.currentKid,
): string | undefined {
  const key = keyring.derive('invitation-token', kid);
  return key && `tnti_${kid}.${createHmac('sha256', key).update(`${id}\n${version}`).digest('base64url')}`;
}

/** Whether the token is the one of this invitation and version, by a key that is still in the ring. */
export function isInvitationToken(keyring: Keyring, token: string, invitation: InvitationVersion): boolean {
  const kid = tokenPattern.exec(token)?.[1];
  const expected = kid === undefined ? undefined : invitationToken(keyring, invitation, kid);
  return expected !== undefined && expected.length === token.length && timingSafeEqual(Buffer.from(expected), Buffer.from(token));
}

/** What is stored of a token. */
export function tokenHash(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
