import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Unavailable } from '../core/base/errors.ts';
import { processIdentity } from './processes.ts';

/** The right of this process to start, stop and adopt the server of one data directory. */
export interface Ownership {
  release(): void;
}

interface Holder {
  readonly pid: number;
  /** Of the process at the time when it took the directory; a reused pid has another one. */
  readonly identity: string;
  readonly released: boolean;
}

/**
 * Takes the data directory for this process; throws Unavailable, naming the holder, when another living Tenet process has it.
 *
 * Each holder writes a record with the next number, and the highest number holds. A record is never deleted before a higher one exists,
 * so of two processes that find the same dead holder exactly one makes the next record, whatever the order of their steps.
 */
export function takeOwnership(dataDir: string): Ownership {
  try {
    return takeNumber(dataDir);
  } catch (cause) {
    if (cause instanceof Unavailable) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    const advice = code === 'ENOSPC' || code === 'EDQUOT' ? 'Make room on its disk' : 'Start Tenet as the user it belongs to';
    throw new Unavailable(
      `The data directory ${dataDir} cannot be used: ${message}. ${advice}, or set TENET_DATA_DIR to another directory.`,
      { cause },
    );
  }
}

function takeNumber(dataDir: string): Ownership {
  const directory = join(dataDir, 'owner');
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const draft = join(directory, `draft-${process.pid}`);
  const write = (released: boolean) => {
    const holder: Holder = { pid: process.pid, identity: processIdentity(process.pid) ?? '', released };
    // Another name for a record, when somebody with our process id was killed between making that name and removing this.
    rmSync(draft, { force: true });
    writeFileSync(draft, `${JSON.stringify(holder)}\n`, { mode: 0o600 });
  };
  try {
    write(false);
    let mine: number | undefined;
    while (mine === undefined) mine = tryToTake(directory, draft, dataDir);
    const own = join(directory, String(mine));
    for (const number of numbers(directory)) if (number < mine) rmSync(join(directory, String(number)), { force: true });
    return {
      release() {
        try {
          write(true);
          renameSync(draft, own);
        } catch {
          // A full disk or a removed directory. The end of this process releases it as well.
        }
      },
    };
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Takes the next number, or returns undefined when another process was faster. Throws Unavailable when a living process holds the newest one. */
function tryToTake(directory: string, draft: string, dataDir: string): number | undefined {
  const newest = newestNumber(directory);
  const holder = readHolder(directory, newest);
  if (holder === 'superseded') return undefined;
  if (holder && !holder.released && processIdentity(holder.pid) === holder.identity) throw heldBy(holder.pid, dataDir);
  const mine = newest + 1;
  if (!linkExclusively(draft, join(directory, String(mine)))) return undefined;
  if (newestNumber(directory) === mine) return mine;
  // We were paused while others took and superseded this very number: it never was ours.
  rmSync(join(directory, String(mine)), { force: true });
  return undefined;
}

function heldBy(pid: number, dataDir: string): Unavailable {
  const whom = pid === process.pid ? 'This very process' : `Another Tenet (process ${pid})`;
  return new Unavailable(
    `${whom} already runs the embedded PostgreSQL of ${dataDir}. Stop it first, or set TENET_DATA_DIR to another directory, or set DATABASE_URL to a PostgreSQL that both can use.`,
  );
}

function numbers(directory: string): number[] {
  return readdirSync(directory)
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function newestNumber(directory: string): number {
  return Math.max(0, ...numbers(directory));
}

/** The record with this number; undefined for none or for one that cannot be read as a record (a disk that was full), which holds nothing. */
function readHolder(directory: string, number: number): Holder | 'superseded' | undefined {
  if (number === 0) return undefined;
  let text: string;
  try {
    text = readFileSync(join(directory, String(number)), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'superseded';
    throw error;
  }
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return undefined;
  }
}

function linkExclusively(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
