import { bounded } from '../authorization/policy-stores/condition-bounds.ts';
import { createFilters } from '../authorization/policy-stores/filter-make.ts';
import { roleGraphs } from '../authorization/policy-stores/roles.ts';
import type { StoreRow } from '../authorization/policy-stores/rows.ts';
import type { CompiledStore, StoreDecision, StoreEntity, StoreQuestion } from '../authorization/policy-stores/types.ts';
import { typeOfObject } from '../authorization/policy-stores/vocabulary.ts';
import type { PlanResources } from './plan-resources.ts';
import { changedLinks, changedRows, hasBroughtDomain, type Side } from './plan-sides.ts';

/** GAIN, LOSS: the answer changes where the question brings nothing. CONDITIONAL: it does not, and may where the question brings something. */
export type PlanKind = 'GAIN' | 'LOSS' | 'CONDITIONAL';

/** A question whose answer changes, or may. */
export interface PlanChange {
  readonly kind: PlanKind;
  readonly action: string;
  /** The number of the resource. */
  readonly resource: number;
  readonly before: StoreDecision;
  readonly after: StoreDecision;
  /** Whether the answers depend on what the question brings. */
  readonly isOpen: boolean;
  /** Of CONDITIONAL: the first of the changed rows that may decide. */
  readonly rows: readonly ChangedRow[];
}

/** A row of one of the two policies that the other one lacks, or that means other subjects there. */
export interface ChangedRow {
  readonly side: 'BEFORE' | 'AFTER';
  readonly line: number;
}

/** How many rows are named of a change that depends on the question. */
const mostNamed = 3;

/** What a plan compares, and what it may take. */
export interface Comparison {
  readonly before: Side;
  readonly after: Side;
  readonly resources: PlanResources;
  readonly resourceTypes: readonly string[];
  /** The actions that are asked about for a type. */
  actionsOf(type: string): readonly string[];
  /** Counts what is done. */
  spend(amount: number): void;
}

/** What a decided question costs, beside an entity that is looked at. */
const costOfCell = 10;

/** A changed row, of which it is only known on which side it stands. */
interface Suspect extends ChangedRow {
  readonly row: StoreRow;
  readonly types: readonly string[];
  readonly filter: CompiledStore['resourceFilter'];
}

/** The changes for one subject after the other. */
export type FindChanges = (subject: StoreEntity) => Iterable<PlanChange>;

/**
 * An answer can change only where a row has a say that the other side lacks: a row that is new or gone, or one whose subject is a role that this
 * subject has on one side alone. So only resources are asked about that the filter of such a row lets through, whatever the question brings.
 */
export function createChangeFinder(comparison: Comparison): FindChanges {
  const { before, after, resources } = comparison;
  const rows = changedRows(before, after);
  const suspects = new Map<StoreRow, Suspect>();
  const suspectOf = (row: StoreRow, side: Side): Suspect => {
    const known = suspects.get(row) ?? makeSuspect(row, side, comparison);
    suspects.set(row, known);
    return known;
  };
  const changed = [...rows.before.map((row) => suspectOf(row, before)), ...rows.after.map((row) => suspectOf(row, after))];
  const rolesOf = createRoleChanges(before, after);

  function suspectsFor(key: string): readonly Suspect[] {
    const { names, different } = rolesOf(key);
    const byRows = changed.filter(({ row }) => row.sub === '*' || names.has(row.sub));
    if (different.size === 0) return byRows;
    const byRoles = [before, after].flatMap((side) =>
      side.policy.rows.filter(({ sub }) => different.has(sub)).map((row) => suspectOf(row, side)),
    );
    return [...new Set([...byRows, ...byRoles])];
  }

  /** The numbers of the resources that are asked about, by action, with the first rows that they are asked for. */
  function askedFor(subject: StoreEntity): Map<string, Map<number, Suspect[]>> {
    const asked = new Map<string, Map<number, Suspect[]>>();
    const look = (suspect: Suspect, type: string, action: string): void => {
      const numbers = asked.get(action) ?? new Map<number, Suspect[]>();
      asked.set(action, numbers);
      for (const number of resources.find(type, suspect.filter(subject, { name: action, properties: {} }, {}, type), comparison.spend)) {
        const known = numbers.get(number);
        if (known === undefined) numbers.set(number, [suspect]);
        else if (known.length < mostNamed) known.push(suspect);
      }
    };
    for (const suspect of suspectsFor(`${subject.type}:${subject.id}`))
      for (const type of suspect.types) for (const action of actionsOfRow(suspect.row, type, comparison)) look(suspect, type, action);
    return asked;
  }

  return function* changesOf(subject) {
    for (const [action, numbers] of askedFor(subject))
      for (const [number, rows] of numbers) {
        comparison.spend(costOfCell);
        const question = { subject, action: { name: action, properties: {} }, resource: resources.all[number]!, context: {} };
        const change = compare(comparison, question);
        if (change)
          yield {
            ...change,
            action,
            resource: number,
            rows: change.kind === 'CONDITIONAL' ? rows.map(({ side, line }) => ({ side, line })) : [],
          };
      }
  };
}

