import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { brotliCompress, brotliDecompress } from 'node:zlib';
import accepts from 'accepts';
import { packageRoot } from '../../core/base/package-root.ts';
import { startScript } from './scalar-start.ts';
import { scalarStyle } from './scalar-style.ts';

/** A file that the reference loads. Each form of it is made when it is first asked for, and one copy serves all. */
export interface Asset {
  readonly contentType: 'text/javascript' | 'text/css';
  /** Of the content, in hexadecimal. */
  readonly digest: string;
  plain(): Promise<Buffer>;
  brotli(): Promise<Buffer>;
}

/** The files of the reference by their names in `/docs/assets/`, and the names by what they are for. */
export interface Assets {
  readonly files: ReadonlyMap<string, Asset>;
  readonly names: Readonly<Record<'scalar' | 'start' | 'style', string>>;
}

/** What is read here of vendor/scalar/source.json. */
interface Source {
  readonly sha256: string;
  readonly stored: string;
}

const vendored = new URL('vendor/scalar/', packageRoot);
const compress = promisify(brotliCompress);
const decompress = promisify(brotliDecompress);

/** Reads which script is stored, and nothing of the script itself. */
export async function readAssets(): Promise<Assets> {
  const { sha256, stored } = JSON.parse(await readFile(new URL('source.json', vendored), 'utf8')) as Source;
  const scalar = compressedAsset('text/javascript', sha256, new URL(stored, vendored));
  const start = textAsset('text/javascript', startScript);
  const style = textAsset('text/css', scalarStyle);
  const names = { scalar: nameOf('scalar', scalar, 'js'), start: nameOf('start', start, 'js'), style: nameOf('style', style, 'css') };
  const files = new Map([
    [names.scalar, scalar],
    [names.start, start],
    [names.style, style],
  ]);
  return { files, names };
}

function nameOf(purpose: string, { digest }: Asset, ending: string): string {
  return `${purpose}-${digest.slice(0, 16)}.${ending}`;
}

function compressedAsset(contentType: Asset['contentType'], digest: string, file: URL): Asset {
  const brotli = once(() => readFile(file));
  return { contentType, digest, brotli, plain: once(async () => decompress(await brotli())) };
}

function textAsset(contentType: Asset['contentType'], text: string): Asset {
  const digest = createHash('sha256').update(text).digest('hex');
  return { contentType, digest, brotli: once(() => compress(text)), plain: once(async () => Buffer.from(text)) };
}

/** Makes a value when it is first asked for and keeps it; a failure is not kept. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}

/** Whether a client takes brotli, by its Accept-Encoding (RFC 9110 section 12.5.3). */
export function takesBrotli(acceptEncoding: string | undefined): boolean {
  const headers = acceptEncoding === undefined ? {} : { 'accept-encoding': acceptEncoding };
  return accepts({ headers } as IncomingMessage).encoding(['br']) === 'br';
}
