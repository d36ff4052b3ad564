import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** The folders that the command consists of: those of tsconfig.json without tests and benches. */
export const rooms = ['api', 'apps', 'core', 'embedded-postgres', 'controllers', 'cli'];

/** What else a build depends on. By content: a package manager may keep one copy for many checkouts, whose links change its ctime. */
const others = ['tsconfig.json', 'tsconfig.build.json', 'bin/build.js', 'bin/build-state.js', 'node_modules/typescript/package.json'];

/** The sources of the command in a checkout, as paths from its root. */
export function sources(root) {
  return rooms
    .flatMap((room) => readdirSync(join(root, room), { recursive: true }).map((name) => join(room, name)))
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
    .sort();
}

/**
 * What tells one state of a file from every other: any write, move or copy changes the time of the last change (ctime), which no program
 * can set, so unpacking or checking out an older file is seen too. `undefined` when there is no such file.
 */
export function fileState(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat && `${stat.ino} ${stat.size} ${stat.mtimeMs} ${stat.ctimeMs}`;
}

function digest(path) {
  return existsSync(path) ? createHash('sha256').update(readFileSync(path)).digest('hex') : undefined;
}

/** The state of everything that a build is made from; a build is fresh while its record equals this. */
export function sourceState(root) {
  const state = (paths, stateOf) => Object.fromEntries(paths.map((path) => [path, stateOf(join(root, path))]));
  return { made: state(others, digest), sources: state(sources(root), fileState) };
}

/** Where a build keeps the record of what it was made from. */
export const recordPath = (root) => join(root, 'dist/made-from.json');

/** Whether the build in dist/ is of the sources as they are now. */
export function buildIsFresh(root) {
  const record = recordPath(root);
  return existsSync(record) && readFileSync(record, 'utf8') === JSON.stringify(sourceState(root));
}

/** The built file of a source, a path, while the build is fresh; `undefined` where the source has to run as it is. */
export function builtFile(root, path) {
  const inside = relative(root, path);
  if (!rooms.includes(inside.split(sep)[0]) || !buildIsFresh(root)) return undefined;
  const built = join(root, 'dist', inside.replace(/\.ts$/, '.js'));
  return existsSync(built) ? built : undefined;
}
