import { z } from 'zod';
import { title, word } from './blueprint-words.ts';
import { didYouMean } from './findings.ts';
import { limits } from './limits.ts';

/** What usage may be told apart by: where, by whom, with which key, and of which resource of a type of this blueprint. */
const dimension = z
  .string()
  .regex(/^(?:project|member|api-key|resource:[a-z][a-z0-9-]{0,62})$/, 'must be project, member, api-key or resource:<type>');

/** What a quantity costs: so much for each `per` of its unit. */
const priceSchema = z.strictObject({
  amount: z.string().regex(/^\d{1,12}(?:\.\d{1,9})?$/, 'must be a decimal number in quotes, such as "0.002"'),
  per: z.number().int().min(1).max(1_000_000_000).default(1),
});

/** Something that organizations of a kind use, and that is counted. */
const meterSchema = z
  .strictObject({
    name: word,
    title,
    /** What one of it is, to show beside a quantity: `call`, `page`, `ms`. */
    unit: z.string().min(1).max(40),
    dimensions: z.array(dimension).max(limits.dimensions),
    /** In what its cost is (ISO 4217). Without it, its usage has none. */
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, 'must be three capital letters, such as EUR')
      .optional(),
    /** The cost of an event that does not say its own. */
    price: priceSchema.optional(),
  })
  .refine(({ currency, price }) => price === undefined || currency !== undefined, {
    path: ['currency'],
    message: 'must be there where there is a price',
  });

/** The meters of a blueprint; revisions of before have none. */
export const metersSchema = z.array(meterSchema).max(limits.meters).optional();

/** Something that is counted. */
export type Meter = z.infer<typeof meterSchema>;

interface Metered {
  readonly projects?: unknown;
  readonly meters?: readonly Meter[] | undefined;
  readonly resourceTypes: readonly { readonly name: string }[];
}

/** Meters are named once, and told apart by what there is in this kind of organization, each once. */
export function reportMeters({ meters = [], resourceTypes, projects }: Metered, context: z.RefinementCtx): void {
  const issue = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path: ['meters', ...path], message });
  const types = new Set(resourceTypes.map(({ name }) => name));
  const names = new Set<string>();
  for (const [index, { name, dimensions }] of meters.entries()) {
    if (names.size === names.add(name).size) issue([index], `${name} is listed twice`);
    for (const [place, dimension] of dimensions.entries()) {
      const fault = dimensions.indexOf(dimension) < place ? `${dimension} is listed twice` : faultOf(dimension, types, projects);
      if (fault !== undefined) issue([index, 'dimensions', place], fault);
    }
  }
}

function faultOf(dimension: string, types: ReadonlySet<string>, projects: unknown): string | undefined {
  const type = resourceTypeOf(dimension);
  if (type !== undefined && !types.has(type)) return `must name a resource type of this file, and ${type} is none`;
  return dimension === 'project' && projects === 'none' ? 'must not be project where there are no projects' : undefined;
}

/** The type in `resource:<type>`; undefined for another dimension. */
export function resourceTypeOf(dimension: string): string | undefined {
  return dimension.startsWith('resource:') ? dimension.slice('resource:'.length) : undefined;
}

/** The meter of this name; undefined where this kind of organization has none. */
export function findMeter(blueprint: Pick<Metered, 'meters'> | undefined, name: string): Meter | undefined {
  return blueprint?.meters?.find((meter) => meter.name === name);
}

/** What is wrong with a name that is no meter here. */
export function noMeter({ meters = [] }: Pick<Metered, 'meters'>, name: string): string {
  const names = meters.map((meter) => meter.name);
  return names.length === 0
    ? 'must be a meter, and this kind of organization has none'
    : `must be a meter of the blueprint: there are ${names.join(', ')}${didYouMean(name, names)}`;
}

/** What is wrong with a value of a dimension by which this meter is not told apart. */
export function notToldApart({ name, dimensions }: Pick<Meter, 'name' | 'dimensions'>): string {
  return `must be left out: ${name} is told apart by ${dimensions.join(', ') || 'nothing'}`;
}
