import { listReplicas } from '../core/authorization/store/replicas.ts';
import { type Config, readConfig } from '../core/base/config.ts';
import { FailedPrecondition } from '../core/base/errors.ts';
import { addKeyToFile, type Keyring, keyLine, keyringSource, loadKeyring, newRootKey, removeKeyFromFile } from '../core/base/keyring.ts';
import { firstNames } from '../core/base/text.ts';
import type { Database, Db } from '../core/database/database.ts';
import { takeLock } from '../core/database/lock.ts';
import { checkKeyring, forgetKey, invitationKeys } from '../core/delivery/encryption-keys.ts';
import { dropRootKey, type RootKeyUse, rewrapDataKeys, rootKeyUses } from '../core/secrets/root-keys.ts';
import { type RotationProgress, rotateDataKeys, rotationStatus } from '../core/secrets/rotation.ts';
import { withDatabase } from './database.ts';

/** `tenet keyring forget`. */
export async function forgetLostKey(kid: string): Promise<void> {
  const config = readConfig(process.env);
  const { invitations, dataKeys } = await alone(async (owned) => forgetKey(owned, await loadKeyring(config), kid));
  console.log(
    `The key ${kid} is forgotten. Pending invitations that were mailed with it: ${invitations}. They are accepted by verified address, or sent again.`,
  );
  if (dataKeys > 0) console.log(`Data keys that are lost with it: ${dataKeys}. What they sealed has to be set again.`);
}

/** `tenet keyring status`. */
export async function showKeyring(): Promise<void> {
  const config = readConfig(process.env);
  const { keyring, uses, invitations, replicas, open, retired } = await asOwner(async (owned) => ({
    keyring: await loadKeyring(config),
    ...(await owned.read('platform', readStatus)),
  }));
  const kids = [...new Set([...keyring.kids, ...uses.map(({ kid }) => kid), ...invitations.map(({ kid }) => kid)])];
  const isBehind = replicas.some((replica) => !replica.kids.includes(keyring.currentKid));
  for (const kid of kids) {
    const use = uses.find((each) => each.kid === kid);
    const held = replicas.filter((replica) => replica.kids.includes(kid)).length;
    const isUsed = (use?.only ?? 0) > 0 || invitations.some((each) => each.kid === kid) || kid === keyring.currentKid;
    console.log(
      [
        `${kid}: data keys ${use?.dataKeys ?? 0}, of which ${use?.only ?? 0} under no other`,
        `pending invitations ${invitations.find((each) => each.kid === kid)?.invitations ?? 0}`,
        `held by ${held} of ${replicas.length} servers`,
        placeOf(kid, keyring.kids),
        isUsed ? 'in use' : `may be dropped${isBehind ? `, once every server holds ${keyring.currentKid}` : ''}`,
      ].join('; '),
    );
  }
  console.log(`Data keys that seal no more: ${retired}.`);
  if (open)
    console.log(`A rotation of data keys is under way since ${open.startedAt.toISOString()}; values sealed so far: ${open.sealed}.`);
}

/** `tenet keyring rotate`. */
export async function rotate({ dataKeys = false }: { dataKeys?: boolean }): Promise<void> {
  const config = readConfig(process.env);
  await (dataKeys ? resealAll(config) : rotateRoot(config));
}

async function resealAll(config: Config): Promise<void> {
  const { sealed, unreadable } = await alone(async (owned) =>
    rotateDataKeys(owned, await loadChecked(owned, config), {
      onProgress: progressOf(),
    }),
  );
  console.log(`Every organization has a new data key. Values sealed with them: ${sealed}.`);
  refuseUnreadable('Values that do not open and stay as they are', unreadable);
}

/** Says how many values are sealed when there are more than before; a pass that finds none, of whichever column, says nothing. */
function progressOf(): (progress: RotationProgress) => void {
  let last = 0;
  return ({ sealed }) => {
    if (sealed > last) console.error(`Values sealed so far: ${sealed}`);
    last = sealed;
  };
}

