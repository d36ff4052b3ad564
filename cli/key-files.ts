import { readFile } from 'node:fs/promises';
import { readSigningKey, type SigningKey } from '../core/base/detached-jws.ts';
import { InvalidInput } from '../core/base/errors.ts';
import { mostPolicyKeys, type PolicyKey, readPolicyKeys } from '../core/base/policy-keys.ts';
import { UsageError } from './options.ts';

/** Keys that the contract lets a policy store have. */
export const mostSigningKeys = 10;

/** The private key in a file. Throws InvalidInput. */
export async function privateKeyIn(file: string): Promise<SigningKey> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new InvalidInput(`The key ${file} cannot be read: ${(error as Error).message}`, [], { cause: error });
  }
  return readSigningKey(text);
}

/** The public keys in the file of a flag, or those of TENET_POLICY_KEYS. Throws UsageError. */
export function publicKeysIn(flag: string, file: string | undefined, most = mostPolicyKeys): PolicyKey[] {
  const problems: string[] = [];
  const keys =
    file === undefined
      ? readPolicyKeys(process.env['TENET_POLICY_KEYS'] || undefined, problems)
      : readPolicyKeys(`@${file}`, problems, { name: flag, most, found: ' in a file' });
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
  if (keys.length === 0) throw new UsageError(`Name the public keys: ${flag} FILE, or TENET_POLICY_KEYS.`);
  return keys;
}
