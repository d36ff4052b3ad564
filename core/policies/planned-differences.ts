import { scopeName } from '../authorization/policy/scopes.ts';
import type { Difference } from '../authorization/store/rollout-findings.ts';
import type { Rollout } from '../authorization/store/rollouts.ts';
import { toUuid } from '../base/ids.ts';
import type { Db } from '../database/database.ts';

/** Whether the access plan of a rollout says that the candidate decides so. */
export type IsPlanned = (difference: Omit<Difference, 'digest'>) => boolean;

/** What is read here of the document of a plan (core/access-plans/document.ts). */
interface PlanParts {
  readonly targets: readonly { readonly scope: string; readonly to: { readonly sha256: string } }[];
  readonly effects: readonly {
    readonly level: 'PLATFORM' | 'ORGANIZATION' | 'PROJECT';
    readonly roles: readonly string[];
    readonly scopes?: readonly string[];
    readonly changes: readonly { readonly kind: 'GAIN' | 'LOSS'; readonly permission: string }[];
  }[];
}

const levels = { platform: 'PLATFORM', org: 'ORGANIZATION', project: 'PROJECT' } as const;

/** An organization may make roles of its own at any time, so each of them stands for all. */
const general = (role: string): string => (role.startsWith('role_') ? 'role_' : role);

const nothing: IsPlanned = () => false;

/**
 * Reads the plan of a rollout. A difference is planned where the plan has it for holders of these roles: the same change of the same permission at the
 * same level, for roles and scopes that all are among those of the decision. Without a plan, and with one of another content, nothing is.
 */
export async function plannedDifferences(db: Db, { planId, scope, candidate }: Rollout): Promise<IsPlanned> {
  if (planId === undefined) return nothing;
  const plan: { document: PlanParts | null } | undefined = await db('access_plans')
    .where({ id: toUuid('accessPlan', planId) })
    .first('document');
  const revision: { sha256: string } = await db('policy_revisions').where({ scope, revision: candidate }).first('sha256');
  const document = plan?.document;
  if (!document?.targets.some((target) => target.scope === scopeName(scope) && target.to.sha256 === revision.sha256)) return nothing;
  const holders = new Map<string, string[][]>();
  for (const { level, roles, scopes = [], changes } of document.effects)
    for (const { kind, permission } of changes) {
      const key = `${level} ${kind} ${permission}`;
      holders.set(key, [...(holders.get(key) ?? []), [...roles.map(general), ...scopes]]);
    }
  return ({ effect, resource, action, level, roles, scopes }) => {
    const key = `${levels[level]} ${effect === 'ALLOW_TO_DENY' ? 'LOSS' : 'GAIN'} ${resource}:${action}`;
    const held = new Set([...roles.map(general), ...scopes]);
    return (holders.get(key) ?? []).some((names) => names.every((name) => held.has(name)));
  };
}
