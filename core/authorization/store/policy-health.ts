import type { HealthCheck } from '../../base/health.ts';
import type { LivePolicies, Refusal } from './live-policies.ts';

/** What readiness says of the policies in force. Anybody may read it: which revision, which file and which row say the log and the policies API. */
export async function checkPolicyHealth(policies: Pick<LivePolicies, 'refusals'>): Promise<HealthCheck> {
  const refusals = await policies.refusals().catch(() => undefined);
  if (refusals === undefined) return { name: 'policy', state: 'DEGRADED', detail: 'Which policy is in force could not be read.' };
  if (refusals.length === 0) return { name: 'policy', state: 'OK' };
  const undecided = refusals.filter(({ isCovered }) => !isCovered);
  if (undecided.length === 0) {
    return { name: 'policy', state: 'DEGRADED', detail: `A revision was refused, and the last good one decides. ${where}` };
  }
  if (undecided.some(isOfPlatform)) {
    return { name: 'policy', state: 'FAILING', detail: `The policy of the platform was refused, so nothing is decided. ${where}` };
  }
  return { name: 'policy', state: 'DEGRADED', detail: `A policy was refused, and what it is about is not decided. ${where}` };
}

const where = 'The log and GET /v1/policies say which one and why.';

function isOfPlatform({ revisions }: Refusal): boolean {
  return revisions.length === 1;
}
