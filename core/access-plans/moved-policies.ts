import type { MovedPolicies } from '../authorization/decisions/actor.ts';
import type { Database } from '../database/database.ts';
import type { AccessChange } from './change-report.ts';
import { documentOf, type PlanDocument } from './document.ts';
import { makePlan } from './plan.ts';

/** What a move of policies does, in numbers: what an access plan of the same contents says. */
export type MovedAccess = Pick<PlanDocument, 'digest' | 'rails'> & {
  readonly summary: PlanDocument['summary'] & { readonly subjects: NonNullable<PlanDocument['summary']['subjects']> };
};

/** Plans a move. Undefined where more subjects are met than a plan names, so that their number is not known. */
export async function planMove(database: Database, { contents, mapping, instead, only }: MovedPolicies): Promise<MovedAccess | undefined> {
  const options = { mapping, instead, ...(only && { only }), withUses: false, withStranded: false };
  const plan = await database.observe('platform', (db) => makePlan(db, contents, options));
  const [different] = plan.verification.differences;
  if (different) throw new Error(`stock Casbin decides ${different.permission} of ${different.subject} otherwise than the plan`);
  const { digest, rails, summary } = documentOf(plan);
  const { subjects } = summary;
  // When it was last used was not looked up.
  const byPermission = summary.byPermission.map(({ lastUse: _, ...one }) => one);
  return subjects && { digest, rails, summary: { ...summary, subjects, byPermission } };
}

/** What a request does to access, with what the policies that it moves do. */
export function withMoved(access: AccessChange, moved: readonly MovedAccess[]): AccessChange {
  const total = (count: (one: MovedAccess) => number): number => moved.reduce((sum, one) => sum + count(one), 0);
  const gains = access.summary.gains + total(({ summary }) => summary.gains);
  const losses = access.summary.losses + total(({ summary }) => summary.losses);
  const subjects = total(({ summary }) => Object.values(summary.subjects).reduce((sum, n) => sum + n, 0));
  return {
    ...access,
    summary: { ...access.summary, gains, losses, subjects: access.summary.subjects + subjects, partial: false },
    more: gains + losses - access.items.length,
    ...(moved.length > 0 && { policies: moved }),
  };
}
