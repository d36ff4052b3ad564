import type { Finding } from '../policy/findings.ts';
import { storeLimits } from './limits.ts';
import { isRole, type RoleLink, type StoreRow } from './rows.ts';

/** The type that an object of a row is about; undefined for `*`. */
export function typeOfObject(obj: string): string | undefined {
  return obj === '*' ? undefined : obj.slice(0, obj.indexOf(':'));
}

/** The actions that rows name for resources of a type, those of all types included, sorted. */
export function actionsOf(rows: readonly StoreRow[], type: string): string[] {
  const reaching = rows.filter(({ obj }) => obj === '*' || typeOfObject(obj) === type);
  // A subject that may do every action may do those that other rows name.
  const named = reaching.some(({ act, effect }) => act === '*' && effect === 'allow') ? rows : reaching;
  return [...new Set(named.map(({ act }) => act))].filter((act) => act !== '*').sort();
}

/** Whether the rows name more than is accepted, and roles that one kind of row has and the other has not. */
export function lintVocabulary(
  rows: readonly StoreRow[],
  links: readonly RoleLink[],
  report: (finding: Finding) => void,
  file = 'policy.csv',
): void {
  const error = (message: string, line: number) => report({ rule: 'too-many-rows', level: 'error', message, file, line });
  const types = new Set<string>();
  const actions = new Set<string>();
  for (const { obj, act, line } of rows) {
    types.add(typeOfObject(obj) ?? '*');
    actions.add(act);
    const isBeyond = types.size > storeLimits.resourceTypes || actions.size > storeLimits.actions;
    if (!isBeyond) continue;
    error(`the rows name more than ${storeLimits.resourceTypes} types of resources or ${storeLimits.actions} actions`, line);
    return;
  }
  lintIdleRoles(rows, links, (message, line) => report({ rule: 'idle-name', level: 'warning', message, file, line }));
}

/** A role that no subject has, or that gives nothing, is most often a spelling mistake. It makes no harm, so it is a warning. */
function lintIdleRoles(rows: readonly StoreRow[], links: readonly RoleLink[], warn: (message: string, line: number) => void): void {
  const given = new Map(links.map(({ role, line }) => [role, line]));
  const meant = new Set([...rows.map(({ sub }) => sub), ...links.map(({ member }) => member)]);
  const said = new Set<string>();
  for (const { sub, line } of rows) {
    if (!isRole(sub) || given.has(sub) || said.has(sub)) continue;
    said.add(sub);
    warn(`no line with g gives ${sub} to a member`, line);
  }
  for (const [role, line] of given) if (!meant.has(role)) warn(`no row says what ${role} may do`, line);
}
