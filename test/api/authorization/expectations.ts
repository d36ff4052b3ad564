import { createStock, type Stock } from '../../../core/authorization/engine/stock.ts';
import type { PolicyContent } from '../../../core/authorization/policy/content.ts';
import { type Domain, domainOf } from '../../../core/authorization/policy/domain.ts';
import { splitPermission } from '../../../core/authorization/policy/vocabulary.ts';

/** What the policy files say about a caller with these roles. */
export type Expectation =
  | { readonly answer: 'allowed' }
  | { readonly answer: 'denied'; readonly permission: string; readonly code: string; readonly status: number }
  | { readonly answer: 'unknown-place'; readonly permission: string };

/** Where a question is asked; nothing means the platform. */
export interface Place {
  readonly organizationId?: string;
  readonly projectId?: string;
}

/** Says what must come out of a request that asks for these permissions, one after the other, in this place. */
export type Expect = (roles: readonly string[], place: Place, permissions: readonly string[]) => Expectation;

/**
 * Expectations out of the policy files alone. Casbin as it comes answers, with all rows and no memory, so that the engine that
 * serves requests is not its own witness.
 */
export function createExpect(contents: readonly PolicyContent[]): Expect {
  const stock = createStock(contents);
  const answers = new Map<string, ReturnType<Stock['decide']>>();
  const { states } = contents[0]!.vocabulary!;

  function ask(roles: readonly string[], domain: Domain, permission: string): ReturnType<Stock['decide']> {
    // No row of the files names one organization or project, so the level stands for the place.
    const key = [domain.level, permission, ...roles].join(' ');
    let answer = answers.get(key);
    if (answer === undefined) {
      const { resource, action } = splitPermission(permission);
      answer = stock.decide('user_who_asks', roles, domain, resource, action);
      answers.set(key, answer);
    }
    return answer;
  }

  return (roles, place, permissions) => {
    const domain = domainOf(place);
    const missing = permissions.find((permission) => !ask(roles, domain, permission).allowed);
    if (missing === undefined) return { answer: 'allowed' };
    // A state says itself what it is to those who could read the place but for it; what stands before it counts more.
    let told: string | undefined;
    let left = roles;
    let by = ask(roles, domain, missing).row?.[0];
    for (;;) {
      if (by !== undefined && by in states) {
        told = by;
        left = left.filter((role) => role !== told);
      }
      const read = domain.level === 'org' ? 'organization:read' : 'project:read';
      const reading = domain.level === 'platform' ? { allowed: true } : ask(left, domain, read);
      const { problem: code, status } = told === undefined ? { problem: 'permission-denied', status: 403 } : states[told]!;
      if (reading.allowed && status !== 404) return { answer: 'denied', permission: missing, code, status };
      by = 'row' in reading ? reading.row?.[0] : undefined;
      if (reading.allowed || by === undefined || !(by in states)) return { answer: 'unknown-place', permission: missing };
    }
  };
}
