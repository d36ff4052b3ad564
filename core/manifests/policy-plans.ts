import { getAccessPlan, type StoredPlan } from '../access-plans/access-plans.ts';
import { NotFound } from '../base/errors.ts';
import type { Database } from '../database/database.ts';
import type { PlanFigures } from './policy-records.ts';

/** What of a plan a person may have to approve. */
export type PlanFault = 'Gain' | 'SensitiveGain' | 'Loss';

/** A plan that may be gone by now. */
export async function findPlan(database: Database, accessPlanId: string): Promise<StoredPlan | undefined> {
  return await database
    .read('platform', (db) => getAccessPlan(db, accessPlanId))
    .catch((error: unknown) => {
      if (error instanceof NotFound) return undefined;
      throw error;
    });
}

/** The figures of a plan that is READY, with what is switched off: it comes without another approval when it is switched on again. */
export function figuresOf({ id, plan }: Pick<StoredPlan, 'id' | 'plan'>): PlanFigures {
  const { digest: planDigest, summary } = plan!;
  const sum = (of: 'gains' | 'sensitiveGains' | 'losses'): number => summary[of] + (summary.switchedOff?.[of] ?? 0);
  return { id, digest: planDigest, gains: sum('gains'), sensitiveGains: sum('sensitiveGains'), losses: sum('losses') };
}

/** What of a plan that is READY nobody can approve. */
export function blockingOf({ plan }: StoredPlan): string | undefined {
  const blocking = plan!.rails.filter(({ status }) => status === 'BLOCK').map(({ detail }) => detail);
  return blocking.length === 0 ? undefined : blocking.join(' ');
}

/** What of the plan nobody has approved. */
export function faultsOf(
  { planFailOn, approvedPlan }: { readonly planFailOn: readonly PlanFault[]; readonly approvedPlan?: string | undefined },
  { digest: planDigest, gains, sensitiveGains = 0, losses }: PlanFigures,
): string | undefined {
  if (approvedPlan === planDigest) return undefined;
  const faults = [
    ...(planFailOn.includes('Gain') && gains > 0 ? [`${gains} gains`] : []),
    ...(planFailOn.includes('SensitiveGain') && sensitiveGains > 0 ? [`${sensitiveGains} sensitive gains`] : []),
    ...(planFailOn.includes('Loss') && losses > 0 ? [`${losses} losses`] : []),
  ];
  if (faults.length === 0) return undefined;
  const before = approvedPlan === undefined ? '' : ' Another plan was approved before: something has moved since then.';
  return `The plan has ${faults.join(' and ')} of permissions.${before} To approve it, set spec.approvedPlan to ${planDigest}.`;
}
