import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { Unavailable } from '../core/base/errors.ts';
import { makeDirectory } from '../core/base/make-directory.ts';
import { type Account, runAs } from './account.ts';

/** What Tenet itself puts into a data directory. */
const ours = /^(owner|postgres[.-].+|dev-issuer\.json)$/;

/** Makes the data directory, closed to everybody else, and returns its real path. Throws Unavailable when it is not ours to use. */
export function makeDataDirectory(dataDir: string): string {
  try {
    makeDirectory(dataDir);
  } catch (cause) {
    throw new Unavailable(
      `The data directory ${dataDir} could not be made: ${(cause as Error).message}. Set TENET_DATA_DIR to a directory that you can write.`,
      { cause },
    );
  }
  return dataDirectory(dataDir)!;
}

/** The real path of a data directory; undefined when it does not exist. Throws Unavailable when it is not ours to use. */
export function dataDirectory(dataDir: string): string | undefined {
  if (!existsSync(dataDir)) return undefined;
  const path = realpathSync(dataDir);
  if (!statSync(path).isDirectory())
    throw new Unavailable(`The data directory ${path} is a file. Set TENET_DATA_DIR to a directory, or to a name that is not taken.`);
  try {
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
    return path;
  } catch (cause) {
    throw new Unavailable(
      `The data directory ${path} belongs to the user with uid ${statSync(path).uid}, and you are uid ${process.getuid!()}, who may not use it. Start Tenet as that user, or set TENET_DATA_DIR to another directory.`,
      { cause },
    );
  }
}

/** Where the cluster of this data directory already is; undefined when there is none yet. */
export function findCluster(dataDir: string): string | undefined {
  return [inside(dataDir), outside(dataDir)].find((cluster) => existsSync(join(cluster, 'PG_VERSION')));
}

/** Where to put a new cluster: in the data directory when the account can work there, else under /var/lib. */
export function chooseCluster(dataDir: string, account: Account, say: (line: string) => void): string {
  if (account.own) return inside(dataDir);
  const { uid, mode } = statSync(dataDir);
  if (uid === 0 && (mode & 0o777) === 0o700 && readdirSync(dataDir).every((name) => ours.test(name))) {
    // Enough for the account to pass through, not enough to list or to write; only for a directory that nobody but us has used.
    chownSync(dataDir, 0, account.gid);
    chmodSync(dataDir, 0o710);
  }
  if (spawnSync('/bin/sh', ['-c', 'cd -- "$1"', 'sh', dataDir], runAs(account)).status === 0) return inside(dataDir);
  const cluster = outside(dataDir);
  systemDirectory();
  const parent = dirname(cluster);
  mkdirSync(parent, { recursive: true });
  // Whatever the umask is: the account must pass.
  chmodSync(parent, 0o755);
  say(`PostgreSQL's user cannot enter ${dataDir}: the database is in ${cluster}.`);
  return cluster;
}

/** The directory for what PostgreSQL's user must reach when Tenet runs as root; only root may write there, or it would run the files of others. */
export function systemDirectory(): string {
  const directory = '/var/lib/tenet';
  if (mkdirSync(directory, { recursive: true })) chmodSync(directory, 0o755);
  const stat = lstatSync(directory);
  if (!stat.isDirectory() || stat.uid !== 0 || stat.mode & 0o022) {
    throw new Unavailable(
      `${directory} must be a directory that belongs to root and that nobody else can write. Correct it, or set DATABASE_URL.`,
    );
  }
  return directory;
}

/** Who has the cluster now. */
export function clusterOwner(cluster: string): { uid: number; gid: number } {
  const { uid, gid } = statSync(cluster);
  return { uid, gid };
}

function inside(dataDir: string): string {
  return join(dataDir, 'postgres');
}

function outside(dataDir: string): string {
  return join('/var/lib/tenet', createHash('sha256').update(dataDir).digest('hex').slice(0, 16), 'postgres');
}
