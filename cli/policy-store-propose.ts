import type { ServerOptions } from './api-client.ts';
import { checkReason } from './options.ts';
import { type Format, type Out, print } from './output.ts';
import { addSignatures, printUnchanged, readProposal, storeRevision } from './policy-store-revisions.ts';

interface ProposeOptions extends ServerOptions {
  readonly reason: string;
  readonly gitCommit?: string;
  readonly output: Format;
}

/**
 * `tenet policy-store propose`: checks the files and runs their tests, and stores them as a revision where they say something else than what is in force.
 * Nothing comes into force. Exit code: 0; 1 where something is wrong with the files.
 */
export async function proposeStore(store: string, directory: string, options: ProposeOptions, out: Out = console.log): Promise<number> {
  checkReason('--reason', options.reason);
  const proposal = await readProposal(store, directory, options);
  if (!proposal) return 1;
  const { named, head, present, isSigning } = proposal;
  if (present) {
    await addSignatures(proposal, options);
    printUnchanged(options.output, out, named, present.revision);
    return 0;
  }
  const { revision, signedBy } = await storeRevision(proposal, options);
  // The first one has nothing to be compared with.
  const stage = head.revision === undefined ? '' : ' --stage shadow';
  const next =
    isSigning && signedBy.length === 0
      ? `no signing key of the store has signed it: sign the files (npx tenet policy-store sign) and propose them again, before it can come into force`
      : `to put it into force: npx tenet policy-store activate ${named.name}@${revision}${stage} --reason '…'`;
  print(options.output, out, { revision, changed: true }, () => [`${named.name}: revision ${revision} is stored; ${next}`]);
  return 0;
}
