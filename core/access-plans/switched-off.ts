import type { Restricted } from '../authorization/decisions/restricted.ts';

/** A type, or one resource of it, that an organization has switched off: everywhere, in these projects (by uuid), or in all but these. */
export interface SwitchedOff {
  readonly type: string;
  readonly id: string | null;
  readonly projects: readonly string[] | null;
  readonly isException: boolean;
}

/** What an organization has switched off, as a column of `organizations o`. */
export const switchedOffSql = `case when o.restricted then (
    select jsonb_agg(jsonb_build_object('type', r.resource_type, 'id', r.resource_id, 'projects', r.project_ids, 'isException', r.is_exception) order by r.id)
    from restrictions r where r.org_id = o.id and r.lifted_at is null) end`;

interface Facts {
  readonly projects: readonly string[];
  readonly switchedOff: readonly SwitchedOff[];
}

export const nothingOff: Restricted = new Map();

/** What is switched off in a place, in the words of snapshots; null is the organization itself. The truth is restrictedSql of core/authorization/decisions/restricted.ts. */
export function offIn({ switchedOff }: Pick<Facts, 'switchedOff'>, project: string | null): Restricted {
  const here = switchedOff.filter(
    ({ projects, isException }) => projects === null || (project !== null && projects.includes(project) !== isException),
  );
  return here.length === 0 ? nothingOff : new Map(here.map(({ type, id }) => [id === null ? type : `${type} ${id}`, []]));
}

/** As offIn, for many subjects: each place is looked at once. */
export function offInPlaces(facts: Pick<Facts, 'switchedOff'> | undefined): (project: string | null) => Restricted {
  if (!facts || facts.switchedOff.length === 0) return () => nothingOff;
  const known = new Map<string | null, Restricted>();
  return (project) => {
    const found = known.get(project) ?? offIn(facts, project);
    known.set(project, found);
    return found;
  };
}

/** As offInPlaces, of the names alone. */
export function namesOffInPlaces(facts: Pick<Facts, 'switchedOff'> | undefined): (project: string | null) => ReadonlySet<string> {
  const offIn = offInPlaces(facts);
  const known = new Map<Restricted, ReadonlySet<string>>();
  return (project) => {
    const off = offIn(project);
    const found = known.get(off) ?? new Set(off.keys());
    known.set(off, found);
    return found;
  };
}

/** What of it is about all resources of one of these types: a plan of a policy is about permissions, and no permission is about one resource. */
export function typesOff({ switchedOff }: Pick<Facts, 'switchedOff'>, types: ReadonlySet<string>): SwitchedOff[] {
  return switchedOff.filter(({ type, id }) => id === null && types.has(type));
}

/** Active projects where something else is switched off than in a project that nothing names, before or after. */
export function unlikeOthers(sides: readonly (Facts | undefined)[]): string[] {
  const there = sides.filter((facts) => facts !== undefined);
  const named = new Set(there.flatMap(({ switchedOff }) => switchedOff.flatMap(({ projects }) => projects ?? [])));
  const active = new Set(there.flatMap(({ projects }) => projects));
  const saidOf = (project: string): string => there.map((facts) => [...offIn(facts, project).keys()].sort().join('\n')).join('\n\n');
  const usual = saidOf('');
  return [...named].filter((project) => active.has(project) && saidOf(project) !== usual);
}

/** The resources of a type that are switched off alone in one of these places. */
export function idsOff(places: readonly Restricted[], type: string): string[] {
  const ids = places.flatMap((off) => [...off.keys()].flatMap((name) => (name.startsWith(`${type} `) ? name.slice(type.length + 1) : [])));
  return [...new Set(ids)].sort();
}
