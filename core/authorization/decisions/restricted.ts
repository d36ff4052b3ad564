import { type Db, prepared } from '../../database/database.ts';
import { resourceDisabled } from '../policy/states.ts';
import type { Snapshot } from './snapshot.ts';

/** What is switched off in a domain: types, and types with the id of one resource, `model gpt-x`; each with the restrictions (uuid) that say so, oldest first. */
export type Restricted = ReadonlyMap<string, readonly string[]>;

/** What is switched off for decisions about every resource of a type alone. */
const everything = '*';

/** The actions that are asked about a type as a whole, so that a restriction of one resource does not take them away: the list still shows what is off. */
const ofWholeType: ReadonlySet<string> = new Set(['create', 'list']);

/** Whether an action is asked about one resource. */
export function isAboutOne(action: string): boolean {
  return !ofWholeType.has(action);
}

/**
 * The types and resources that are switched off in a place, out of restrictions `r`, each behind the id of the restriction, as toRestricted reads them:
 * `$2` is the organization, `$3` the project.
 */
export const restrictedSql = `array(select r.id || ' ' || r.resource_type || coalesce(' ' || r.resource_id, '') from restrictions r
    where r.org_id = $2 and r.lifted_at is null and (r.project_ids is null or ($3 = any (r.project_ids)) <> r.is_exception) order by r.id)`;

/** What restrictedSql has found. */
export function toRestricted(found: readonly string[]): Restricted {
  const restricted = new Map<string, string[]>();
  for (const text of found) {
    const end = text.indexOf(' ');
    const name = text.slice(end + 1);
    restricted.set(name, [...(restricted.get(name) ?? []), text.slice(0, end)]);
  }
  return restricted;
}

/** What is switched off in a project; both are uuids. */
export async function readRestricted(db: Db, organization: string, project: string): Promise<Restricted> {
  const sql = `select ${restrictedSql} as restricted from organizations o where o.id = $1 and o.restricted`;
  const [row] = await prepared<{ restricted: string[] }>(db, 'restricted-in-project', sql, [organization, organization, project]);
  return toRestricted(row?.restricted ?? []);
}

// By the frozen role set that they add the state to, so that the longer one is looked up once as well.
const longer = new WeakMap<readonly string[], readonly string[]>();

/** Whether an id names one resource, and not all of the type. */
export function isOne(id: string | undefined): id is string {
  return id !== undefined && id !== everything;
}

/** Whether the resource is switched off; without an id, or with `*`, whether its whole type is. */
export function isRestricted(restricted: Restricted, type: string, id: string | undefined): boolean {
  return restricted.has(type) || (isOne(id) && restricted.has(`${type} ${id}`));
}

/** The restrictions (uuid) that switch it off, oldest first. */
export function restrictionsOf(restricted: Restricted, type: string, id: string | undefined): readonly string[] {
  const ofOne = isOne(id) ? (restricted.get(`${type} ${id}`) ?? []) : [];
  return [...(restricted.get(type) ?? []), ...ofOne].sort();
}

/**
 * The snapshot as it counts for a question about a type, or about one resource of it: with the state in its role set where that is switched off, so
 * that rows say what it means and the decision explains itself. Where an organization has nothing switched off it is the same snapshot.
 */
export function onResource<S extends Pick<Snapshot, 'roles' | 'restricted'>>(snapshot: S, type: string, id: string | undefined): S {
  const { restricted, roles } = snapshot;
  if (restricted === undefined || roles.length === 0 || !isRestricted(restricted, type, id)) return snapshot;
  return { ...snapshot, roles: withState(roles) };
}

function withState(roles: readonly string[]): readonly string[] {
  if (roles.includes(resourceDisabled)) return roles;
  let found = longer.get(roles);
  if (found === undefined) {
    found = Object.freeze([...roles, resourceDisabled]);
    longer.set(roles, found);
  }
  return found;
}
