import { z } from 'zod';
import { levels } from './domain.ts';
import { limits, recordOf } from './limits.ts';
import { scenariosSchema } from './scenarios.ts';

const text = z.string().min(1).max(300);
const level = z.enum(['platform', 'org', 'project']);
const list = z.array(text).max(limits.named);

/** tests.yaml. Role names with a slash are taken as they are; others are roles of the blueprint. */
export const policyTestsSchema = z.strictObject({
  /** Per level: role -> resource -> actions that it allows. Every pair that can be asked at this level and is not named is denied. */
  matrix: z
    .array(z.strictObject({ level, roles: recordOf(text, recordOf(text, list, 4 * limits.resourceTypes), limits.matrixRoles) }))
    .max(3 * levels.length)
    .refine((blocks) => blocks.reduce((sum, { roles }) => sum + Object.keys(roles).length, 0) <= limits.matrixRoles, {
      message: `must name at most ${limits.matrixRoles} roles in all`,
    })
    .default([]),
  cases: z
    .array(
      z.strictObject({
        name: text,
        because: text.optional(),
        /** Held together; of the owner, where it is asked with a key. */
        roles: list,
        /** A kind of key of the blueprint, with the scopes that were chosen for it: its scopes are asked besides, and both must allow. */
        key: z.strictObject({ type: text, scopes: list.default([]) }).optional(),
        /** A role as organizations of this kind define it for themselves. `roles` may name it, and `ask` may be role:<id>:assign, unassign or invite. */
        custom: z
          .strictObject({
            id: z.string().regex(/^role_[a-z0-9]{1,40}$/, 'must be role_ with lower-case letters and digits'),
            tier: text,
            permissions: list.default([]),
          })
          .optional(),
        /** What the organization has switched off: a type, or `type/id` for one resource. */
        restrictions: list.min(1).optional(),
        /** The one resource that is asked about, `type/id`; without it the question is about the type as a whole. */
        resource: text.optional(),
        level,
        ask: text,
        expect: z.enum(['allow', 'deny']),
        /** The subject of the row that must be the one that decides. */
        by: text.optional(),
      }),
    )
    .max(limits.cases)
    .default([]),
  invariants: z
    .array(
      z.union([
        /** No role, nor all of them together, is allowed this at any level; those of `without` are left out. */
        z.strictObject({ name: text, never: list.min(1), without: list.min(1).optional() }),
        /** With this beside all roles, at most these are allowed, at any level of an organization. */
        z.strictObject({ name: text, with: text, allowsOnly: list }),
      ]),
    )
    .max(limits.invariants)
    .default([]),
  scenarios: scenariosSchema.optional(),
});

/** The tests of one scope. */
export type PolicyTests = z.infer<typeof policyTestsSchema>;
