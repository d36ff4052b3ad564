import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { readFile, rename, rm, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { readConfig } from '../core/base/config.ts';
import { InvalidInput } from '../core/base/errors.ts';
import { reasonOf } from '../core/base/reason.ts';
import { createPseudonyms } from '../core/policy-snapshots/pseudonyms.ts';
import { snapshotText } from '../core/policy-snapshots/writing.ts';
import { withDatabase } from './database.ts';
import { UsageError } from './options.ts';
import { type Format, type Out, print } from './output.ts';

interface SnapshotCommand {
  readonly out: string;
  readonly pseudonymKeyFile?: string;
  readonly output: Format;
}

/** `tenet policy snapshot`: writes who holds what now to a file, under pseudonyms, for `tenet policy plan --against`. The file is there when it is whole. */
export async function snapshot(options: SnapshotCommand, out: Out = console.log): Promise<void> {
  const file = options.out;
  const key = options.pseudonymKeyFile === undefined ? randomBytes(32) : await readKey(options.pseudonymKeyFile);
  const pseudonyms = createPseudonyms(key);
  const aside = `${file}.${randomBytes(4).toString('hex')}.part`;
  try {
    await withDatabase(readConfig(process.env), (database) =>
      database.observe('platform', (db) =>
        pipeline(Readable.from(snapshotText(db, pseudonyms)), createGzip(), createWriteStream(aside, { mode: 0o600, flags: 'wx' })),
      ),
    );
    await rename(aside, file);
  } catch (error) {
    const { code = '', syscall } = error as NodeJS.ErrnoException;
    if (syscall === undefined || !/^E[A-Z]+$/.test(code)) throw error;
    throw new UsageError(`--out ${file} cannot be written (${reasonOf(error)}): name a file in a folder that is there.`, { cause: error });
  } finally {
    await rm(aside, { force: true });
  }
  const { size: bytes } = await stat(file);
  print(options.output, out, { file, bytes, pseudonyms: pseudonyms.keyId }, () => [
    `${file} has ${bytes.toLocaleString('en')} bytes. Ids in it are pseudonyms of the key ${pseudonyms.keyId}.`,
    `Plan against it anywhere: tenet policy plan --against ${file}`,
  ]);
}

/** 32 bytes in base64 that no one else can read: with the key, pseudonyms lead back to people. */
async function readKey(path: string): Promise<Buffer> {
  const text = await readFile(path, 'utf8').catch((cause: Error) => {
    throw new InvalidInput(`${path} cannot be read: ${cause.message}`, [], { cause });
  });
  if (((await stat(path)).mode & 0o077) !== 0)
    throw new InvalidInput(`${path} holds the key of the pseudonyms and can be opened by others. Run: chmod 600 ${path}`);
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length !== 32 || key.toString('base64') !== text.trim())
    throw new InvalidInput(`${path} must hold 32 bytes in base64. Make one: (umask 077; openssl rand -base64 32 > ${path})`);
  return key;
}
