import { z } from 'zod';
import { limits } from './limits.ts';

/**
 * What an access plan says of a permission besides that it is gained or lost: `sensitive`, to gain it is looked at first; `lockout`, an
 * organization, or the platform, is not to be left without a person who has it.
 */
export const flags = ['sensitive', 'lockout'] as const;
export type Flag = (typeof flags)[number];

/** `resource:action`; the resource may be `*`, for every resource type that has the action, or `role:*`, for every role that can be given. */
const flagged = z
  .array(
    z
      .string()
      .regex(
        /^(\*|role:\*|(role:|setting:)?[a-z][a-z0-9./-]{0,126}):[a-z][a-z0-9-]{0,62}$/,
        'must be <resource>:<action>, *:<action> or role:*:<action>',
      ),
  )
  .max(limits.flagged);

/** The flags of permissions.yaml and of a blueprint.yaml, which adds its own. */
export const flagsSchema = z.strictObject({ sensitive: flagged, lockout: flagged }).partial();

/** Each flag with the permissions that have it. */
export type Flags = z.infer<typeof flagsSchema>;

/** Both together. */
export function joinFlags(one: Flags | undefined, other: Flags | undefined): Flags {
  const joined = flags.map((flag) => [flag, [...new Set([...(one?.[flag] ?? []), ...(other?.[flag] ?? [])])]] as const);
  return Object.fromEntries(joined);
}

/** Whether what is written after a flag means this permission. */
export function meansPermission(written: string, { resource, action }: { readonly resource: string; readonly action: string }): boolean {
  const colon = written.lastIndexOf(':');
  if (written.slice(colon + 1) !== action) return false;
  const object = written.slice(0, colon);
  return object === '*' || object === resource || (object === 'role:*' && resource.startsWith('role:'));
}

/** The flags of a permission, in the order of their list. */
export function flagsOf(all: Flags | undefined, permission: { readonly resource: string; readonly action: string }): Flag[] {
  return flags.filter((flag) => all?.[flag]?.some((written) => meansPermission(written, permission)));
}
