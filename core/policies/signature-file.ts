import { readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { scopeName, storedScope } from '../authorization/policy/scopes.ts';
import { InvalidInput } from '../base/errors.ts';
import { reasonOf } from '../base/reason.ts';
import type { Signature } from './signatures.ts';

/** The file beside a policy directory that has its signatures: `policies.signatures.json`. */
export function signatureFile(directory: string): string {
  return `${directory.replace(/\/+$/, '')}.signatures.json`;
}

const schema = z.strictObject({
  signatures: z
    .array(z.strictObject({ scope: z.string().max(100), sha256: z.string().max(64), signature: z.string().max(1_000) }))
    .max(2_000),
});

/** The signatures of a policy directory; none where it has no file of them. Throws InvalidInput. */
export async function readSignatures(directory: string): Promise<Signature[]> {
  const file = signatureFile(directory);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new InvalidInput(`The signatures cannot be read: ${error.message}`, [], { cause: error });
  });
  if (text === undefined) return [];
  try {
    return schema.parse(JSON.parse(text)).signatures.map(({ scope, ...rest }) => ({ scope: storedScope(scope), ...rest }));
  } catch (error) {
    throw new InvalidInput(`${file} is no file of signatures: remove it and sign again, with npx tenet policy sign.`, [], { cause: error });
  }
}

/** Writes the signatures of a policy directory: all of them or, where that fails, none. Throws InvalidInput where there is no way to. */
export async function writeSignatures(directory: string, signatures: readonly Signature[]): Promise<void> {
  const file = signatureFile(directory);
  const named = signatures.map(({ scope, ...rest }) => ({ scope: scopeName(scope), ...rest }));
  try {
    await writeFile(`${file}.new`, `${JSON.stringify({ signatures: named }, undefined, 2)}\n`);
    await rename(`${file}.new`, file);
  } catch (error) {
    throw new InvalidInput(`The signatures cannot be written: ${reasonOf(error)}`, [], { cause: error });
  }
}
