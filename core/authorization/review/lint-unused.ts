import { blueprintFile, roleName } from '../policy/blueprint.ts';
import type { PolicyContent } from '../policy/content.ts';
import { levels } from '../policy/domain.ts';
import type { Finding } from '../policy/findings.ts';
import { settingObject } from '../policy/settings.ts';
import { roleObject } from '../policy/vocabulary.ts';
import type { LintedContent } from './lint.ts';
import { pairName } from './verdicts.ts';

/** Permissions that no role is given, and names that no row speaks of. */
export function lintUnused(linted: readonly LintedContent[]): Finding[] {
  return [...orphans(linted), ...idle(linted)];
}

function orphans(linted: readonly LintedContent[]): Finding[] {
  const granted = new Set(
    linted.flatMap(({ content }) => content.rows).flatMap(([, , obj, act, eft]) => (eft === 'allow' ? [`${obj}:${act}`] : [])),
  );
  const findings: Finding[] = [];
  const known = new Set<string>();
  for (const { content, engine } of linted) {
    for (const level of levels) {
      for (const { resource, action } of engine.permissions(level)) {
        const permission = pairName({ resource, action });
        // What the platform names is granted by blueprints, and each of them need not grant all of it.
        if (known.has(permission) || content.scope.startsWith('org_')) continue;
        known.add(permission);
        if (isGranted(granted, content, resource, action)) continue;
        const message = `${permission} is granted to no role`;
        findings.push({ rule: 'orphan-permission', level: 'warning', message, ...placeOf(content, resource, action) });
      }
    }
  }
  return findings;
}

/** Names that no row speaks of: a role that allows nothing, a scope that is good for nothing, a state that changes nothing. */
function idle(linted: readonly LintedContent[]): Finding[] {
  const subjects = new Set(linted.flatMap(({ content }) => content.rows.map(([subject]) => subject)));
  return linted.flatMap(({ content: { scope, vocabulary, blueprint } }) => {
    const report = (name: string, what: string, file: string, path: (string | number)[]): Finding[] => {
      if (subjects.has(name)) return [];
      return [{ rule: 'idle-name', level: 'warning', message: `no row speaks of the ${what} ${name}`, file, path }];
    };
    if (scope === 'platform')
      return [
        ...Object.keys(vocabulary?.roles ?? {}).flatMap((name) => report(name, 'role', 'permissions.yaml', ['roles', name])),
        ...Object.keys(vocabulary?.states ?? {}).flatMap((name) => report(name, 'state', 'permissions.yaml', ['states', name])),
      ];
    if (blueprint === undefined) return [];
    const file = blueprintFile(blueprint);
    return [
      ...blueprint.roles.flatMap((role, index) => report(roleName(blueprint, role.id), 'role', file, ['roles', index])),
      ...blueprint.scopes.flatMap(({ name }, index) => report(`scope/${name}`, 'scope', file, ['scopes', index])),
    ];
  });
}

function isGranted(granted: ReadonlySet<string>, { blueprint }: PolicyContent, resource: string, action: string): boolean {
  // A kind of organization need not have people who invite and assign nothing.
  const isInvite = action === 'invite' && blueprint?.roles.some(({ id }) => roleObject(id) === resource) === true;
  return isInvite || [resource, '*'].some((object) => [action, '*'].some((act) => granted.has(`${object}:${act}`)));
}

function placeOf({ blueprint }: PolicyContent, resource: string, action: string): Pick<Finding, 'file' | 'path'> {
  if (blueprint === undefined) return { file: 'permissions.yaml', path: ['resources', resource, 'actions', action] };
  const file = blueprintFile(blueprint);
  const role = blueprint.roles.findIndex(({ id }) => roleObject(id) === resource);
  if (role >= 0) return { file, path: ['roles', role] };
  const setting = blueprint.settings?.findIndex(({ key }) => settingObject(key) === resource) ?? -1;
  if (setting >= 0) return { file, path: ['settings', setting] };
  return { file, path: ['resourceTypes', blueprint.resourceTypes.findIndex(({ name }) => name === resource), 'actions', action] };
}
