import { createHmac } from 'node:crypto';
import { commandLine, record } from '../audit/record.ts';
import { ConfigError } from '../base/config.ts';
import { FailedPrecondition, InvalidInput } from '../base/errors.ts';
import type { Keyring } from '../base/keyring.ts';
import type { Database, Db } from '../database/database.ts';
import { lostDataKeys } from '../secrets/root-keys.ts';

interface KnownKey {
  readonly kid: string;
  readonly fingerprint: Buffer;
}

/**
 * Compares the keyring with the keys that this database was used with, and notes those that are new. Throws ConfigError when it
 * holds another key under a known kid, or lacks one that pending invitations were made with or that sealed values need. `source` says where it comes from.
 */
export async function checkKeyring(database: Database, keyring: Keyring, source: string): Promise<void> {
  await database.write('platform', async (db) => {
    const own = keyring.kids.map((kid) => ({ kid, fingerprint: fingerprintOf(keyring, kid) }));
    await db('encryption_keys').insert(own).onConflict('kid').ignore();
    const known: KnownKey[] = await db('encryption_keys').whereIn('kid', keyring.kids).select('kid', 'fingerprint');
    const others = own.filter((key) => known.some(({ kid, fingerprint }) => kid === key.kid && !fingerprint.equals(key.fingerprint)));
    const lost = await lostDataKeys(db, keyring.kids);
    const problems = [
      ...others.map(
        ({ kid }) =>
          `${source} holds another key as ${kid} than the one that this database was used with. Put that one back; if it is lost: npx tenet keyring forget ${kid}`,
      ),
      ...(await lackedKeys(db, keyring)).map(
        ({ kid, invitations }) =>
          `${source} lacks the key ${kid}, which made the tokens of pending invitations (${invitations}). Put it back behind the others until they are answered, sent again or expired; if it is lost: npx tenet keyring forget ${kid}`,
      ),
      ...(lost > 0 ? [lostKeys(source, lost)] : []),
    ];
    if (problems.length > 0) throw new ConfigError(problems);
  });
}

function lostKeys(source: string, count: number): string {
  return `${source} lacks the keys that data keys (${count}) are under; \`npx tenet keyring status\` names them. Put one back; if it is lost, so is what those sealed: npx tenet keyring forget <name>`;
}

/** Knowing it does not help to find the key: that has 256 random bits. */
function fingerprintOf(keyring: Keyring, kid: string): Buffer {
  return createHmac('sha256', keyring.derive('fingerprint', kid)!).update('tenet').digest();
}

async function lackedKeys(db: Db, keyring: Keyring): Promise<{ kid: string; invitations: number }[]> {
  return (await invitationKeys(db)).filter(({ kid }) => !keyring.kids.includes(kid));
}

/** The keys that made the tokens of pending invitations, and of how many. */
export async function invitationKeys(db: Db): Promise<{ kid: string; invitations: number }[]> {
  const { rows } = await db.raw(
    `select i.token_kid as kid, count(*)::int as invitations
    from invitations i join organizations o on o.id = i.org_id
    where i.state = 'PENDING' and i.token_kid is not null and i.expires_at > now() and o.state <> 'DELETED'
    group by i.token_kid order by i.token_kid`,
  );
  return rows;
}

/**
 * Gives up a key that is lost: a start without it, or with another one as `kid`, is no longer refused, and the mailed tokens
 * that it made are void. Invited people can still accept by their verified address. What data keys sealed that are under no other key is lost.
 * Returns how many invitations and data keys that are.
 * Throws InvalidInput for a kid that the database does not know, and FailedPrecondition when the keyring holds the key: it is not lost.
 */
export async function forgetKey(owned: Database, keyring: Keyring, kid: string): Promise<{ invitations: number; dataKeys: number }> {
  return owned.write('platform', async (db) => {
    await refuseHeld(db, keyring, kid);
    // Also those that a replica which still held the key has made since it was forgotten.
    const invitations = await db('invitations').where({ token_kid: kid, state: 'PENDING' }).update({ token_kid: null });
    const forgotten = await db('encryption_keys').where({ kid }).del();
    const dataKeys = await db('data_keys').whereRaw("wrapped - ?::text = '{}'", [kid]).del();
    await db('data_keys')
      .whereRaw('jsonb_exists(wrapped, ?)', [kid])
      .update({ wrapped: db.raw('wrapped - ?::text', [kid]) });
    if (forgotten + invitations + dataKeys === 0) {
      const known: string[] = await db('encryption_keys').orderBy('kid').pluck('kid');
      throw new InvalidInput(`This database was never used with a key ${kid}; it was with ${known.join(', ') || 'none'}.`);
    }
    await record(db, commandLine, { action: 'encryption-key.forget', target: kid, after: { invitations, dataKeys } });
    return { invitations, dataKeys };
  });
}

async function refuseHeld(db: Db, keyring: Keyring, kid: string): Promise<void> {
  if (!keyring.kids.includes(kid)) return;
  const known: KnownKey | undefined = await db('encryption_keys').where({ kid }).first('kid', 'fingerprint');
  if (!known?.fingerprint.equals(fingerprintOf(keyring, kid))) return;
  throw new FailedPrecondition(
    'key-in-use',
    `The keyring holds ${kid}, so it is not lost. To be without it: \`tenet keyring rotate\`, then \`tenet keyring drop ${kid}\`. Nothing was changed.`,
  );
}
