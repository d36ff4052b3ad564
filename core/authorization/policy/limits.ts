import { z } from 'zod';

/**
 * How much one policy may hold. Checking asks every role for every permission, so the sizes are bounded where the content is
 * read, and `work` bounds what the policy's own tests and the search for escalations may ask for in all.
 */
export const limits = {
  rows: 5_000,
  roles: 50,
  /** Roles that one organization defines for itself, and the rows of all of them. */
  customRoles: 100,
  customRows: 2_000,
  permissionGroups: 50,
  /** Sets of roles that one organization keeps under a name. */
  roleTemplates: 100,
  resourceTypes: 100,
  actions: 30,
  settings: 100,
  /** Values of one enum, and characters of a text. */
  settingValues: 50,
  settingText: 500,
  /** Of one resource type, and what one of them may be where it is one of several values. */
  fields: 50,
  fieldValues: 100,
  /** Types that one reference may name. */
  fieldTargets: 10,
  /** Permissions that one file gives the same flag. */
  flagged: 200,
  /** Pairs of permissions that one file keeps apart. */
  separated: 50,
  meters: 50,
  /** By which one meter is told apart. */
  dimensions: 10,
  keyTypes: 20,
  rateLimits: 4,
  scopes: 100,
  states: 50,
  matrixRoles: 200,
  cases: 200,
  invariants: 100,
  scenarios: 50,
  /** Of one scenario. */
  steps: 50,
  /** Names in one list of a test. */
  named: 200,
  /** One for each question, and `ask` and one for each row besides when Casbin is asked. */
  work: 1_000_000,
  ask: 20,
} as const;

/** A map of at most `most` entries. */
export function recordOf<K extends z.core.$ZodRecordKey, V extends z.core.SomeType>(key: K, value: V, most: number): z.ZodRecord<K, V> {
  return z.record(key, value).refine((record) => Object.keys(record).length <= most, `must have at most ${most} entries`) as z.ZodRecord<
    K,
    V
  >;
}
