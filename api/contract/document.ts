import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { packageRoot } from '../../core/base/package-root.ts';
import type { Document } from './contract.ts';

/** What bin/build.js keeps: the document as JSON, and the digest of the text that it was parsed from. */
interface Kept {
  readonly sha256: string;
  readonly document: Document;
}

const keptFile = new URL('dist/openapi.json', packageRoot);

/** Parses the text of a contract. That of the build is there in JSON already: to read YAML is most of what a contract takes to start. */
export async function parseContract(text: string): Promise<Document> {
  const kept = await readKept();
  if (kept?.sha256 === createHash('sha256').update(text).digest('hex')) return kept.document;
  // A key that is there twice is found when the document is made; to look for it here would be two thirds of the time that reading takes.
  return parse(text, { uniqueKeys: false }) as Document;
}

async function readKept(): Promise<Kept | undefined> {
  try {
    return JSON.parse(await readFile(keptFile, 'utf8'));
  } catch {
    // Nothing is built yet; a build of another text is told by its digest.
    return undefined;
  }
}
