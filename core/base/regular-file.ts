import type { Stats } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';

/** How large a file is; undefined where there is none. Throws for what is no regular file: a pipe would be waited for without an end. */
export async function sizeOfFile(path: string): Promise<number | undefined> {
  let found: Stats;
  try {
    found = await stat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return undefined;
  }
  if (!found.isFile()) throw new Error('it is no regular file');
  return found.size;
}

/** The text of a regular file; undefined where there is none. */
export async function readRegularFile(path: string): Promise<string | undefined> {
  return (await sizeOfFile(path)) === undefined ? undefined : readFile(path, 'utf8');
}
