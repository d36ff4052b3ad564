import { createHash } from 'node:crypto';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { type Document, isNode, LineCounter, type ParsedNode, parseAllDocuments } from 'yaml';
import { InvalidInput } from '../../core/base/errors.ts';

/** One document of a file. */
export interface ReadDocument {
  readonly value: unknown;
  /** The line, from 1, where the field is that a path leads to; of a missing one, where the last part is that exists. */
  line(path?: readonly (string | number)[]): number;
}

/** One file of a directory; with problems, each as `file:line: what`, none of its documents counts. */
export interface ReadFile {
  /** Relative to the directory. */
  readonly path: string;
  readonly documents: readonly ReadDocument[];
  readonly problems: readonly string[];
}

/** A directory as it was at one moment. */
export interface ReadDirectory {
  readonly files: readonly ReadFile[];
  /** Real paths of all folders, to watch. */
  readonly folders: readonly string[];
  /** Changes with any content, name or target of a link. */
  readonly fingerprint: string;
}

/** More than any server would take for a manifest; it protects the memory. */
const largestFile = 4_194_304;

/**
 * Finds all manifests of a directory and its folders, hidden and temporary files left out. Throws InvalidInput when there is no
 * such directory or it holds none: a volume that is not mounted looks just so, and must not be taken for a wish to delete everything.
 */
export async function findManifests(directory: string): Promise<Found & { readonly root: string }> {
  const root = await realpath(directory).catch((cause: NodeJS.ErrnoException) => {
    throw new InvalidInput(`The manifest directory ${directory} cannot be read: ${reasonOf(cause)}.`, [], { cause });
  });
  if (!(await stat(root)).isDirectory()) throw new InvalidInput(`The manifest directory ${directory} is no directory.`);
  const seen: Found = { files: [], folders: new Set() };
  await walk(root, '', seen);
  if (seen.files.length === 0) {
    throw new InvalidInput(
      `The manifest directory ${directory} holds no .yaml, .yml or .json file. To remove what it declared, leave one manifest in it, or name another directory.`,
    );
  }
  return { ...seen, root };
}

/** Reads what findManifests finds, and throws as it does. */
export async function readDirectory(directory: string): Promise<ReadDirectory> {
  const { root, ...seen } = await findManifests(directory);
  const print = createHash('sha256');
  const files: ReadFile[] = [];
  for (const { path, real } of seen.files.sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const content = await contentOf(join(root, path));
    print.update(JSON.stringify([path, real, content.text ?? content.problem]));
    files.push(
      content.text === undefined
        ? { path, documents: [], problems: [`${path}:1: ${content.problem}`] }
        : parseManifests(path, content.text),
    );
  }
  return { files, folders: [...seen.folders], fingerprint: print.digest('hex') };
}

interface Found {
  readonly files: { readonly path: string; readonly real: string }[];
  readonly folders: Set<string>;
}

const isTemporary = (name: string): boolean => /^[.#~]|[~#]$/.test(name);

async function walk(root: string, folder: string, found: Found): Promise<void> {
  const real = await realpath(join(root, folder));
  // A link that leads back up would never end.
  if (found.folders.has(real)) return;
  found.folders.add(real);
  const entries = await readdir(real, { withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
    throw new InvalidInput(`The manifest directory cannot be read: ${reasonOf(cause)} (${real}).`, [], { cause });
  });
  for (const { name } of entries) {
    if (isTemporary(name)) continue;
    const path = join(folder, name);
    const isManifest = /\.(ya?ml|json)$/.test(name);
    // Links are followed: a mounted ConfigMap consists of them. One that leads nowhere is a file that cannot be read.
    const target = await stat(join(root, path)).catch(() => undefined);
    if (target?.isDirectory()) await walk(root, path, found);
    else if (isManifest) found.files.push({ path, real: await realpath(join(root, path)).catch(() => '') });
  }
}

async function contentOf(path: string): Promise<{ text: string; problem?: never } | { text?: never; problem: string }> {
  try {
    const { size } = await stat(path);
    if (size > largestFile) return { problem: `the file has ${size} bytes; at most ${largestFile} are read` };
    return { text: await readFile(path, 'utf8') };
  } catch (error) {
    return { problem: `the file cannot be read: ${reasonOf(error as NodeJS.ErrnoException)}` };
  }
}

/** Why a file cannot be read, for people. */
export const reasonOf = ({ code, message }: NodeJS.ErrnoException): string =>
  ({ ENOENT: 'it does not exist', EACCES: 'permission is denied' })[code ?? ''] ?? message;

/** Splits a file into its documents; the items of a List count as documents. As kubectl reads: YAML 1.1, JSON being a part of it. */
export function parseManifests(path: string, text: string): ReadFile {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, {
    lineCounter: lines,
    version: '1.1',
    // kubectl knows neither times nor numbers of base 60: they stay text.
    customTags: (tags) =>
      tags.filter((tag) => typeof tag === 'string' || (!('format' in tag && tag.format === 'TIME') && !/timestamp$/.test(tag.tag))),
    logLevel: 'silent',
  });
  const documents: ReadDocument[] = [];
  const problems: string[] = [];
  for (const document of Array.isArray(parsed) ? parsed : []) {
    for (const { message, linePos } of document.errors)
      problems.push(`${path}:${linePos?.[0].line ?? 1}: ${message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, '')}`);
    if (document.errors.length > 0) continue;
    try {
      const value: unknown = document.toJS({ maxAliasCount: 100 });
      if (value === null || value === undefined) continue;
      documents.push(...expand(value, (at) => lineOf(document, lines, at)));
    } catch (error) {
      problems.push(`${path}:${lineOf(document, lines, [])}: ${(error as Error).message}`);
    }
  }
  if (problems.length === 0 && documents.length === 0) problems.push(`${path}:1: the file holds no manifest; remove it, if that is meant`);
  return { path, documents: problems.length > 0 ? [] : documents, problems };
}

/** `kubectl get -o yaml` gives a List. */
function expand(value: unknown, line: (path: readonly (string | number)[]) => number): ReadDocument[] {
  const { kind, items } = value as { kind?: unknown; items?: unknown };
  if (kind !== 'List' || !Array.isArray(items)) return [{ value, line: (path = []) => line(path) }];
  return items.map((item: unknown, index) => ({ value: item, line: (path = []) => line(['items', index, ...path]) }));
}

function lineOf(document: Document.Parsed | Document<ParsedNode>, lines: LineCounter, path: readonly (string | number)[]): number {
  for (let length = path.length; length >= 0; length--) {
    const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

/**
 * The name of a directory among all replicas: its real path. Where the last part is a link (as tools that swap whole checkouts make
 * it), the link is the name and not its target of the day.
 */
export async function nameOfDirectory(directory: string): Promise<string> {
  const path = resolve(directory);
  return join(await realpath(dirname(path)), basename(path));
}

/** A status file in the directory would be read as a manifest. Throws InvalidInput. */
export function refuseInside(root: string, folder: string): void {
  const way = relative(root, resolve(folder));
  const inside = !way.startsWith('..') && !isAbsolute(way) && !way.split(sep).some(isTemporary);
  if (inside)
    throw new InvalidInput(
      `${folder} is inside the manifest directory ${root}, so its files would be taken for manifests. Choose another TENET_DATA_DIR.`,
    );
}
