import { digest } from '../core/authorization/policy/content.ts';
import { scopeName } from '../core/authorization/policy/scopes.ts';
import { readChecked, readUnchecked } from '../core/policies/policies.ts';
import { readSignatures, signatureFile, writeSignatures } from '../core/policies/signature-file.ts';
import { signContent, signerOf } from '../core/policies/signatures.ts';
import { privateKeyIn, publicKeysIn } from './key-files.ts';
import { type Format, type Out, print } from './output.ts';

interface SignOptions {
  readonly key: string;
  readonly public?: true;
  readonly output?: Format;
}

interface VerifyOptions {
  readonly keys?: string;
  readonly output?: Format;
}

/** `tenet policy sign`: signs what the files say, after their lint and tests. Signatures of the same content by other keys stay. With `public` only the key set for TENET_POLICY_KEYS is printed. */
export async function sign(directory: string, options: SignOptions, out: Out = console.log): Promise<void> {
  const key = await privateKeyIn(options.key);
  if (options.public) {
    const set = { keys: [key.publicKey] };
    return print(options.output ?? 'table', out, set, () => [JSON.stringify(set)]);
  }
  const contents = await readChecked(directory);
  const earlier = await readSignatures(directory);
  const added = await Promise.all(contents.map((content) => signContent(content, key)));
  const isLiving = async ({ scope, sha256, signature }: (typeof earlier)[number]) =>
    added.some((each) => each.scope === scope && each.sha256 === sha256) &&
    (await signerOf([key.publicKey], { scope, sha256 }, signature)) === undefined;
  const kept = [];
  for (const each of earlier) if (await isLiving(each)) kept.push(each);
  await writeSignatures(directory, [...kept, ...added]);
  const signed = added.map(({ scope, sha256 }) => ({ scope: scopeName(scope), sha256 }));
  const { kid } = key.publicKey;
  print(options.output ?? 'table', out, { file: signatureFile(directory), kid, signed }, () => [
    ...signed.map(({ scope, sha256 }) => `${scope}: ${sha256.slice(0, 12)} is signed by ${kid}`),
    `The signatures are in ${signatureFile(directory)}.`,
  ]);
}

/** `tenet policy verify`: whether what the files say is signed; what lint and tests find of them is of no matter here. Exit code: 0, or 1 where a scope is not. */
export async function verify(directory: string, options: VerifyOptions, out: Out = console.log): Promise<number> {
  const keys = publicKeysIn('--keys', options.keys);
  const [contents, signatures] = [await readUnchecked(directory), await readSignatures(directory)];
  const found: { scope: string; sha256: string; signedBy: string[] }[] = [];
  for (const content of contents) {
    const signed = { scope: content.scope, sha256: digest(content) };
    const signers = await Promise.all(
      signatures.filter(({ scope }) => scope === signed.scope).map(({ signature }) => signerOf(keys, signed, signature)),
    );
    const signedBy = [...new Set(signers.filter((signer) => signer !== undefined))].sort();
    found.push({ ...signed, scope: scopeName(signed.scope), signedBy });
  }
  print(options.output ?? 'table', out, found, () =>
    found.map(({ scope, sha256, signedBy }) => {
      const name = `${scope}: ${sha256.slice(0, 12)}`;
      return signedBy.length > 0 ? `${name} is signed by ${signedBy.join(', ')}` : `${name} is not signed by any of these keys`;
    }),
  );
  return found.every(({ signedBy }) => signedBy.length > 0) ? 0 : 1;
}
