import { scopeName, storedScope } from '../authorization/policy/scopes.ts';
import { signatureList } from '../base/signature-list.ts';
import type { Signature } from './signatures.ts';

/** The file beside a policy directory that has its signatures: `policies.signatures.json`. */
export function signatureFile(directory: string): string {
  return `${directory.replace(/\/+$/, '')}.signatures.json`;
}

const list = signatureList('scope', { what: 'file of signatures', most: 2_000, command: 'npx tenet policy sign' });

/** The signatures of a policy directory; none where it has no file of them. Throws InvalidInput. */
export async function readSignatures(directory: string): Promise<Signature[]> {
  const file = signatureFile(directory);
  return (await list.read(file)).map(({ scope, ...rest }) => ({ scope: storedScope(scope), ...rest }));
}

/** Writes the signatures of a policy directory: all of them or, where that fails, none. Throws InvalidInput where there is no way to. */
export async function writeSignatures(directory: string, signatures: readonly Signature[]): Promise<void> {
  const named = signatures.map(({ scope, ...rest }) => ({ scope: scopeName(scope), ...rest }));
  await list.write(signatureFile(directory), named);
}
