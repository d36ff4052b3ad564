import { basename, join, resolve } from 'node:path';
import type { PolicyKey } from '../core/base/policy-keys.ts';
import { signatureList } from '../core/base/signature-list.ts';
import { type SignedFiles, storeSignerOf } from '../core/policy-stores/store-signatures.ts';

/** A signature as its file has it. */
export interface KeptSignature extends SignedFiles {
  readonly signature: string;
}

/** The file beside the directory of a store that has its signatures: `store.signatures.json`. */
export function storeSignatureFile(directory: string): string {
  return join(directory, '..', `${basename(resolve(directory))}.signatures.json`);
}

const list = signatureList('policyStore', {
  what: 'file of signatures of a policy store',
  most: 1_000,
  command: 'npx tenet policy-store sign',
});

/** The signatures of a directory; none where it has no file of them. Throws InvalidInput. */
export function readStoreSignatures(directory: string): Promise<KeptSignature[]> {
  return list.read(storeSignatureFile(directory));
}

/** Writes the signatures of a directory: all of them or, where that fails, none. Throws InvalidInput where there is no way to. */
export function writeStoreSignatures(directory: string, signatures: readonly KeptSignature[]): Promise<void> {
  return list.write(storeSignatureFile(directory), signatures);
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
