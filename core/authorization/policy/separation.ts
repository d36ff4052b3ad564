import { z } from 'zod';
import { description } from './blueprint-words.ts';
import { limits } from './limits.ts';

const permission = z
  .string()
  .regex(/^(role:|setting:)?[a-z][a-z0-9./-]{0,126}:[a-z][a-z0-9-]{0,62}$/, 'must be <resource>:<action>, for example policy:activate');

/**
 * Separation of duties: permissions that no subject is to have both of in one place. An access plan says of a change who would come to have both; requests are not
 * refused by it, rows do that. `rail` says whether such a change is held up (`block`) or its reviewer told (`warn`).
 */
export const separationSchema = z
  .array(
    z.strictObject({
      permissions: z.tuple([permission, permission]).refine(([one, other]) => one !== other, 'must be two permissions'),
      because: description,
      rail: z.enum(['warn', 'block']),
    }),
  )
  .max(limits.separated);

/** Two permissions that no subject is to have both of. */
export type Separated = z.infer<typeof separationSchema>[number];

/** All of both; of the same two permissions one stays, and what blocks is stronger. */
export function joinSeparation(one: readonly Separated[] = [], other: readonly Separated[] = []): Separated[] {
  const joined = new Map<string, Separated>();
  for (const pair of [...one, ...other]) {
    const key = [...pair.permissions].sort().join(' ');
    const known = joined.get(key);
    if (!known || pair.rail === 'block') joined.set(key, pair);
  }
  return [...joined.values()];
}
