import type { Actor } from '../../core/authorization/decisions/actor.ts';
import { payerIn } from '../../core/authorization/decisions/subjects.ts';

/** The path of a request with whose turn its dear work takes: the policy was asked in this place before, so this reads nothing. */
export async function paying<P extends { organizationId: string; projectId: string }>({ actor, params }: { actor: Actor; params: P }) {
  const { organizationId, projectId } = params;
  const { organization } = await actor.snapshot({ organizationId, projectId });
  return { ...params, payer: payerIn(organizationId, organization?.payer) };
}
