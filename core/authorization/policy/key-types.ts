import { z } from 'zod';
import { title, word } from './blueprint-words.ts';
import { limits } from './limits.ts';

/** How many requests a key may send in a window of time, which begins anew at fixed times (UTC), on all replicas together. */
const rateLimitSchema = z.strictObject({
  /** Its name in the RateLimit header fields. */
  name: word,
  quota: z.number().int().min(1).max(1_000_000_000),
  /** A duration of ISO 8601 with one number, 30 days at most. */
  window: z
    .string()
    .regex(/^P(?:[1-9]\d{0,3}D|T[1-9]\d{0,6}[HMS])$/, 'must be a duration such as PT1M, PT1H or P1D')
    .refine((text) => secondsOf(text) <= 30 * 86_400, 'must be 30 days at most'),
});

/** One kind of API key. */
export const keyTypeSchema = z.strictObject({
  name: word,
  title,
  prefix: z.string().regex(/^[a-z]{2,8}_$/, 'must be 2 to 8 letters and _'),
  /** Its name in the API; when absent, its name in upper case with _ for hyphens. */
  apiName: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]{0,62}$/, 'must be upper-case words joined by _')
    .optional(),
  /** Where such keys are made: in the organization, in a project. */
  levels: z
    .array(z.enum(['org', 'project']))
    .min(1)
    .max(2),
  /** Whose authority they can carry. */
  owners: z
    .array(z.enum(['user', 'service-account']))
    .min(1)
    .max(2)
    .optional(),
  /**
   * `owner`: what the owner may do at the time. Else the scopes that can be chosen, of which none allows nothing, or those that every such key
   * has; they are a second question beside the owner's.
   */
  scopes: z.union([
    z.literal('owner'),
    z.strictObject({ choose: z.array(word).min(1).max(limits.scopes) }),
    z.strictObject({ fixed: z.array(word).min(1).max(limits.scopes) }),
  ]),
  /** How long such a key lives at most; one that is made without an end gets this one. */
  maxAgeDays: z.number().int().min(1).max(3_650).optional(),
  /** After how many days a secret of such a key should be replaced. It goes on to work: lists say which are due. */
  rotateAfterDays: z.number().int().min(1).max(3_650).optional(),
  /** How often each such key may be used; every one of these holds. Without any there is no limit. */
  rateLimits: z.array(rateLimitSchema).min(1).max(limits.rateLimits).optional(),
});

/** One kind of API key. */
export type KeyType = z.infer<typeof keyTypeSchema>;

/** How many requests a key may send in a window of time. */
export type RateLimit = z.infer<typeof rateLimitSchema>;

/** The name of a kind of key in the API. */
export function keyTypeName({ name, apiName }: Pick<KeyType, 'name' | 'apiName'>): string {
  return apiName ?? name.toUpperCase().replaceAll('-', '_');
}

/** The scopes that a kind of key can have or has; undefined where its owner's authority is not narrowed. */
export function scopesOf({ scopes }: Pick<KeyType, 'scopes'>): readonly string[] | undefined {
  if (scopes === 'owner') return undefined;
  return 'fixed' in scopes ? scopes.fixed : scopes.choose;
}

const secondsIn = { D: 86_400, H: 3_600, M: 60, S: 1 } as const;

/** The seconds of a window. */
export function secondsOf(window: string): number {
  const [, amount = '0', unit = 'S'] = /^PT?(\d+)([DHMS])$/.exec(window) ?? [];
  return Number(amount) * secondsIn[unit as keyof typeof secondsIn];
}

/** What the kinds of key say is of this blueprint, and each of them once. */
export function checkKeyTypes(
  { keyTypes, scopes }: { readonly keyTypes: readonly KeyType[]; readonly scopes: readonly { readonly name: string }[] },
  context: z.RefinementCtx,
): void {
  const refuse = (path: (string | number)[], message: string): void =>
    context.addIssue({ code: 'custom', path: ['keyTypes', ...path], message });
  const declared = new Set(scopes.map(({ name }) => name));
  const seen = new Set<string>();
  for (const [index, type] of keyTypes.entries()) {
    if (seen.size === seen.add(keyTypeName(type)).size) refuse([index], `${keyTypeName(type)} is listed twice`);
    for (const scope of scopesOf(type) ?? []) {
      if (!declared.has(scope)) refuse([index, 'scopes'], `must name scopes of this file, and ${scope} is none`);
    }
    for (const [place, message] of rateFaults(type)) refuse([index, 'rateLimits', place], message);
  }
}

/** Of two limits with one name a client could not say which it is told about; of two with one window the higher would say nothing. */
function rateFaults({ rateLimits = [] }: KeyType): [number, string][] {
  const names = new Set<string>();
  const windows = new Set<number>();
  return rateLimits.flatMap(({ name, window }, index): [number, string][] => [
    ...(names.size === names.add(name).size ? [[index, `${name} is listed twice`] as [number, string]] : []),
    ...(windows.size === windows.add(secondsOf(window)).size
      ? [[index, `has the window of another one: ${window}`] as [number, string]]
      : []),
  ]);
}
