import { closeSync, copyFileSync, existsSync, fstatSync, openSync, readSync, statSync, truncateSync } from 'node:fs';
import type { Place } from './place.ts';

/** Bytes of the log of a program, and of the one before (docs/limits.md). Between two looks it may be more. */
const maxLog = 1_048_576;
/** Bytes that are read from the end of each. */
const maxRead = 524_288;
const maxLine = 4_096;

/** Opens the log for a program, which goes on writing it when the server ends. */
export function openLog({ log }: Place): number {
  return openSync(log, 'a', 0o600);
}

/** Puts a log that has become long into the place of the one before. What is written in between the two steps is lost. */
export function rotateLog({ log, olderLog }: Place): void {
  const size = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
  if (size <= maxLog) return;
  copyFileSync(log, olderLog);
  truncateSync(log, 0);
}

/** The last lines of both, oldest first. */
export function lastLines({ log, olderLog }: Place, count: number): string[] {
  const text = [olderLog, log].map(endOf).join('');
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.slice(-count).map((line) => line.replace(/\r$/, '').slice(0, maxLine));
}

function endOf(path: string): string {
  if (!existsSync(path)) return '';
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const length = Math.min(size, maxRead);
    const bytes = Buffer.alloc(length);
    const read = readSync(file, bytes, 0, length, size - length);
    return bytes.subarray(0, read).toString('utf8');
  } finally {
    closeSync(file);
  }
}
