import { compileRows } from '../authorization/policy-stores/compile.ts';
import { printCondition } from '../authorization/policy-stores/condition.ts';
import { asksQuestion, bounded } from '../authorization/policy-stores/condition-bounds.ts';
import { rowText } from '../authorization/policy-stores/explain.ts';
import { type RoleGraph, roleGraphs } from '../authorization/policy-stores/roles.ts';
import { isRole, type RoleLink, type StorePolicy, type StoreRow } from '../authorization/policy-stores/rows.ts';
import { readStorePolicy } from '../authorization/policy-stores/store.ts';
import type { CompiledStore, StoreContents, StoreQuestion } from '../authorization/policy-stores/types.ts';
import { canonical } from '../base/canonical.ts';

/** One of the two policies that a plan compares. */
export interface Side {
  /** Absent where nothing is in force: then everything is denied. */
  readonly contents?: StoreContents;
  readonly policy: StorePolicy;
  readonly compiled: CompiledStore;
  readonly graphs: ReadonlyMap<string, RoleGraph>;
  /** What the question may bring: whether an answer is the same whatever that is. Absent where no row looks at it. */
  readonly range?: (question: StoreQuestion) => { readonly least: boolean; readonly most: boolean };
  /** The text of a line of policy.csv; of a long one its beginning. */
  textAt(line: number): string;
}

/** A policy made ready to be compared. Without contents it has the model of the other side, and no rows. Throws PolicyError. */
export function sideOf(contents: StoreContents | undefined, other: StoreContents): Side {
  const policy = contents === undefined ? { ...readStorePolicy(other), rows: [], links: [] } : readStorePolicy(contents);
  const lines = contents?.policy.split('\n') ?? [];
  const range = rangeOf(policy);
  return {
    ...(contents !== undefined && { contents }),
    policy,
    compiled: compileRows(policy),
    graphs: roleGraphs(policy.links),
    ...(range && { range }),
    textAt: (line) => rowText(lines, line),
  };
}

/** What a row means, in one spelling. */
export function meaningOf({ sub, dom, obj, act, condition, effect }: StoreRow): string {
  return JSON.stringify([sub, dom, obj, act, printCondition(condition), effect]);
}

/** The rows of each side that the other one does not have. Where models differ, all of them: the same text may mean something else. */
export function changedRows(before: Side, after: Side): { before: readonly StoreRow[]; after: readonly StoreRow[] } {
  const modelOf = ({ policy: { model } }: Side): string => canonical({ ...model, fields: [] });
  if (modelOf(before) !== modelOf(after)) return { before: before.policy.rows, after: after.policy.rows };
  const lacking = (rows: readonly StoreRow[], others: readonly StoreRow[]): readonly StoreRow[] => {
    const known = new Set(others.map(meaningOf));
    return rows.filter((row) => !known.has(meaningOf(row)));
  };
  return { before: lacking(before.policy.rows, after.policy.rows), after: lacking(after.policy.rows, before.policy.rows) };
}

/** The links of roles of each side that the other one does not have. */
export function changedLinks(before: Side, after: Side): { before: readonly RoleLink[]; after: readonly RoleLink[] } {
  const keyOf = ({ member, role, domain }: RoleLink): string => JSON.stringify([member, role, domain]);
  const lacking = (links: readonly RoleLink[], others: readonly RoleLink[]): readonly RoleLink[] => {
    const known = new Set(others.map(keyOf));
    return links.filter((link) => !known.has(keyOf(link)));
  };
  return { before: lacking(before.policy.links, after.policy.links), after: lacking(after.policy.links, before.policy.links) };
}

/** Whether the question says in which domain it is asked. */
export const hasBroughtDomain = ({ model }: StorePolicy): boolean => model.domain?.root === 'ctx';

/** Four policies without what questions bring: which rows may hold and which must, those that allow and those that deny. */
function rangeOf(policy: StorePolicy): Side['range'] {
  const isOpen = hasBroughtDomain(policy) || policy.rows.some(({ condition }) => asksQuestion(condition));
  if (!isOpen) return undefined;
  const holds = (effect: StoreRow['effect'], most: boolean) => {
    const { decide } = compileRows(boundedPolicy(policy, effect, most));
    return (question: StoreQuestion): boolean => decide(question).decision;
  };
  const [mayAllow, mustAllow] = [holds('allow', true), holds('allow', false)];
  const [mayDeny, mustDeny] = [holds('deny', true), holds('deny', false)];
  return (question) => ({
    most: mayAllow(question) && !mustDeny(question),
    least: mustAllow(question) && !mayDeny(question),
  });
}

function boundedPolicy(policy: StorePolicy, effect: StoreRow['effect'], most: boolean): StorePolicy {
  const rows = policy.rows
    .filter((row) => row.effect === effect)
    .map((row): StoreRow => ({ ...row, effect: 'allow', condition: bounded(row.condition, most) }));
  if (!hasBroughtDomain(policy)) return { ...policy, rows };
  const { domain: _, ...model } = policy.model;
  const isInDomain = model.roles === 'in-domain';
  const links = isInDomain ? (most ? linksOfAllDomains(policy) : []) : policy.links;
  return {
    model: { ...model, roles: isInDomain ? 'everywhere' : model.roles },
    rows: most ? rows.map((row) => ({ ...row, dom: '*' })) : rows.filter(({ dom }) => dom === '*'),
    links,
  };
}

/** Each subject with every role that it has in some domain, in one step: together the domains could go in a circle. */
function linksOfAllDomains({ links }: StorePolicy): RoleLink[] {
  const found = new Map<string, RoleLink>();
  const members = new Set(links.map(({ member }) => member).filter((member) => !isRole(member)));
  for (const graph of roleGraphs(links).values())
    for (const member of members)
      for (const role of graph.namesOf(member))
        if (role !== member) found.set(JSON.stringify([member, role]), { line: 1, member, role, domain: '' });
  return [...found.values()];
}
