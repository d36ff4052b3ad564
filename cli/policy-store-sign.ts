import { formatFinding } from '../core/authorization/policy/findings.ts';
import { printable } from '../core/base/text.ts';
import { digestOf } from '../core/policy-stores/revisions.ts';
import { signStoreFiles, storeSignerOf } from '../core/policy-stores/store-signatures.ts';
import { privateKeyIn, publicKeysIn } from './key-files.ts';
import { checkName } from './options.ts';
import { type Format, type Out, print } from './output.ts';
import { readStoreFiles } from './policy-store-files.ts';
import { findingsIn } from './policy-store-review.ts';
import { readStoreSignatures, signaturesBy, storeSignatureFile, writeStoreSignatures } from './policy-store-signatures.ts';

interface SignOptions {
  /** Of the store. */
  readonly name: string;
  readonly key: string;
  readonly output: Format;
}

interface VerifyOptions {
  readonly name: string;
  readonly keys?: string;
  readonly output: Format;
}

/**
 * `tenet policy-store sign`: signs files for a store of this name, after their lint and tests. Signatures of the same files by other keys and for other names
 * stay. Exit code: 0, or 1 where something is wrong with the files.
 */
export async function signStore(directory: string, { name, ...options }: SignOptions, out: Out = console.log): Promise<number> {
  checkName('--name', name);
  const key = await privateKeyIn(options.key);
  const errors = (await findingsIn(directory)).filter(({ level }) => level === 'error');
  if (errors.length > 0) {
    for (const finding of errors) console.error(formatFinding(finding));
    return 1;
  }
  const sha256 = digestOf(await readStoreFiles(directory));
  const files = { policyStore: name, sha256 };
  const kept = [];
  for (const each of await readStoreSignatures(directory)) {
    const isReplaced = each.policyStore === name && (await storeSignerOf([key.publicKey], files, each.signature)) !== undefined;
    if (each.sha256 === sha256 && !isReplaced) kept.push(each);
  }
  await writeStoreSignatures(directory, [...kept, { ...files, signature: await signStoreFiles(files, key) }]);
  const [file, { kid }] = [storeSignatureFile(directory), key.publicKey];
  print(options.output, out, { file, kid, ...files }, () => [
    `${printable(name)}: ${sha256.slice(0, 12)} is signed by ${kid}`,
    `The signature is in ${file}.`,
  ]);
  return 0;
}

/** `tenet policy-store verify`: whether files are signed for a store of this name; what lint and tests find of them is of no matter here. Exit code: 0, or 1 where no key has. */
export async function verifyStore(directory: string, { name, ...options }: VerifyOptions, out: Out = console.log): Promise<number> {
  const keys = publicKeysIn('--keys', options.keys);
  const files = { policyStore: name, sha256: digestOf(await readStoreFiles(directory)) };
  const signedBy = [...(await signaturesBy(keys, files, await readStoreSignatures(directory))).keys()].sort();
  const what = `${printable(name)}: ${files.sha256.slice(0, 12)}`;
  print(options.output, out, { ...files, signedBy }, () => [
    signedBy.length > 0 ? `${what} is signed by ${signedBy.join(', ')}` : `${what} is not signed by any of these keys`,
  ]);
  return signedBy.length > 0 ? 0 : 1;
}
