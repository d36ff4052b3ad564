import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, closeSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Unavailable } from '../core/base/errors.ts';
import { type Account, runAs } from './account.ts';
import type { Binaries } from './binaries.ts';
import type { ServerLog } from './log.ts';

/** Makes a new cluster at `cluster`. It is made aside and renamed, so that a cluster that exists is whole. */
export async function initializeCluster(
  cluster: string,
  options: { binaries: Binaries; account: Account; password: string; log: ServerLog; sync: boolean },
): Promise<void> {
  const { binaries, account, password, log, sync } = options;
  removeLeftovers(cluster);
  // A name of its own: when a start is killed, its initdb works on for a moment.
  const aside = `${cluster}.new-${randomBytes(4).toString('hex')}`;
  const passwordFile = `${aside}.password`;
  const out = log.open();
  try {
    mkdirSync(aside, { mode: 0o700 });
    writeFileSync(passwordFile, password, { mode: 0o600, flag: 'wx' });
    if (!account.own) {
      chownSync(aside, account.uid, account.gid);
      chownSync(passwordFile, account.uid, account.gid);
    }
    const child = spawn(
      binaries.initdb,
      [
        ...['-D', aside, '--username=tenet', `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8'],
        // Sorting that no upgrade of the system's libraries can change.
        ...['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-instructions', ...(sync ? [] : ['--no-sync'])],
      ],
      { ...runAs(account), stdio: ['ignore', out, out] },
    );
    const status = await new Promise<number | string | null>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) => resolve(signal ?? code));
    });
    if (status !== 0) throw new Error(typeof status === 'string' ? status : log.tail().join(' '));
    renameSync(aside, cluster);
  } catch (cause) {
    rmSync(aside, { recursive: true, force: true });
    throw new Unavailable(`PostgreSQL could not make a new database in ${cluster}: ${(cause as Error).message}`, { cause });
  } finally {
    closeSync(out);
    rmSync(passwordFile, { force: true });
  }
}

/** Removes what starts that were killed have begun; what one of their initdbs still writes is left to the next time. */
function removeLeftovers(cluster: string): void {
  for (const name of readdirSync(dirname(cluster))) {
    if (!name.startsWith(`${basename(cluster)}.new-`)) continue;
    try {
      rmSync(join(dirname(cluster), name), { recursive: true, force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error;
    }
  }
}

/** Refuses a cluster that these programs cannot open. */
export function checkVersion(cluster: string, binaries: Binaries): void {
  const major = readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim();
  if (major === binaries.major) return;
  throw new Unavailable(
    `The database in ${cluster} was made by PostgreSQL ${major}, and this Tenet brings PostgreSQL ${binaries.major}. Move its data with pg_dump and pg_restore, or set DATABASE_URL to a server that runs it.`,
  );
}
