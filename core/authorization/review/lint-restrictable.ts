import { blueprintFile } from '../policy/blueprint.ts';
import type { Finding } from '../policy/findings.ts';
import { resourceDisabled as state } from '../policy/states.ts';
import type { LintedContent } from './lint.ts';

/** What an organization may switch off is denied by a row then: a restriction that no row speaks of would look as if it did something. */
export function lintRestrictable({ content: { blueprint, rows } }: Pick<LintedContent, 'content'>): Finding[] {
  if (!blueprint) return [];
  const denied = new Set(rows.flatMap(([subject, , object, , effect]) => (subject === state && effect === 'deny' ? [object] : [])));
  return blueprint.resourceTypes.flatMap(({ name, restrictable }, index): Finding[] => {
    if (!restrictable || denied.has(name) || denied.has('*')) return [];
    const message = `${name} can be switched off, and nothing is denied then; add a row such as: p, ${state}, project, ${name}, *, deny`;
    return [
      { rule: 'restrictable', level: 'error', message, file: blueprintFile(blueprint), path: ['resourceTypes', index, 'restrictable'] },
    ];
  });
}
