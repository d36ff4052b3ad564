import { checkReason } from './options.ts';
import type { Out } from './output.ts';
import {
  demandComplete,
  demandPlanned,
  differencesOf,
  type KeptPlan,
  readStorePlan,
  refusedByPlan,
  stale,
} from './policy-store-planned.ts';
import {
  addSignatures,
  isChanged,
  printInForce,
  printUnchanged,
  putIntoForce,
  readProposal,
  storeRevision,
} from './policy-store-revisions.ts';
import { atOnce, beginRollout, demandBase, printBegun, refuseGateOfAll, refuseOpen, type StagedOptions } from './policy-store-rollout.ts';

interface ApplyOptions extends StagedOptions {
  readonly gitCommit?: string;
}

/**
 * `tenet policy-store apply`: checks the files and runs their tests, proposes them, and puts them into force where nobody else has changed what
 * was in force when it began; with a stage it begins a rollout. The signatures beside the files that keys of the store made go along. With `plan` only where the
 * plan still says what happens then. Exit code: 0; 1 where something is wrong with the files, no key of the store has signed them or it was changed; with a plan
 * 20 where it is of other files, 21 where it is stale, 22 where it is of a sample and that is not allowed.
 */
export async function applyStore(store: string, directory: string, options: ApplyOptions, out: Out = console.log): Promise<number> {
  checkReason('--reason', options.reason);
  refuseGateOfAll(options);
  const plan = options.plan === undefined ? undefined : await readStorePlan(options.plan);
  return refusedByPlan(async () => {
    if (plan) demandComplete(plan, options.allowSample ?? false);
    return applyFiles(store, directory, { ...options, planned: plan }, out);
  });
}

type Application = ApplyOptions & { readonly planned: KeptPlan | undefined };

async function applyFiles(store: string, directory: string, options: Application, out: Out): Promise<number> {
  const proposal = await readProposal(store, directory, options);
  if (!proposal) return 1;
  const { api, named, contents, sha256, head, etag, present } = proposal;
  const { reason, stage = atOnce, gate, output } = options;
  const plan = options.planned && (await demandPlanned(api, named, options.planned, { sha256, body: { contents } }));
  if (present) {
    await addSignatures(proposal, options);
    printUnchanged(output, out, named, present.revision);
    return 0;
  }
  if (stage.stage !== 'ALL') {
    demandBase(named, head);
    const planned = plan && differencesOf(plan);
    const { revision } = await storeRevision(proposal, options);
    const rollout = await beginRollout(api, named, { revision, etag, stage, gate, planned, entityVersion: plan?.entityVersion, reason });
    printBegun(output, out, named, rollout);
    return 0;
  }
  refuseOpen(named, head);
  const proposed = await storeRevision(proposal, options);
  const activation = { revision: proposed.revision, reason, ...(plan && { entityVersion: plan.entityVersion }) };
  await putIntoForce(api, named, activation, etag).catch((error: unknown) => {
    throw plan && isChanged(error) ? stale(error.message) : error;
  });
  printInForce(output, out, named, { revision: proposed.revision, sha256 }, proposal);
  return 0;
}
