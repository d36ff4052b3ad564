import type { Operand } from '../authorization/policy-stores/condition.ts';
import { bounded, keysOf } from '../authorization/policy-stores/condition-bounds.ts';
import type { Sought } from '../authorization/policy-stores/condition-partial.ts';
import { anyOf, filterOf, type Partial, sizeOf } from '../authorization/policy-stores/filter.ts';
import { createFilters } from '../authorization/policy-stores/filter-make.ts';
import { roleGraphs } from '../authorization/policy-stores/roles.ts';
import type { StorePolicy, StoreRow } from '../authorization/policy-stores/rows.ts';
import type { StoreFilter, Where } from '../authorization/policy-stores/types.ts';
import { groupedBy } from '../base/grouped.ts';
import { changedLinks, changedRows, type Side } from './plan-sides.ts';
import { type PlanNames, typeOfKey } from './plan-vocabulary.ts';

/** Of one type: the entities of which a row that changed may speak, as a subject or as a resource. */
export interface ReachedType {
  readonly type: string;
  readonly ids: readonly string[];
  /** Those besides: all, or those that are so. */
  readonly besides: 'all' | Where | undefined;
}

/** The entities of a store that a change of its policy can reach. No answer changes for a question about two others, whatever the question brings. */
export interface PlanReach {
  /** What the policies name, as JSON: a list of type and id. Whether it is stored has to be known of each. */
  readonly named: string;
  readonly types: readonly ReachedType[];
  /** The keys of the properties that conditions look at; nothing else of an entity matters. */
  readonly keys: readonly string[];
}

/** A condition with more parts is not asked of the database: then all entities of the type are looked at. */
const mostParts = 50;

/** What a change reaches: its rows, with all that is not known of subject, resource and question taken for what makes them true. */
export function reachOf(before: Side, after: Side, names: PlanNames): PlanReach {
  const rows = changedRows(before, after);
  const roles = changedRoles(before, after);
  const given = (side: Side): readonly StoreRow[] => side.policy.rows.filter(({ sub }) => roles === 'all' || roles.has(sub));
  const sides = [
    { policy: before.policy, changed: rows.before, suspects: [...new Set([...rows.before, ...given(before)])] },
    { policy: after.policy, changed: rows.after, suspects: [...new Set([...rows.after, ...given(after)])] },
  ];
  const asSubject = finder(
    'sub',
    sides.map(({ policy, changed }) => ({ policy, rows: changed.filter(({ sub }) => sub === '*') })),
  );
  const asResource = finder(
    'res',
    sides.map(({ policy, suspects }) => ({ policy, rows: suspects })),
  );
  const types = [...new Set([...names.subjectTypes, ...names.resourceTypes])].map((type) =>
    reachedOf(
      type,
      anyOf([names.subjectTypes.includes(type) ? asSubject(type) : false, names.resourceTypes.includes(type) ? asResource(type) : false]),
    ),
  );
  const named = names.keys.map((key) => [typeOfKey(key), key.slice(typeOfKey(key).length + 1)]);
  return { named: JSON.stringify(named), types, keys: keysOfSides([before.policy, after.policy]) };
}

interface Rows {
  readonly policy: StorePolicy;
  readonly rows: readonly StoreRow[];
}

/** What the rows of both sides come to for one entity of a type, when nothing of the other one is known. */
function finder(sought: Sought, sides: readonly Rows[]): (type: string) => Partial {
  const filters = sides.map(({ policy: { model }, rows }) => {
    const wide = rows.map((row) => wideRow(row, sought, model));
    return createFilters({ model, rows: wide, links: [] }, roleGraphs([]));
  });
  const some = { type: 'any', id: '', properties: {} };
  const action = { name: 'any', properties: {} };
  return (type) =>
    anyOf(
      filters.map((each) =>
        partialOf(sought === 'sub' ? each.subjectFilter(some, action, {}, type) : each.resourceFilter(some, action, {}, type)),
      ),
    );
}

function wideRow(row: StoreRow, sought: Sought, { domain }: StorePolicy['model']): StoreRow {
  const isUnknown = (operand: Operand): boolean => operand.kind !== 'value' && operand.root !== sought;
  return {
    ...{ ...row, sub: '*', act: '*', effect: 'allow', condition: bounded(row.condition, true, isUnknown) },
    ...{ obj: sought === 'res' ? row.obj : '*', dom: domain?.root === sought ? row.dom : '*' },
  };
}

function partialOf(filter: StoreFilter): Partial {
  if (filter.kind === 'where') return filter.where;
  return filter.kind === 'enumerate' ? 'unsaid' : filter.kind === 'all';
}

/** Ids are looked up by key, and only what is left is asked of properties. */
function reachedOf(type: string, partial: Partial): ReachedType {
  const filter = filterOf(partial);
  if (filter.kind === 'none') return { type, ids: [], besides: undefined };
  if (filter.kind !== 'where') return { type, ids: [], besides: 'all' };
  const parts = 'any' in filter.where ? filter.where.any : [filter.where];
  const ids = parts.flatMap((part) => ('id' in part && part.id === '==' ? [part.value] : []));
  const others = parts.filter((part) => !('id' in part && part.id === '=='));
  if (others.length === 0) return { type, ids, besides: undefined };
  const where = others.length === 1 ? others[0]! : { any: others };
  return { type, ids, besides: sizeOf(where).nodes > mostParts ? 'all' : where };
}

/** The roles that a subject may have on one side alone: those of links that changed, and the roles that these roles have. */
function changedRoles(before: Side, after: Side): ReadonlySet<string> | 'all' {
  if (before.policy.model.roles !== after.policy.model.roles) return 'all';
  const links = changedLinks(before, after);
  const roles = new Set([...links.before, ...links.after].map(({ role }) => role));
  const byMember = groupedBy([...before.policy.links, ...after.policy.links], ({ member }) => member);
  // What is added while the set is gone through is gone through too.
  for (const name of roles) for (const { role } of byMember.get(name) ?? []) roles.add(role);
  return roles;
}

function keysOfSides(policies: readonly StorePolicy[]): string[] {
  const conditions = new Set(policies.flatMap(({ rows }) => rows.map(({ condition }) => condition)));
  const keys = new Set<string>();
  for (const condition of conditions) for (const key of keysOf(condition)) keys.add(key);
  for (const { model } of policies) if (model.domain?.kind === 'property') keys.add(model.domain.keys[0]!);
  return [...keys].sort();
}
