import { readFile, rename, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { z } from 'zod';
import { InvalidInput } from '../core/base/errors.ts';
import type { PolicyKey } from '../core/base/policy-keys.ts';
import { reasonOf } from '../core/base/reason.ts';
import { type SignedFiles, storeSignerOf } from '../core/policy-stores/store-signatures.ts';

/** A signature as its file has it. */
export interface KeptSignature extends SignedFiles {
  readonly signature: string;
}

/** The file beside the directory of a store that has its signatures: `store.signatures.json`. */
export function storeSignatureFile(directory: string): string {
  return join(directory, '..', `${basename(resolve(directory))}.signatures.json`);
}

const schema = z.strictObject({
  signatures: z
    .array(z.strictObject({ policyStore: z.string().max(100), sha256: z.string().max(64), signature: z.string().max(1_000) }))
    .max(1_000),
});

/** The signatures of a directory; none where it has no file of them. Throws InvalidInput. */
export async function readStoreSignatures(directory: string): Promise<KeptSignature[]> {
  const file = storeSignatureFile(directory);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new InvalidInput(`The signatures cannot be read: ${error.message}`, [], { cause: error });
  });
  if (text === undefined) return [];
  try {
    return schema.parse(JSON.parse(text)).signatures;
  } catch (error) {
    throw new InvalidInput(
      `${file} is no file of signatures of a policy store: remove it and sign again, with npx tenet policy-store sign.`,
      [],
      { cause: error },
    );
  }
}

/** Writes the signatures of a directory: all of them or, where that fails, none. Throws InvalidInput where there is no way to. */
export async function writeStoreSignatures(directory: string, signatures: readonly KeptSignature[]): Promise<void> {
  const file = storeSignatureFile(directory);
  try {
    await writeFile(`${file}.new`, `${JSON.stringify({ signatures }, undefined, 2)}\n`);
    await rename(`${file}.new`, file);
  } catch (error) {
    throw new InvalidInput(`The signatures cannot be written: ${reasonOf(error)}`, [], { cause: error });
  }
}

/** Those of the signatures that one of these keys made of these files, by the kid of the key. */
export async function signaturesBy(
  keys: readonly PolicyKey[],
  files: SignedFiles,
  signatures: readonly KeptSignature[],
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const { policyStore, sha256, signature } of signatures) {
    if (policyStore !== files.policyStore || sha256 !== files.sha256) continue;
    const kid = await storeSignerOf(keys, files, signature);
    if (kid !== undefined) found.set(kid, signature);
  }
  return found;
}
