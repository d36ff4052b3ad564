import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { InvalidInput } from '../../core/base/errors.ts';
import type { Parser, ReadFile } from './parser.ts';

/** A directory as it was at one moment. */
export interface ReadDirectory {
  readonly files: readonly ReadFile[];
  /** Real paths of all folders, to watch. */
  readonly folders: readonly string[];
  /** Changes with any content, name or target of a link. */
  readonly fingerprint: string;
}

/** Bytes of a file, and files of a directory, that are read; more is refused. A server takes no object of a megabyte and a half. */
export const maxBytes = 1_048_576;
const maxFiles = 5_000;

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
  if (seen.files.length > maxFiles)
    throw new InvalidInput(`The manifest directory ${directory} holds ${seen.files.length} files; at most ${maxFiles} are read.`);
  return { ...seen, root };
}

/** Reads what findManifests finds, and throws as it does. */
export async function readDirectory(directory: string, parser: Parser): Promise<ReadDirectory> {
  const { root, ...seen } = await findManifests(directory);
  const print = createHash('sha256');
  const files: ReadFile[] = [];
  for (const { path, real } of seen.files.sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const content = await contentOf(join(root, path));
    print.update(JSON.stringify([path, real, content.text ?? content.problem]));
    files.push(
      content.text === undefined
        ? { path, documents: [], problems: [`${path}:1: ${content.problem}`] }
        : await parser.parse(path, content.text),
    );
  }
  parser.keep(new Set(files.map(({ path }) => path)));
  return { files, folders: [...seen.folders], fingerprint: print.digest('hex') };
}

/** Reads files and directories that are named one by one; `read` gives what `-` means. Paths in messages are those that were given. */
export async function readNamed(paths: readonly string[], parser: Parser, read: () => Promise<string>): Promise<ReadFile[]> {
  const files: ReadFile[] = [];
  for (const path of paths) {
    if (path === '-') {
      const text = await read();
      files.push(text.length > maxBytes ? unread(path, tooLarge) : await parser.parse(path, text));
    } else if ((await stat(path).catch(() => undefined))?.isDirectory()) {
      const found = await readDirectory(path, parser);
      files.push(...found.files.map((file) => inFolder(path, file)));
    } else {
      const { text, problem } = await contentOf(path);
      files.push(text === undefined ? unread(path, problem) : await parser.parse(path, text));
    }
  }
  return files;
}

const tooLarge = `the file has more than ${maxBytes} bytes`;
const unread = (path: string, problem: string): ReadFile => ({ path, documents: [], problems: [`${path}:1: ${problem}`] });

/** The file as it is called from outside of its directory. */
function inFolder(folder: string, { path, documents, problems }: ReadFile): ReadFile {
  return { path: join(folder, path), documents, problems: problems.map((problem) => join(folder, problem)) };
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
  let file: FileHandle | undefined;
  try {
    // A pipe would wait for its writer, and a device never ends. What is open is what is asked, so that no link is swapped in between.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    if (!(await file.stat()).isFile()) return { problem: 'it is no regular file' };
    const buffer = Buffer.alloc(maxBytes + 1);
    let size = 0;
    for (let read = -1; read !== 0 && size < buffer.length; size += read)
      ({ bytesRead: read } = await file.read(buffer, size, buffer.length - size, size));
    if (size > maxBytes) return { problem: tooLarge };
    return { text: buffer.toString('utf8', 0, size) };
  } catch (error) {
    return { problem: `the file cannot be read: ${reasonOf(error as NodeJS.ErrnoException)}` };
  } finally {
    await file?.close();
  }
}

/** Why a file cannot be read, for people. */
export const reasonOf = ({ code, message }: NodeJS.ErrnoException): string =>
  ({ ENOENT: 'it does not exist', EACCES: 'permission is denied' })[code ?? ''] ?? message;

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