/** The new key, unless data keys are left that are not under the one before: then it goes on with those. */
function rotateRoot(config: Config): Promise<void> {
  return alone(async (owned) => {
    const before = await loadChecked(owned, config);
    const left = await rewrapDataKeys(owned, before);
    refuseUnreadable('Data keys that no key of the keyring opens', left.unreadable);
    if (left.rewrapped > 0) {
      console.log(
        `Data keys that were put under ${before.currentKid}: ${left.rewrapped}. That ends its rotation; call again for a new key.`,
      );
      return;
    }
    if (config.encryptionKeys.length > 0) {
      console.log(
        `Put this in front of TENET_ENCRYPTION_KEYS of every server, restart them, and call again:\n${keyLine(newRootKey(before.kids))}`,
      );
      return;
    }
    const kid = await addKeyToFile(config.TENET_DATA_DIR);
    const { rewrapped } = await rewrapDataKeys(owned, await loadChecked(owned, config));
    console.log(
      `${keyringSource(config)} has the new key ${kid} in front. Data keys under it: ${rewrapped}. Restart the server: it goes on with the earlier keys until then.`,
    );
  });
}

/** `tenet keyring drop`. */
export async function dropKey(kid: string): Promise<void> {
  const config = readConfig(process.env);
  const isFile = config.encryptionKeys.length === 0;
  const dropped = await alone(async (owned) => {
    const keyring = await loadChecked(owned, config);
    if (kid === keyring.currentKid)
      throw new FailedPrecondition('key-in-use', `${kid} is the first key. Run \`tenet keyring rotate\` before.`);
    const { invitations, replicas } = await owned.read('platform', readStatus);
    const pending = invitations.find((each) => each.kid === kid)?.invitations ?? 0;
    if (pending > 0) {
      throw new FailedPrecondition(
        'key-in-use',
        `${kid} made the tokens of pending invitations (${pending}). Wait until they are answered or over, or resend or revoke them.`,
      );
    }
    const behind = replicas.filter(({ kids }) => !kids.includes(keyring.currentKid)).map(({ name }) => name);
    if (behind.length > 0) {
      throw new FailedPrecondition(
        'key-in-use',
        `Servers that do not hold ${keyring.currentKid} yet: ${behind.join(', ')}. Restart them with it.`,
      );
    }
    const dataKeys = await dropRootKey(owned, keyring, kid);
    if (isFile) await removeKeyFromFile(config.TENET_DATA_DIR, kid);
    return dataKeys;
  });
  const rest = isFile ? 'It is out of the key file: restart the server.' : 'Take it out of TENET_ENCRYPTION_KEYS.';
  console.log(`${kid} was taken away from ${dropped} data keys. ${rest}`);
}

async function readStatus(db: Db): Promise<{
  uses: RootKeyUse[];
  invitations: { kid: string; invitations: number }[];
  replicas: { name: string; kids: readonly string[] }[];
  open: { startedAt: Date; sealed: number } | undefined;
  retired: number;
}> {
  const uses = await rootKeyUses(db);
  return { uses, invitations: await invitationKeys(db), replicas: await listReplicas(db), ...(await rotationStatus(db)) };
}

/** The keyring, when it is that of this database. Within its connection: where there is no database no key file is made either. */
async function loadChecked(owned: Database, config: Config): Promise<Keyring> {
  const keyring = await loadKeyring(config);
  await checkKeyring(owned, keyring, keyringSource(config));
  return keyring;
}

function placeOf(kid: string, kids: readonly string[]): string {
  if (!kids.includes(kid)) return 'not in the keyring';
  return kid === kids[0] ? 'signs and encrypts' : 'opens what it made';
}

function refuseUnreadable(what: string, unreadable: readonly string[]): void {
  if (unreadable.length === 0) return;
  throw new FailedPrecondition('key-in-use', `${what}: ${unreadable.length} (${firstNames(unreadable)}).`);
}

/** As asOwner, while no other command changes the keys: of two that do at once, each would name its new key alike, and one key file would be lost. */
function alone<T>(work: (owned: Database) => Promise<T>): Promise<T> {
  return withDatabase(
    readConfig(process.env),
    async (owned, url) => {
      const lock = await takeLock(url, 'keyring', () => undefined);
      if (!lock)
        throw new FailedPrecondition('key-in-use', 'Another `tenet keyring` command is changing the keys. Wait until it has ended.');
      try {
        return await work(owned);
      } finally {
        await lock.release();
      }
    },
    { role: 'owner' },
  );
}

function asOwner<T>(work: (owned: Database) => Promise<T>): Promise<T> {
  return withDatabase(readConfig(process.env), work, { role: 'owner' });
}