const actionsOfRow = ({ act }: StoreRow, type: string, { actionsOf }: Comparison): readonly string[] =>
  act === '*' ? actionsOf(type) : [act];

function makeSuspect(row: StoreRow, side: Side, { before, resourceTypes }: Comparison): Suspect {
  const { policy } = side;
  const type = typeOfObject(row.obj);
  const wide: StoreRow = {
    ...{ ...row, sub: '*', effect: 'allow', condition: bounded(row.condition, true) },
    dom: hasBroughtDomain(policy) ? '*' : row.dom,
  };
  const { resourceFilter } = createFilters({ model: policy.model, rows: [wide], links: [] }, roleGraphs([]));
  const place = { side: side === before ? ('BEFORE' as const) : ('AFTER' as const), line: row.line };
  return { ...place, row, types: type === undefined ? resourceTypes : [type], filter: resourceFilter };
}

/** How both sides answer one question; nothing where that is the same whatever the question brings. */
export function compare(
  { before, after }: Pick<Comparison, 'before' | 'after'>,
  question: StoreQuestion,
): Pick<PlanChange, 'kind' | 'before' | 'after' | 'isOpen'> | undefined {
  const decided = { before: before.compiled.decide(question), after: after.compiled.decide(question) };
  const isOpen = [before, after].some(({ range }) => {
    const { least, most } = range?.(question) ?? { least: true, most: true };
    return least !== most;
  });
  const [was, is] = [decided.before.decision, decided.after.decision];
  if (was !== is) return { kind: is ? 'GAIN' : 'LOSS', ...decided, isOpen };
  return isOpen ? { kind: 'CONDITIONAL', ...decided, isOpen } : undefined;
}

interface RoleChange {
  /** Every name that rows of either side may mean the subject by, in some domain. */
  readonly names: ReadonlySet<string>;
  /** Those that it has on one side alone, in some domain. */
  readonly different: ReadonlySet<string>;
}

function createRoleChanges(before: Side, after: Side): (key: string) => RoleChange {
  const links = changedLinks(before, after);
  const areSame = links.before.length + links.after.length === 0 && before.policy.model.roles === after.policy.model.roles;
  const domains = [...new Set([...before.graphs.keys(), ...after.graphs.keys()])];
  return (key) => {
    const alone: ReadonlySet<string> = new Set([key]);
    const names = new Set(alone);
    const different = new Set<string>();
    const note = (held: ReadonlySet<string>, other: ReadonlySet<string>): void => {
      for (const name of held) {
        names.add(name);
        if (!areSame && !other.has(name)) different.add(name);
      }
    };
    for (const domain of domains) {
      const was = before.graphs.get(domain)?.namesOf(key) ?? alone;
      const is = after.graphs.get(domain)?.namesOf(key) ?? alone;
      note(was, is);
      note(is, was);
    }
    return { names, different };
  };
}
