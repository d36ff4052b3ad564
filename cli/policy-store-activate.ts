import type { StoreHead } from '../core/policy-stores/heads.ts';
import { connect } from './api-client.ts';
import { checkReason, UsageError } from './options.ts';
import type { Out } from './output.ts';
import { findStore } from './policy-store-place.ts';
import { demandComplete, demandPlanned, differencesOf, readStorePlan, refusedByPlan } from './policy-store-planned.ts';
import { newestRevisions, printInForce, printUnchanged, putIntoForce } from './policy-store-revisions.ts';
import {
  beginRollout,
  demandBase,
  printBegun,
  refuseGateOfAll,
  refuseOpen,
  type StagedOptions,
  type WantedStoreStage,
} from './policy-store-rollout.ts';
import { readRevision } from './policy-store-verbs.ts';

/**
 * `tenet policy-store activate`: puts a stored revision into force, at once or in stages. Exit code: 0; with a plan 20 where it is of other files, 21 where it is
 * stale, 22 where it is of a sample and that is not allowed.
 */
export async function activateStore(
  name: string,
  options: StagedOptions & { readonly stage: WantedStoreStage },
  out: Out = console.log,
): Promise<number> {
  checkReason('--reason', options.reason);
  refuseGateOfAll(options);
  if (options.stage.stage === 'ALL' && options.plan !== undefined) throw new UsageError(planOfAll);
  const plan = options.plan === undefined ? undefined : await readStorePlan(options.plan);
  return refusedByPlan(async () => {
    if (plan) demandComplete(plan, options.allowSample ?? false);
    const { stage, reason, gate, output } = options;
    const api = connect(options);
    const named = await findStore(api, name);
    if (named.revision === undefined) throw new UsageError(`${named.name} names no revision: say which one, as in ${named.name}@3.`);
    const { body: head, etag = '' } = await api.get<StoreHead>(`${named.path}/head`);
    const { revision, sha256, inForce } = await readRevision(api, named);
    const current = plan && (await demandPlanned(api, named, plan, { sha256, body: { to: revision } }));
    if (inForce) {
      // Others may be decided for by the candidate.
      refuseOpen(named, head);
      printUnchanged(output, out, named, revision);
      return 0;
    }
    if (stage.stage === 'ALL') {
      const revisions = await newestRevisions(api, named);
      await putIntoForce(api, named, { revision, reason }, etag);
      printInForce(output, out, named, { revision, sha256 }, { head, revisions });
      return 0;
    }
    demandBase(named, head);
    const meant = { planned: current && differencesOf(current), entityVersion: current?.entityVersion };
    printBegun(output, out, named, await beginRollout(api, named, { revision, etag, stage, gate, ...meant, reason }));
    return 0;
  });
}

const planOfAll =
  '--plan goes with --stage shadow or canary, whose comparison it is for. To put what was planned into force at once: npx tenet policy-store apply --plan.';
