import { createStock } from '../../../core/authorization/engine/stock.ts';
import type { PolicyContent } from '../../../core/authorization/policy/content.ts';
import { type Domain, domainOf } from '../../../core/authorization/policy/domain.ts';
import { splitPermission } from '../../../core/authorization/policy/vocabulary.ts';

/** What the policy files say about a caller with these roles. */
export type Expectation = { readonly answer: 'allowed' } | { readonly answer: 'denied' | 'unknown-place'; readonly permission: string };

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
  const answers = new Map<string, boolean>();

  function allows(roles: readonly string[], domain: Domain, permission: string): boolean {
    // No row of the files names one organization or project, so the level stands for the place.
    const key = [domain.level, permission, ...roles].join(' ');
    let answer = answers.get(key);
    if (answer === undefined) {
      const { resource, action } = splitPermission(permission);
      answer = stock.decide('user_who_asks', roles, domain, resource, action).allowed;
      answers.set(key, answer);
    }
    return answer;
  }

  return (roles, place, permissions) => {
    const domain = domainOf(place);
    const missing = permissions.find((permission) => !allows(roles, domain, permission));
    if (missing === undefined) return { answer: 'allowed' };
    const known = domain.level === 'platform' || allows(roles, domain, domain.level === 'org' ? 'organization:read' : 'project:read');
    return { answer: known ? 'denied' : 'unknown-place', permission: missing };
  };
}
