import { blueprintFile } from '../policy/blueprint.ts';
import { levels } from '../policy/domain.ts';
import type { Finding } from '../policy/findings.ts';
import { permissionsOf, splitPermission } from '../policy/vocabulary.ts';
import type { LintedContent } from './lint.ts';
import { anyPlace, pairName } from './verdicts.ts';

/** What is kept apart are two permissions that can be asked at one level. */
export function lintSeparation({ content: { vocabulary: own, blueprint }, vocabulary }: LintedContent): Finding[] {
  const file = blueprint ? blueprintFile(blueprint) : 'permissions.yaml';
  const known = new Map(permissionsOf(vocabulary).map((permission) => [pairName(permission), permission]));
  return (own?.separation ?? blueprint?.separation ?? []).flatMap(({ permissions }, index): Finding[] => {
    const at = { rule: 'separation', level: 'error', file, path: ['separation', index, 'permissions'] } as const;
    const unknown = permissions.filter((permission) => !known.has(permission));
    if (unknown.length > 0)
      return unknown.map((permission) => ({ ...at, message: `${permission} is no permission, so nothing is kept apart by it` }));
    const [one, other] = permissions.map((permission) => known.get(permission)!.levels);
    if (one!.some((level) => other!.includes(level))) return [];
    return [{ ...at, message: `${permissions.join(' and ')} are never asked in the same place, so no subject can have both there` }];
  });
}

/** A role that has both is a breach for each of its holders. */
export function lintSeparated({ content, content: { blueprint, vocabulary: own }, engine }: LintedContent): Finding[] {
  const pairs = own?.separation ?? blueprint?.separation ?? [];
  const roles = [...new Set(content.rows.flatMap(([subject]) => (subject.startsWith('state/') ? [] : subject)))];
  return pairs.flatMap(({ permissions, rail }, index) =>
    roles.flatMap((role): Finding[] => {
      const hasBoth = levels.some((level) =>
        permissions.every((permission) => {
          const pair = splitPermission(permission);
          return engine.decide({ roles: engine.roleSet([role]), domain: anyPlace(level), ...pair }).allowed;
        }),
      );
      if (!hasBoth) return [];
      const file = blueprint ? blueprintFile(blueprint) : 'permissions.yaml';
      const message = `${role} has both ${permissions.join(' and ')}, which are to be kept apart`;
      return [{ rule: 'separation', level: rail === 'block' ? 'error' : 'warning', message, file, path: ['separation', index] }];
    }),
  );
}
