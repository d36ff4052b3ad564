import type { Blueprint } from '../authorization/policy/blueprint.ts';
import { FailedPrecondition } from '../base/errors.ts';

/** Whether these entitlements include what the kind of organization asks for. */
export function isEntitled({ entitlement }: Blueprint, entitlements: readonly string[]): boolean {
  return entitlement === undefined || entitlements.includes(entitlement);
}

/** Throws FailedPrecondition for a kind of which no new organizations are founded. */
export function refuseRetired({ name, retired }: Blueprint): void {
  if (retired)
    throw new FailedPrecondition(
      'failed-precondition',
      `The blueprint ${name} is retired: it takes no new organizations. Name another one.`,
    );
}

/** How many organizations one user may make through the API: living ones, and in a day (UTC). */
export interface OrganizationLimits {
  readonly perUser: number;
  readonly perDay: number;
}
