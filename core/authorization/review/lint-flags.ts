import { blueprintFile } from '../policy/blueprint.ts';
import type { Finding } from '../policy/findings.ts';
import { flags, meansPermission } from '../policy/flags.ts';
import { permissionsOf, roleActions, roleObject } from '../policy/vocabulary.ts';
import type { LintedContent } from './lint.ts';

/** What has a flag is a permission, and of what is to be kept from lockout somebody could be left: the plan looks at organizations and the platform. */
export function lintFlags({ content: { vocabulary: own, blueprint }, vocabulary }: LintedContent): Finding[] {
  const given = own?.flags ?? blueprint?.flags;
  if (given === undefined) return [];
  const file = blueprint ? blueprintFile(blueprint) : 'permissions.yaml';
  // role:* means the roles of blueprints too, which the platform does not name.
  const ofRoles = Object.entries(roleActions).map(([action, levels]) => ({ resource: roleObject('*'), action, levels }));
  const all = [...permissionsOf(vocabulary), ...ofRoles];
  return flags.flatMap((flag) =>
    (given[flag] ?? []).flatMap((written, index): Finding[] => {
      const meant = all.filter((permission) => meansPermission(written, permission));
      const at = { rule: 'flag', level: 'error', file, path: ['flags', flag, index] } as const;
      if (meant.length === 0) return [{ ...at, message: `${written} is no permission, so nothing is ${flag} by it` }];
      if (flag === 'sensitive' || meant.some(({ levels }) => levels.some((level) => level !== 'project'))) return [];
      return [
        { ...at, message: `${written} is asked in projects alone: lockout is for what is asked in an organization or on the platform` },
      ];
    }),
  );
}
