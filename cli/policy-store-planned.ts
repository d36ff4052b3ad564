import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { StoreContents } from '../core/authorization/policy-stores/types.ts';
import { counted } from '../core/base/counted.ts';
import { reasonOf } from '../core/base/reason.ts';
import { digestOf } from '../core/policy-stores/revisions.ts';
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
export class UnplannedChange extends Error {
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

/** Makes the plan again, and throws UnplannedChange where the files are others, or where it would say something else now. Gives the version of the entities that it is about. */
export async function demandPlanned(api: Api, { path, name }: NamedStore, plan: KeptPlan, contents: StoreContents): Promise<string> {
  if (plan.to.sha256 !== digestOf(contents))
    throw new UnplannedChange(plannedCodes.other, `The plan is of other files than these. Plan these, and apply that.`);
  // Only a plan of chosen types says which it leaves out.
  const types = plan.unaskedTypes && { subjectTypes: plan.subjectTypes };
  const { body: now } = await api.post<Compared & StorePlan & { entityVersion: string }>(`${path}/plan`, { contents, ...types });
  if (now.from?.sha256 !== plan.from?.sha256)
    throw stale(`what is in force in ${name} is not what it was: ${revisionText(now.from)} now, ${revisionText(plan.from)} then`);
  if (now.digest !== plan.digest) throw stale(`the entities of ${name} have changed, and with them who gains or loses what`);
  return now.entityVersion;
}

/** Of a plan that says something else than what would happen now. */
export function stale(what: string): UnplannedChange {
  return new UnplannedChange(plannedCodes.stale, `The plan is stale: ${what}. Plan again, and apply that.`);
}

const revisionText = (from: KeptPlan['from'] | Compared['from']): string =>
  from?.revision === undefined ? 'nothing' : `revision ${from.revision}`;
