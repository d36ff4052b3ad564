import type { PolicyContent } from '../authorization/policy/content.ts';
import type { Meter } from '../authorization/policy/meters.ts';
import { type MeterTerms, termsInForce } from '../authorization/store/meter-history.ts';
import { FailedPrecondition, InvalidInput } from '../base/errors.ts';
import type { Db } from '../database/database.ts';

/** What a content says of a meter otherwise than its usage is counted. */
interface ChangedTerm {
  /** The place of the meter in the blueprint. */
  readonly index: number;
  readonly meter: string;
  readonly term: keyof MeterTerms;
  readonly counted: string;
  readonly wanted: string;
}

/**
 * The units and currencies that a content changes. Usage is kept as numbers, so that a meter which was in force once keeps its unit, and the currency that it was
 * given: else sums and bills of before would be shown in the new one. A meter, and its currency, may go and come back. `before` is the content that it
 * replaces, for data without a history.
 */
async function changedTerms(db: Db, { blueprint }: PolicyContent, before?: PolicyContent): Promise<ChangedTerm[]> {
  const meters = blueprint?.meters ?? [];
  if (!blueprint || meters.length === 0) return [];
  const names = meters.map(({ name }) => name);
  const counted = new Map<string, MeterTerms>([
    ...(before?.blueprint?.meters ?? []).map((meter): [string, Meter] => [meter.name, meter]),
    ...(await termsInForce(db, blueprint.name, names)),
  ]);
  return meters.flatMap((meter, index) => {
    const terms = counted.get(meter.name);
    return (['unit', 'currency'] as const).flatMap((term): ChangedTerm[] => {
      const [was, wanted] = [terms?.[term], meter[term]];
      if (was === undefined || wanted === undefined || was === wanted) return [];
      return [{ index, meter: meter.name, term, counted: was, wanted }];
    });
  });
}

/** Throws FailedPrecondition for a content that would show usage of before in another unit or currency. */
export async function refuseChangedMeters(db: Db, content: PolicyContent, before?: PolicyContent): Promise<void> {
  const changed = await changedTerms(db, content, before);
  if (changed.length === 0) return;
  const each = changed.map(({ meter, term, counted, wanted }) => `the ${term} of ${meter} is ${counted} and would be ${wanted}`);
  throw new FailedPrecondition(
    'failed-precondition',
    `This policy of the blueprint ${content.blueprint!.name} changes in what usage is counted: ${each.join('; ')}. Usage of before would be shown in the new one. Keep the meter, and add one of another name.`,
  );
}

/** Throws InvalidInput, which points into the blueprint, for a proposal that could never come into force. */
export async function refuseProposedMeters(db: Db, content: PolicyContent): Promise<void> {
  const errors = (await changedTerms(db, content)).map(({ index, meter, term, counted }) => ({
    pointer: `#/blueprint/meters/${index}/${term}`,
    detail: `must stay ${counted}, in which usage of ${meter} is counted: add a meter of another name for another one`,
  }));
  if (errors.length > 0) throw new InvalidInput('The policy changes in what usage is counted.', errors);
}
