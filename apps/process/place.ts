import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessId } from './processes.ts';

/** What is known of the program of an instance, as it is kept beside its data: a server that comes later finds it again. */
export interface Kept {
  readonly generation: number;
  readonly replicas: 0 | 1;
  readonly port: number;
  readonly healthPath?: string;
  /** Seconds within which it takes requests after its start; absent where an earlier version has started it. */
  readonly startSeconds?: number;
  /** Whether it has taken requests since its start. */
  readonly hasAnswered?: boolean;
  /** Absent when it has not been started, or was stopped. */
  readonly process?: ProcessId;
  /** When it was started, in milliseconds since 1970. */
  readonly startedAt?: number;
  /** How it ended, if that was seen. */
  readonly end?: string;
}

/** The files of one instance. */
export interface Place {
  readonly directory: string;
  readonly data: string;
  readonly log: string;
  readonly olderLog: string;
}

/** Where an instance has its files. Throws for what is no id: a path is made of it. */
export function placeOf(root: string, id: string): Place {
  if (!/^inst_[0-9a-z]{26}$/.test(id)) throw new TypeError('not the id of an instance');
  const directory = join(root, id);
  return { directory, data: join(directory, 'data'), log: join(directory, 'output.log'), olderLog: join(directory, 'output.1.log') };
}

const stateFile = ({ directory }: Place): string => join(directory, 'state.json');

/** Makes the directories of an instance, for the user of the server alone. */
export function makePlace({ data }: Place): void {
  mkdirSync(data, { recursive: true, mode: 0o700 });
}

/** What is kept; undefined where nothing is. */
export function readKept(place: Place): Kept | undefined {
  try {
    return JSON.parse(readFileSync(stateFile(place), 'utf8')) as Kept;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Keeps it: at every moment the file is the one before or this one. */
export function writeKept(place: Place, kept: Kept): void {
  const file = stateFile(place);
  writeFileSync(`${file}.new`, JSON.stringify(kept), { mode: 0o600, flush: true });
  renameSync(`${file}.new`, file);
}

/** Deletes the files of an instance, its data as well if that is said. */
export function deletePlace(place: Place, { deleteData }: { deleteData: boolean }): void {
  for (const path of deleteData ? [place.directory] : [stateFile(place), place.log, place.olderLog]) {
    rmSync(path, { recursive: true, force: true });
  }
}
