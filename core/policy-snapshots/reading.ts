import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { z } from 'zod';
import { InvalidInput } from '../base/errors.ts';
import { type Footer, formatName, type Header, isFit, layoutOf, readVersions, type Value } from './format.ts';
import type { Table } from './tables.ts';

/** Bytes of one line, and rows of a file (docs/limits.md). */
const longestLine = 8 * 1024 * 1024;
const mostRows = 200_000_000;
/** How much larger than the file what is in it may be, beyond the first bytes: pseudonyms do not compress well. */
const mostRatio = 100;
const freeBytes = 16 * 1024 * 1024;

const headerSchema = z.strictObject({
  format: z.literal(formatName),
  version: z.literal(readVersions),
  schema: z.string().regex(/^\d{4}_[a-z0-9_.]{1,100}$/),
  dataAt: z.iso.datetime(),
  pseudonyms: z.string().regex(/^[0-9a-f]{16}$/),
  tables: z.array(z.strictObject({ name: z.string(), columns: z.array(z.string()), rows: z.int().min(0).max(mostRows) })).max(100),
  policies: z.record(z.string(), z.string()),
  digest: z.string().regex(/^[0-9a-f]{64}$/),
});

/** A snapshot whose first line is read. */
export interface OpenSnapshot {
  readonly header: Header;
  /** The rows of a table, in the order of the tables, each once. Throws InvalidInput for a row that no snapshot has. */
  rows(table: Table): AsyncGenerator<Value[]>;
  /** Behind the last table: throws InvalidInput unless the file is whole and as it was written. */
  finish(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a file that may be anything. Throws InvalidInput, in one sentence, for what is no snapshot that this program reads. */
export async function openSnapshot(path: string, programSchema: string): Promise<OpenSnapshot> {
  const refuse = (what: string, cause?: unknown): InvalidInput => new InvalidInput(`${path} ${what}`, [], { cause });
  const lines = linesOf(inflated(path, refuse), refuse);
  const whole = createHash('sha256');
  let number = 0;

  async function next(): Promise<Buffer> {
    const { value, done } = await lines.next();
    if (done) throw refuse('is cut: its last line is missing. Make it or fetch it again.');
    number += 1;
    return value;
  }
  const parse = (line: Buffer): unknown => {
    try {
      return JSON.parse(line.toString('utf8'));
    } catch (cause) {
      throw refuse(`is no snapshot: line ${number} is not JSON.`, cause);
    }
  };

  async function readHeader(): Promise<Header> {
    const line = await next();
    const value = parse(line) as { format?: unknown; version?: unknown; schema?: unknown } | null;
    if (value?.format !== formatName) throw refuse(`is no snapshot: its first line does not say ${formatName}.`);
    if (!readVersions.includes(value.version as number))
      throw refuse(
        `has version ${String(value.version).slice(0, 20)} of the form, and this Tenet reads version ${readVersions.join(' and ')}.`,
      );
    const { data: header } = headerSchema.safeParse(value);
    const shape = header?.tables.map(({ name, columns }) => ({ name, columns }));
    if (!header || JSON.stringify(shape) !== JSON.stringify(layoutOf(header.version)))
      throw refuse('is no snapshot: its first line is not what Tenet writes.');
    if (header.schema > programSchema) throw refuse('was made by a newer Tenet. Plan with that version.');
    whole.update(line).update('\n');
    return header;
  }

  async function* rows(table: Table): AsyncGenerator<Value[]> {
    const count = header.tables.find(({ name }) => name === table.name)?.rows ?? 0;
    for (let row = 0; row < count; row++) {
      const line = await next();
      whole.update(line).update('\n');
      const values = parse(line);
      if (!Array.isArray(values) || values.length !== table.columns.length)
        throw refuse(`is no snapshot: line ${number} is no row of ${table.name}.`);
      const wrong = table.columns.find((column, index) => !isFit(column, values[index] as Value));
      if (wrong) throw refuse(`is no snapshot: line ${number} has a value that ${table.name}.${wrong.name} cannot have.`);
      yield values as Value[];
    }
  }

  async function finish(): Promise<void> {
    const footer = parse(await next()) as Partial<Footer> | null;
    if (footer?.end !== true) throw refuse(`is no snapshot: line ${number} is not its last one.`);
    if (footer.sha256 !== whole.digest('hex')) throw refuse('was changed since it was made: its SHA-256 is another one.');
    if (!(await lines.next()).done) throw refuse('is no snapshot: there is more behind its last line.');
  }

  const close = async (): Promise<void> => void (await lines.return(undefined));
  const header = await readHeader().catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return { header, rows, finish, close };
}

type Refuse = (what: string, cause?: unknown) => InvalidInput;

async function* inflated(path: string, refuse: Refuse): AsyncGenerator<Buffer> {
  const file = createReadStream(path);
  const gunzip = createGunzip();
  const reading = pipeline(file, gunzip).catch(() => undefined);
  let bytes = 0;
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > freeBytes && bytes > file.bytesRead * mostRatio)
        throw refuse(`is no snapshot: what is in it is more than ${mostRatio} times as large as the file.`);
      yield chunk;
    }
  } catch (error) {
    throw failureOf(error, refuse);
  } finally {
    gunzip.destroy();
    file.destroy();
    await reading;
  }
}

function failureOf(error: unknown, refuse: Refuse): unknown {
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (code === 'Z_BUF_ERROR') return refuse('is cut: it ends in the middle. Make it or fetch it again.', error);
  if (code.startsWith('Z_')) return refuse('is no snapshot: it is not what gzip writes.', error);
  return /^E[A-Z]+$/.test(code) ? refuse(`cannot be read: ${message}`, error) : error;
}

/** Lines without their ends; the last one may not be without. */
async function* linesOf(chunks: AsyncIterable<Buffer>, refuse: Refuse): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let length = 0;
  const add = (part: Buffer): void => {
    parts.push(part);
    length += part.length;
    if (length > longestLine) throw refuse(`is no snapshot: it has a line of more than ${longestLine.toLocaleString('en')} bytes.`);
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
      add(chunk.subarray(from, end));
      yield parts.length === 1 ? parts[0]! : Buffer.concat(parts);
      parts = [];
      length = 0;
      from = end + 1;
    }
    if (from < chunk.length) add(chunk.subarray(from));
  }
  if (length > 0) throw refuse('is cut: it ends in the middle of a line. Make it or fetch it again.');
}
