import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, lstatSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Unavailable } from '../core/base/errors.ts';

/** What the data directory knows of its cluster. */
export interface ClusterRecord {
  /** Of the superuser `tenet`. */
  readonly password: string;
  /** The cluster's directory when it was made; another one when the data directory was moved since. */
  readonly cluster: string;
}

/** Notes a cluster that is about to be made; `keepRecord` makes the note the record. A crash between leaves a note that still holds. */
export function draftRecord(dataDir: string, cluster: string): ClusterRecord {
  const record = { password: randomBytes(24).toString('base64url'), cluster };
  rmSync(draftFile(dataDir), { force: true });
  writeFileSync(draftFile(dataDir), `${JSON.stringify(record)}\n`, { mode: 0o600, flag: 'wx', flush: true });
  if (process.getuid!() === 0) {
    // Who owns the data directory may later start Tenet without root.
    const { uid, gid } = statSync(dataDir);
    chownSync(draftFile(dataDir), uid, gid);
  }
  return record;
}

/** Says that the drafted cluster is whole; does nothing when that was said before. */
export function keepRecord(dataDir: string): void {
  if (!existsSync(recordFile(dataDir))) renameSync(draftFile(dataDir), recordFile(dataDir));
}

/** The record of the cluster that was found; undefined when there never was one. Throws Unavailable when one of the two is lost. */
export function readRecord(dataDir: string, found: string | undefined): ClusterRecord | undefined {
  const file = recordFile(dataDir);
  const owners = [process.getuid!(), statSync(dataDir).uid];
  const record = read(file, owners) ?? (found === undefined ? undefined : read(draftFile(dataDir), owners));
  if (found !== undefined && !record) {
    throw new Unavailable(
      `There is a database in ${found}, but its password in ${file} is missing: bring that file back from your backup.`,
    );
  }
  if (found === undefined && record) {
    throw new Unavailable(
      `The database of ${dataDir} is not there: it was made in ${record.cluster}. Bring it back (or the data directory to its old path), or remove ${file} to begin with an empty database.`,
    );
  }
  return record;
}

function read(file: string, owners: readonly number[]): ClusterRecord | undefined {
  const stat = lstatSync(file, { throwIfNoEntry: false });
  if (!stat) return undefined;
  if (!stat.isFile() || stat.mode & 0o077 || !owners.includes(stat.uid)) {
    throw new Unavailable(
      `${file} holds the password of the database and must be a plain file of yours that others cannot read. Correct its owner and give it the mode 0600.`,
    );
  }
  return JSON.parse(readFileSync(file, 'utf8')) as ClusterRecord;
}

function recordFile(dataDir: string): string {
  return join(dataDir, 'postgres.json');
}

function draftFile(dataDir: string): string {
  return join(dataDir, 'postgres.json.new');
}
