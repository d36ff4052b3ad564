import { type Blueprint, roleName } from '../policy/blueprint.ts';
import type { Finding } from '../policy/findings.ts';
import type { LintedContent } from './lint.ts';
import { anyPlace } from './verdicts.ts';

/**
 * A role that support holds approves no support access: an operator who is let in would let in others, and no member is asked. Rows of an organization
 * are about its own roles, none of which is for support.
 */
export function lintSupport({ content: { blueprint }, engine }: Pick<LintedContent, 'content' | 'engine'>): Finding[] {
  if (blueprint === undefined) return [];
  return supportRoles(blueprint).flatMap((id): Finding[] => {
    const question = { roles: engine.roleSet([roleName(blueprint, id)]), domain: anyPlace('org') };
    const verdict = engine.decide({ ...question, resource: 'support', action: 'approve' });
    if (!verdict.allowed) return [];
    const { file, line } = verdict.source!;
    const message = `${id} is for operators who are let in, and may let in others: take support:approve from it`;
    return [{ rule: 'support-approval', level: 'error', message, file, line }];
  });
}

function supportRoles({ roles }: Blueprint): string[] {
  return roles.filter(({ holders, level }) => holders && level === 'org').map(({ id }) => id);
}
