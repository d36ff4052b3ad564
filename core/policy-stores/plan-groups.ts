import type { StoreDecision, StoreEntity } from '../authorization/policy-stores/types.ts';
import type { ChangedRow, PlanChange, PlanKind } from './plan-changes.ts';
import type { Side } from './plan-sides.ts';

/** What a policy answers, and the row that decides. */
export interface PlanAnswer {
  readonly decision: boolean;
  readonly line?: number;
  readonly row?: string;
}

/** Changes of one kind by the same rows. */
export interface PlanGroup {
  readonly kind: PlanKind;
  readonly subjectType: string;
  readonly action: string;
  readonly resourceType: string;
  readonly count: number;
  /** How many of them depend on what the question brings. */
  readonly conditional: number;
  readonly subjects: number;
  readonly resources: number;
  readonly before: PlanAnswer;
  readonly after: PlanAnswer;
  /** Of CONDITIONAL: the first of the changed rows that may decide, as what a question brings says. */
  readonly rows?: readonly PlanRow[];
}

/** A row of policy.csv before or after the change. */
export interface PlanRow extends ChangedRow {
  readonly row: string;
}

/** One question whose answer changes. */
export interface PlanCell {
  readonly kind: PlanKind;
  readonly subject: { readonly type: string; readonly id: string };
  readonly action: string;
  readonly resource: { readonly type: string; readonly id: string };
  readonly before: PlanAnswer;
  readonly after: PlanAnswer;
}

interface Counted {
  readonly first: Omit<PlanGroup, 'count' | 'conditional' | 'subjects' | 'resources'>;
  count: number;
  conditional: number;
  readonly subjects: Set<StoreEntity>;
  readonly resources: Set<number>;
}

/** How many groups of each kind are kept, so that many of one hide none of another, and how many cells; what is beyond them is in the sums. */
const most = { groups: { LOSS: 200, GAIN: 200, CONDITIONAL: 100 }, cells: 1_000 };
const order: readonly PlanKind[] = ['LOSS', 'GAIN', 'CONDITIONAL'];

export interface PlanGroups {
  add(subject: StoreEntity, change: PlanChange): void;
  result(): {
    summary: { gains: number; losses: number; conditional: number; subjects: number; resources: number };
    groups: PlanGroup[];
    cells: PlanCell[];
    /** How many of each there are besides. */
    omitted: { groups: number; cells: number };
  };
}

/** Puts changes together by who, what and which rows decide. */
export function createPlanGroups(before: Side, after: Side, resources: readonly StoreEntity[]): PlanGroups {
  const groups = new Map<string, Counted>();
  const cells: PlanCell[] = [];
  const sums = { GAIN: 0, LOSS: 0, CONDITIONAL: 0 };
  const hit = { subjects: new Set<StoreEntity>(), resources: new Set<number>() };
  return {
    add(subject, { kind, action, resource, isOpen, rows, ...decided }) {
      const { type: resourceType, id } = resources[resource]!;
      const key = JSON.stringify([kind, subject.type, action, resourceType, decided.before.rules, decided.after.rules, rows]);
      let group = groups.get(key);
      if (!group) {
        const answers = { before: answerOf(before, decided.before), after: answerOf(after, decided.after) };
        const named = rows.map((row): PlanRow => ({ ...row, row: (row.side === 'BEFORE' ? before : after).textAt(row.line) }));
        const first = { kind, subjectType: subject.type, action, resourceType, ...answers, ...(named.length > 0 && { rows: named }) };
        group = { first, count: 0, conditional: 0, subjects: new Set(), resources: new Set() };
        groups.set(key, group);
      }
      group.count += 1;
      group.conditional += isOpen ? 1 : 0;
      group.subjects.add(subject);
      group.resources.add(resource);
      sums[kind] += 1;
      if (kind === 'CONDITIONAL') return;
      hit.subjects.add(subject);
      hit.resources.add(resource);
      if (cells.length === most.cells) return;
      cells.push({
        ...{ kind, subject: { type: subject.type, id: subject.id }, action, resource: { type: resourceType, id } },
        ...{ before: group.first.before, after: group.first.after },
      });
    },
    result() {
      const all = [...groups.entries()]
        .map(([key, { first, subjects, resources: found, ...counts }]) => ({
          key,
          group: { ...first, ...counts, subjects: subjects.size, resources: found.size },
        }))
        .sort((a, b) => rank(a.group) - rank(b.group) || b.group.count - a.group.count || (a.key < b.key ? -1 : 1))
        .map(({ group }) => group);
      const kept = order.flatMap((kind) => all.filter((group) => group.kind === kind).slice(0, most.groups[kind]));
      return {
        summary: {
          ...{ gains: sums.GAIN, losses: sums.LOSS, conditional: sums.CONDITIONAL },
          ...{ subjects: hit.subjects.size, resources: hit.resources.size },
        },
        groups: kept,
        cells,
        omitted: { groups: all.length - kept.length, cells: sums.GAIN + sums.LOSS - cells.length },
      };
    },
  };
}

const rank = ({ kind }: PlanGroup): number => order.indexOf(kind);

/** An answer with the text of the row that gives it. */
export function answerOf(side: Side, { decision, rules: [line] }: StoreDecision): PlanAnswer {
  return { decision, ...(line !== undefined && { line, row: side.textAt(line) }) };
}
