import { readdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import { root } from './checkout.ts';

const left = new Set(['node_modules', '.git', '.tenet', 'dist', 'coverage']);

/** Paths of all files of the project whose path matches, from its root. */
export function filesOf(pattern: RegExp): string[] {
  return readdirSync(root, { withFileTypes: true })
    .filter(({ name }) => !left.has(name))
    .flatMap((entry) =>
      entry.isDirectory() ? readdirSync(join(root, entry.name), { recursive: true }).map((path) => `${entry.name}/${path}`) : [entry.name],
    )
    .map((path) => path.replaceAll(sep, '/'))
    .filter((path) => pattern.test(path))
    .sort();
}
