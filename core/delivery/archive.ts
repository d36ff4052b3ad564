import { createHash, type Hash } from 'node:crypto';
import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';

/** A part of an archive, as far as it is written. */
export interface ArchiveFile {
  readonly name: string;
  readonly rows: number;
  readonly bytes: number;
  readonly chunks: number;
}

/** How far an archive is: what its last file has up to now, and the sort key of its last row. */
export interface ArchivePosition {
  readonly behind: string | null;
  readonly files: readonly ArchiveFile[];
}

/** How far the archive of an export is. */
export function readArchivePosition(position: string | null): ArchivePosition {
  return position === null ? { behind: null, files: [] } : (JSON.parse(position) as ArchivePosition);
}

/** An archive that is to be sent. */
export interface Archive {
  /** What the manifest says besides the files. */
  readonly about: Readonly<Record<string, unknown>>;
  readonly extension: string;
  readonly files: readonly ArchiveFile[];
}

/**
 * A zip of the files, then `manifest.json`, which has the SHA-256 of each, and `manifest.jws`, the same as a JWT. It is put together while it is read:
 * `chunks` are those of all files behind each other.
 */
export async function* zipOf(
  { about, extension, files }: Archive,
  chunks: AsyncGenerator<Buffer>,
  sign: (claims: Readonly<Record<string, unknown>>) => Promise<string>,
): AsyncGenerator<Buffer> {
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  zip.on('error', (error) => output.destroy(error as Error));
  const add = (name: string, content: () => AsyncGenerator<Buffer>) =>
    zip.addReadStreamLazy(name, {}, (use) => use(null, Readable.from(content(), { objectMode: false })));
  const hashes = files.map(() => createHash('sha256'));
  const manifest = once(() => ({
    ...about,
    files: files.map(({ name, rows, bytes }, index) => ({
      name: `${name}.${extension}`,
      rows,
      bytes,
      sha256: hashes[index]!.digest('hex'),
    })),
  }));
  for (const [index, file] of files.entries()) add(`${file.name}.${extension}`, () => hashed(chunks, file.chunks, hashes[index]!));
  // A file begins when those before it have ended: their hashes are known then.
  add('manifest.json', async function* () {
    yield Buffer.from(`${JSON.stringify(manifest(), null, 2)}\n`);
  });
  add('manifest.jws', async function* () {
    yield Buffer.from(await sign(manifest()));
  });
  zip.end();
  yield* output;
}

/** The next so many chunks. */
async function* hashed(chunks: AsyncGenerator<Buffer>, count: number, hash: Hash): AsyncGenerator<Buffer> {
  for (let number = 0; number < count; number++) {
    const { value } = await chunks.next();
    const chunk = value as Buffer;
    hash.update(chunk);
    yield chunk;
  }
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
