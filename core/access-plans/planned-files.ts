import { z } from 'zod';
import type { Actor } from '../authorization/decisions/actor.ts';
import type { PolicyContent } from '../authorization/policy/content.ts';
import { scopeName } from '../authorization/policy/scopes.ts';
import { listHeadsOfFiles } from '../authorization/store/revisions.ts';
import { InvalidInput } from '../base/errors.ts';
import type { Database, Db } from '../database/database.ts';
import { lockPolicies } from '../policies/activation.ts';
import { type Application, type AppliedScope, applyContents } from '../policies/policies.ts';
import { movedHead } from './applying.ts';
import { differenceOf } from './comparison.ts';
import { documentOf, type PlanDocument } from './document.ts';
import { makePlan } from './plan.ts';
import { refuseBlocking, refuseOtherFiles, StalePlan } from './planned-contents.ts';
import type { Difference } from './witness.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.number().int().min(0);

/** What of a plan is needed to tell whether it still holds. */
const planSchema = z.looseObject({
  targets: z.array(
    z.looseObject({
      scope: z.string(),
      from: z.looseObject({ revision: z.number().int(), sha256 }).optional(),
      to: z.looseObject({ sha256 }),
    }),
  ),
  roleMapping: z.strictObject({ rename: z.record(z.string(), z.string()).optional(), drop: z.array(z.string()).optional() }).optional(),
  digest: sha256,
  rails: z.array(z.looseObject({ status: z.enum(['OK', 'WARN', 'BLOCK']), detail: z.string() })),
  effects: z.array(
    z.looseObject({
      effect: z.number().int(),
      level: z.string(),
      changes: z.array(z.looseObject({ kind: z.string(), permission: z.string(), switchedOff: z.literal(true).optional() })),
    }),
  ),
  rows: z.array(
    z.looseObject({
      effect: z.number().int(),
      organizationId: z.string().optional(),
      subjectType: z.string(),
      count,
      fold: z.string().regex(/^[0-9a-f]{16}$/),
    }),
  ),
});

/** Reads a plan as `tenet policy plan -o json` prints it. Throws InvalidInput. */
export function readPlan(text: string, file: string): PlanDocument {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new InvalidInput(`${file} is no JSON: it must be what \`tenet policy plan -o json\` printed.`, [], { cause });
  }
  const { success, error } = planSchema.safeParse(value);
  if (success) return value as PlanDocument;
  const [first] = error.issues;
  throw new InvalidInput(
    `${file} is no access plan: ${first!.path.join('.') || 'it'}: ${first!.message}. It must be what \`tenet policy plan -o json\` printed.`,
  );
}

/**
 * Puts the contents of policy files into force, where a plan of them that was kept still says what happens then: the whole plan is made again and compared.
 * Throws BlockedPlan where it is a plan of something else or a rail blocks it, StalePlan where something moved.
 */
export async function applyPlannedFiles(
  database: Database,
  db: Db,
  actor: Pick<Actor, 'name' | 'requestId'>,
  { plan, contents, about }: { plan: PlanDocument; contents: readonly PolicyContent[]; about: Application },
): Promise<AppliedScope[]> {
  await lockPolicies(db);
  refuseBlocking(plan.rails);
  const planned = new Map(plan.targets.map(({ scope, to }) => [scope, to.sha256]));
  const moved = await movedHeads(db, plan);
  await refuseOtherFiles(db, planned, contents);
  if (moved.length > 0) throw new StalePlan(moved);
  const again = await database.observe('platform', (seen) =>
    makePlan(seen, contents, { withUses: false, withStranded: false, mapping: plan.roleMapping }),
  );
  const now = documentOf(again);
  refuseBlocking(now.rails);
  demandSame(plan, now, again.verification.differences);
  return applyContents(db, contents, { ...about, how: 'PLAN' }, actor, plan.roleMapping);
}

/** Throws StalePlan where a plan that was made again says something else than it did, or stock Casbin does. */
export function demandSame(plan: PlanDocument, now: PlanDocument, [wrong]: readonly Difference[]): void {
  const doubt = wrong && `Stock Casbin decides ${wrong.permission} of ${wrong.subject} otherwise than the plan.`;
  const reasons = [differenceOf(plan, now), doubt].filter((reason) => reason !== undefined);
  if (reasons.length > 0) throw new StalePlan(reasons);
}

/** Where another revision is in force than the plan began with. */
export async function movedHeads(db: Db, { targets }: PlanDocument): Promise<string[]> {
  const heads = new Map((await listHeadsOfFiles(db)).map(({ scope, revision }) => [scopeName(scope), revision]));
  return targets.flatMap(({ scope, from }) => movedHead(scope, from?.revision, heads.get(scope)) ?? []);
}
