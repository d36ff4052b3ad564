import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { components } from '../api/contract/openapi.d.ts';
import type { StoreContents } from '../core/authorization/policy-stores/types.ts';
import { counted } from '../core/base/counted.ts';
import { reasonOf } from '../core/base/reason.ts';
import type { PlanKind } from '../core/policy-stores/plan-changes.ts';
import type { StorePlan } from '../core/policy-stores/store-plan.ts';
import type { Compared } from '../core/policy-stores/store-plans.ts';
import type { Api } from './api-client.ts';
import { UsageError } from './options.ts';
import type { NamedStore } from './policy-store-place.ts';

/** The plan is of other files; or something moved since it was made. As `tenet policy apply --plan` ends. */
export const plannedCodes = { other: 20, stale: 21 } as const;

/** A plan looked at a sample of the entities alone, so that it does not say all that happens. */
export const sampleCode = 22;

/** A plan that must not be applied. */
class UnplannedChange extends Error {
  override readonly name = 'UnplannedChange';
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const planSchema = z.object({
  from: z.object({ revision: z.int(), sha256 }).optional(),
  to: z.object({ sha256 }),
  digest: sha256,
  isComplete: z.boolean(),
  subjectTypes: z.array(z.string()),
  unaskedTypes: z.array(z.string()).optional(),
  entities: z.object({ stored: z.int(), looked: z.int() }),
});

/** What has to be known of a plan in order to compare it. */
export type KeptPlan = z.infer<typeof planSchema>;

/** The plan that `tenet policy-store plan -o json` wrote into a file. Throws UsageError. */
export async function readStorePlan(file: string): Promise<KeptPlan> {
  const wanted = 'It must be what `tenet policy-store plan -o json` printed.';
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`--plan ${file} cannot be read (${reasonOf(error)}). ${wanted}`);
  }
  const { data, error } = planSchema.safeParse(value);
  if (data) return data;
  const [first] = error.issues;
  throw new UsageError(`--plan ${file} is no plan of a policy store: ${first!.path.join('.') || 'it'}: ${first!.message}. ${wanted}`);
}

/** Says of the plan of a sample what it is. Throws UnplannedChange unless a sample is allowed. */
export function demandComplete({ isComplete, entities: { looked, stored } }: KeptPlan, isSampleAllowed: boolean): void {
  if (isComplete) return;
  const what = `The plan is of a sample: ${counted(looked)} of ${counted(stored)} entities were looked at, and the others may gain or lose more than it says.`;
  if (!isSampleAllowed)
    throw new UnplannedChange(sampleCode, `${what} Plan a smaller change, or add --allow-sample to apply it all the same.`);
  console.error(`tenet: ${what}`);
}

/** What a plan is made again of: files, or a stored revision. */
interface Planned {
  readonly sha256: string;
  readonly body: { readonly contents: StoreContents } | { readonly to: number };
}

/** A plan as a server makes it now. */
export type CurrentPlan = Compared & StorePlan & { readonly entityVersion: string };

/** Makes the plan again. Throws UnplannedChange where it is of something else, or where it would say something else now. */
export async function demandPlanned(api: Api, { path, name }: NamedStore, plan: KeptPlan, { sha256, body }: Planned): Promise<CurrentPlan> {
  if (plan.to.sha256 !== sha256)
    throw new UnplannedChange(plannedCodes.other, `The plan is of other files than these. Plan these, and apply that.`);
  // Only a plan of chosen types says which it leaves out.
  const types = plan.unaskedTypes && { subjectTypes: plan.subjectTypes };
  const { body: now } = await api.post<CurrentPlan>(`${path}/plan`, { ...body, ...types });
  if (now.from?.sha256 !== plan.from?.sha256)
    throw stale(`what is in force in ${name} is not what it was: ${revisionText(now.from)} now, ${revisionText(plan.from)} then`);
  if (now.digest !== plan.digest) throw stale(`the entities of ${name} have changed, and with them who gains or loses what`);
  return now;
}

/** Decisions that a rollout is meant to change. */
export type PlannedStoreDifference = components['schemas']['PlannedStoreDifference'];

/** How many of them a rollout takes (docs/limits.md). */
const mostDifferences = 500;

const effectsOf: Readonly<Record<PlanKind, readonly PlannedStoreDifference['effect'][]>> = {
  GAIN: ['DENY_TO_ALLOW'],
  LOSS: ['ALLOW_TO_DENY'],
  CONDITIONAL: ['DENY_TO_ALLOW', 'ALLOW_TO_DENY'],
};

/** What a plan says of a rollout, each difference once. It says on standard error what the plan leaves out. Throws UsageError where they are too many. */
export function differencesOf({ groups, omitted }: Pick<StorePlan, 'groups' | 'omitted'>): PlannedStoreDifference[] {
  const all = groups.flatMap(({ kind, subjectType, action, resourceType }) =>
    effectsOf[kind].map((effect) => ({ effect, subjectType, action, resourceType })),
  );
  const distinct = [...new Map(all.map((difference) => [JSON.stringify(difference), difference])).values()];
  if (distinct.length > mostDifferences)
    throw new UsageError(
      `--plan says ${counted(distinct.length)} different changes, and a rollout takes ${mostDifferences}: make a smaller change, or leave --plan out and give --gate unplanned= a number.`,
    );
  if (omitted.groups > 0)
    console.error(
      `tenet: The plan leaves out ${counted(omitted.groups, 'group')} of changes: decisions of a kind that only they have count as not planned.`,
    );
  return distinct;
}

/** Of a plan that says something else than what would happen now. */
export function stale(what: string): UnplannedChange {
  return new UnplannedChange(plannedCodes.stale, `The plan is stale: ${what}. Plan again, and apply that.`);
}

const revisionText = (from: KeptPlan['from'] | Compared['from']): string =>
  from?.revision === undefined ? 'nothing' : `revision ${from.revision}`;

/** Does something that a plan may refuse, which ends with the code that says why. */
export async function refusedByPlan(work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UnplannedChange)) throw error;
    console.error(`tenet: ${error.message}`);
    return error.code;
  }
}
