import { createStock, type Stock } from '../../../core/authorization/engine/stock.ts';
import type { PolicyContent } from '../../../core/authorization/policy/content.ts';
import { type Domain, domainOf } from '../../../core/authorization/policy/domain.ts';
import { splitPermission } from '../../../core/authorization/policy/vocabulary.ts';

/** A permission, or several of which one is enough: they are asked in this order. */
export type Needed = string | readonly string[];

/** What the policy files say about a caller with these roles, and what they are asked on the way there. */
export type Expectation = { readonly asked: readonly string[] } & (
  | { readonly answer: 'allowed' }
  | { readonly answer: 'denied'; readonly permission: string; readonly code: string; readonly status: number }
  | { readonly answer: 'unknown-place'; readonly permission: string }
);

/** Where a question is asked; nothing means the platform. */
export interface Place {
  readonly organizationId?: string;
  readonly projectId?: string;
}

/** Says what must come out of a request that asks for these permissions, one after the other, in this place. */
export type Expect = (roles: readonly string[], place: Place, permissions: readonly Needed[]) => Expectation;

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
    const asked: string[] = [];
    const missing = permissions.find((needed) => {
      const alternatives = typeof needed === 'string' ? [needed] : needed;
      const enough = alternatives.findIndex((permission) => ask(roles, domain, permission).allowed);
      asked.push(...alternatives.slice(0, enough < 0 ? alternatives.length : enough + 1));
      return enough < 0;
    });
    if (missing === undefined) return { answer: 'allowed', asked };
    const permission = typeof missing === 'string' ? missing : missing[0]!;
    // A state says itself what it is to those who could read the place but for it; what stands before it counts more.
    let told: string | undefined;
    let left = roles;
    let by = ask(roles, domain, permission).row?.[0];
    for (;;) {
      if (by !== undefined && by in states) {
        told = by;
        left = left.filter((role) => role !== told);
      }
      const read = domain.level === 'org' ? 'organization:read' : 'project:read';
      const reading = domain.level === 'platform' ? { allowed: true } : ask(left, domain, read);
      const { problem: code, status } = told === undefined ? { problem: 'permission-denied', status: 403 } : states[told]!;
      if (reading.allowed && status !== 404) return { answer: 'denied', permission, code, status, asked };
      by = 'row' in reading ? reading.row?.[0] : undefined;
      if (reading.allowed || by === undefined || !(by in states)) return { answer: 'unknown-place', permission, asked };
    }
  };
}
