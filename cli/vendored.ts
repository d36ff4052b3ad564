import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';
import { packageRoot } from '../core/base/package-root.ts';

/** What `source.json` of a vendored file says: where it comes from, and the digests by which it is known. */
export interface VendoredSource {
  readonly package: string;
  readonly version: string;
  /** Of the package, as the registry names it: sha512 in base64. */
  readonly integrity: string;
  /** Path of the file within the package. */
  readonly file: string;
  /** Of the file itself, uncompressed, in hexadecimal. */
  readonly sha256: string;
  /** The name of the compressed file beside `source.json`. */
  readonly stored: string;
}

const run = promisify(execFile);
const compress = promisify(brotliCompress);

/** Fetches the package, refuses any other than the one that `source.json` knows, and writes its file compressed. It takes about a minute. */
export async function fetchVendored(folder: URL): Promise<string> {
  const source = JSON.parse(await readFile(new URL('source.json', folder), 'utf8')) as VendoredSource;
  const temporary = await mkdtemp(join(tmpdir(), 'tenet-vendored-'));
  try {
    const { stdout } = await run('npm', ['pack', '--silent', `${source.package}@${source.version}`], { cwd: temporary });
    const archive = join(temporary, stdout.trim());
    expectDigest('the package', `sha512-${digest('sha512', 'base64', await readFile(archive))}`, source.integrity);
    await run('tar', ['-xzf', archive, source.file], { cwd: temporary });
    const content = await readFile(join(temporary, source.file));
    expectDigest(source.file, digest('sha256', 'hex', content), source.sha256);
    const target = new URL(source.stored, folder);
    await writeFile(target, await compress(content, { params: brotli(content.length) }));
    return target.pathname;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

function expectDigest(what: string, found: string, known: string): void {
  if (found !== known) throw new Error(`${what} has the digest ${found}, and source.json says ${known}. Compare the versions.`);
}

function digest(algorithm: string, encoding: 'hex' | 'base64', content: Buffer): string {
  return createHash(algorithm).update(content).digest(encoding);
}

function brotli(size: number): Record<number, number> {
  return {
    [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
    [constants.BROTLI_PARAM_SIZE_HINT]: size,
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  console.log(`${await fetchVendored(new URL('vendor/scalar/', packageRoot))} written.`);
}
