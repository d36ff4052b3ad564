import { blueprintFile } from '../policy/blueprint.ts';
import type { Finding } from '../policy/findings.ts';
import { settingObject } from '../policy/settings.ts';
import { roleObject } from '../policy/vocabulary.ts';
import type { LintedContent } from './lint.ts';

const state = 'state/mfa-missing';

/**
 * A kind of organization that may require a second factor denies what is its own to those who lack one: its resource types, roles and settings. A deny
 * has no exceptions, so the platform names its resources one by one, and knows nothing of these.
 */
export function lintMfa({ content: { blueprint, rows } }: Pick<LintedContent, 'content'>): Finding[] {
  if (!blueprint?.mfa?.choices.includes('required')) return [];
  const denied = new Set(
    rows.flatMap(([subject, dom, object, action, effect]) =>
      subject === state && dom === '*' && action === '*' && effect === 'deny' ? [object] : [],
    ),
  );
  const own = [
    ...blueprint.resourceTypes.map(({ name }) => name),
    ...blueprint.roles.map(({ id }) => roleObject(id)),
    ...(blueprint.settings ?? []).map(({ key }) => settingObject(key)),
  ];
  return own
    .filter((object) => !denied.has(object))
    .map((object) => ({
      rule: 'mfa',
      level: 'error',
      message: `a second factor can be required, and ${object} is open to those who lack one; add the row: p, ${state}, *, ${object}, *, deny`,
      file: blueprintFile(blueprint),
      path: ['mfa'],
    }));
}
