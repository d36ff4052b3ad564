import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The checked-in seconds, for a first run; a run on this machine knows better. */
const usual = 'test/run/seconds.json';
const measured = 'node_modules/.cache/test-seconds.json';

/** A file that was never run may be a slow one. */
const unknown = 10;

/** All test files as paths from `root`, the slowest first. */
export function testFiles(root: string): string[] {
  const known = { ...read(join(root, usual)), ...read(join(root, measured)) };
  return readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts') && !name.includes('node_modules'))
    .map((name) => join('test', name))
    .sort((one, other) => (known[other] ?? unknown) - (known[one] ?? unknown) || one.localeCompare(other));
}

/** Keeps how long files took, for the order of the next run; files that did not run this time keep what they had. */
export function keepSeconds(root: string, seconds: ReadonlyMap<string, number>): void {
  const path = join(root, measured);
  const rounded = [...seconds].map(([file, value]) => [file, Math.round(value * 10) / 10]);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify({ ...read(path), ...Object.fromEntries(rounded) }, null, 2));
}

function read(path: string): Record<string, number> {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    // Not measured yet, or half written: only the order depends on it.
    return {};
  }
}
