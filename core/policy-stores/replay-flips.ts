import { toId } from '../base/ids.ts';
import type { PlanAnswer } from './plan-groups.ts';

/** Decisions of one kind, by the same rows before and after, that come out the other way. */
export interface StoreFlip {
  /** LOSS: was allowed, and is denied. GAIN: was denied, and is allowed. */
  readonly kind: 'LOSS' | 'GAIN';
  readonly subjectType: string;
  readonly action: string;
  readonly resourceType: string;
  readonly before: PlanAnswer & { readonly revision: number };
  readonly after: PlanAnswer;
  /** What is in force now decides so already. */
  readonly alreadyInForce: boolean;
  readonly decisions: number;
  /** How many distinct ones. */
  readonly subjects: number;
  readonly resources: number;
  readonly lastUsedAt: string;
  /** The newest, of distinct subjects and resources. */
  readonly examples: readonly FlipExample[];
}

/** One of the decisions. */
export interface FlipExample {
  readonly decisionId: string;
  readonly subjectId: string;
  readonly resourceId: string;
  readonly at: string;
}

/** Decisions by what becomes of them. */
export interface StoreFlipTotals {
  readonly losses: number;
  readonly gains: number;
  /** How many of both what is in force now has changed already. */
  readonly alreadyInForce: number;
  readonly groups: number;
}

/** A decision that comes out the other way. */
export interface FlippedDecision
  extends Pick<StoreFlip, 'subjectType' | 'action' | 'resourceType' | 'before' | 'after' | 'alreadyInForce'> {
  readonly id: string;
  /** In milliseconds since 1970. */
  readonly at: number;
  readonly subjectId: string;
  readonly resourceId: string;
}

/** How many groups an answer has, and how many examples each (docs/limits.md). */
const shown = { groups: 100, examples: 20 };

interface Group {
  readonly first: FlippedDecision;
  decisions: number;
  readonly subjects: Set<string>;
  readonly resources: Set<string>;
  readonly pairs: Set<string>;
  readonly examples: FlipExample[];
}

/** Puts decisions together, which are given newest first; so are their groups. */
export function groupStoreFlips(flipped: Iterable<FlippedDecision>): { flips: StoreFlip[]; totals: StoreFlipTotals } {
  const groups = new Map<string, Group>();
  const totals = { losses: 0, gains: 0, alreadyInForce: 0 };
  for (const one of flipped) {
    const { subjectType, action, resourceType, before, after, alreadyInForce } = one;
    const key = JSON.stringify([
      subjectType,
      action,
      resourceType,
      before.decision,
      before.revision,
      before.line,
      after.line,
      alreadyInForce,
    ]);
    let group = groups.get(key);
    if (!group) {
      group = { first: one, decisions: 0, subjects: new Set(), resources: new Set(), pairs: new Set(), examples: [] };
      groups.set(key, group);
    }
    add(group, one);
    totals[after.decision ? 'gains' : 'losses'] += 1;
    totals.alreadyInForce += alreadyInForce ? 1 : 0;
  }
  const flips = [...groups.values()].slice(0, shown.groups).map(flipOf);
  return { flips, totals: { ...totals, groups: groups.size } };
}

function add(group: Group, { id, at, subjectId, resourceId }: FlippedDecision): void {
  group.decisions += 1;
  group.subjects.add(subjectId);
  group.resources.add(resourceId);
  if (group.examples.length === shown.examples) return;
  const pair = JSON.stringify([subjectId, resourceId]);
  if (group.pairs.has(pair)) return;
  group.pairs.add(pair);
  group.examples.push({ decisionId: toId('decision', id), subjectId, resourceId, at: new Date(at).toISOString() });
}

function flipOf({ first, decisions, subjects, resources, examples }: Group): StoreFlip {
  const { subjectType, action, resourceType, before, after, alreadyInForce, at } = first;
  return {
    kind: after.decision ? 'GAIN' : 'LOSS',
    ...{ subjectType, action, resourceType, before, after, alreadyInForce, decisions },
    ...{ subjects: subjects.size, resources: resources.size, lastUsedAt: new Date(at).toISOString(), examples },
  };
}
