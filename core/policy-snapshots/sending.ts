import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { record } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import { Unavailable } from '../base/errors.ts';
import type { Keyring } from '../base/keyring.ts';
import { spend } from '../database/budgets.ts';
import type { Database, Db } from '../database/database.ts';
import { createPseudonyms, type Pseudonyms } from './pseudonyms.ts';
import { countRows, demandRoom, snapshotText } from './writing.ts';

/** Rows of a snapshot over the API, snapshots in a day (UTC), and the time in which one must be read (docs/limits.md). */
const mostRows = 1_000_000;
const mostInDay = 50;
const longest = 600_000;

/** The pseudonyms of an installation. They stay the same as long as its newest key does, so that its snapshots can be compared. */
export function installationPseudonyms(keyring: Keyring): Pseudonyms {
  return createPseudonyms(keyring.derive('policy-snapshot', keyring.currentKid)!);
}

/** Who holds it is the one who is sent a snapshot, on all replicas together, until the transaction ends. */
const place = "hashtext('tenet.policy-snapshot')";

/** Records that a snapshot is taken out. Throws Unavailable while another one is sent, LimitExceeded, RateLimited. */
export async function beginSnapshot(db: Db, actor: Actor, { keyId }: Pseudonyms): Promise<void> {
  const { rows: found } = (await db.raw(`select pg_try_advisory_xact_lock(${place}) as is_free`)) as { rows: { is_free: boolean }[] };
  if (!found[0]!.is_free) throw new Unavailable('Another snapshot is being sent. Try again when it has ended.');
  const refusal = `${mostInDay} snapshots are sent in a day (UTC) at most.`;
  await spend(db, [{ kind: 'policy-snapshots', subject: 'platform', amount: 1, limit: mostInDay, refusal }]);
  const counts = await countRows(db);
  demandRoom(counts, mostRows);
  const rows = [...counts.values()].reduce((sum, count) => sum + count, 0);
  await record(db, actor, { action: 'policy.snapshot', target: 'platform', after: { rows, pseudonyms: keyId } });
}

/** The bytes of a snapshot, as fast as they are taken. What fails in the middle ends them without the last line, by which the file is refused. */
export async function* sendSnapshot(database: Database, pseudonyms: Pseudonyms, milliseconds = longest): AsyncGenerator<Buffer> {
  const gzip = createGzip();
  const making = database
    .observe('platform', async (db) => {
      // One that is just being allowed holds it for a moment.
      await db.raw(`select pg_advisory_xact_lock(${place})`);
      await pipeline(Readable.from(snapshotText(db, pseudonyms, { most: mostRows })), gzip);
    })
    .catch((error: Error) => void gzip.destroy(error));
  const late = setTimeout(() => gzip.destroy(new Unavailable('The snapshot was not read in time.')), milliseconds);
  try {
    yield* gzip as AsyncIterable<Buffer>;
  } finally {
    clearTimeout(late);
    gzip.destroy();
    await making;
  }
}
