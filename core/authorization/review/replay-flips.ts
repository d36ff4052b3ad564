import type { Row, RowSource } from '../policy/content.ts';
import type { Level } from '../policy/domain.ts';
import type { RecordedCase, Redecided, UsedCase } from './replay.ts';

/** What changes. ROLE_REMOVED: a role of the subject is gone, so what they get depends on what takes its place; PERMISSION_REMOVED: nothing can be asked any more. */
export type FlipKind = 'LOSS' | 'GAIN' | 'ROLE_REMOVED' | 'PERMISSION_REMOVED';

/** How a decision comes out, and the row that says so. */
export interface FlipSide {
  readonly allowed: boolean;
  readonly reason: string;
  readonly row?: Row;
  readonly source?: RowSource & { readonly scope: string };
}

/** Decisions with the same roles about the same permission that come out the other way. */
export interface Flip {
  readonly kind: FlipKind;
  readonly permission: string;
  readonly level: Level;
  /** The scope of the kind of organization; undefined on the platform. */
  readonly blueprint?: string;
  readonly roles: readonly string[];
  readonly scopes?: readonly string[];
  readonly removedRoles: readonly string[];
  /** What is in force now decides as the candidate does: it has changed since the decisions were taken. */
  readonly alreadyInForce: boolean;
  readonly before: FlipSide;
  readonly after: FlipSide;
  readonly decisions: number;
  readonly lastUsedAt: Date;
  readonly caseIds: readonly string[];
}

interface Flipped {
  readonly used: UsedCase;
  readonly document: RecordedCase;
  readonly after: Redecided;
  readonly removedRoles: readonly string[];
  readonly alreadyInForce: boolean;
}

/** Flips by permission, roles and place; those of decisions that were used last come first. */
export function groupFlips(flipped: readonly Flipped[]): Flip[] {
  const groups = new Map<string, Flipped[]>();
  for (const one of flipped) {
    const { document, alreadyInForce } = one;
    const { level, resource, action, roles, scopes } = document;
    const about = [kindOf(one), level, resource, action, blueprintOf(document), alreadyInForce];
    const key = JSON.stringify([...about, [...roles].sort(), scopes && [...scopes].sort()]);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups].sort(([, a], [, b]) => timeOf(b) - timeOf(a)).map(([, group]) => flipOf(group));
}

function kindOf({ after, removedRoles }: Flipped): FlipKind {
  if (after.verdict.reason.startsWith('unknown')) return 'PERMISSION_REMOVED';
  if (removedRoles.length > 0) return 'ROLE_REMOVED';
  return after.allowed ? 'GAIN' : 'LOSS';
}

const blueprintOf = ({ revisions }: RecordedCase): string | undefined => revisions[1]?.scope;

const timeOf = (group: readonly Flipped[]): number => Math.max(...group.map(({ used }) => used.lastUsedAt.getTime()));

/** The case that was used last shows which rows decide. */
function flipOf(group: readonly Flipped[]): Flip {
  const [first] = [...group].sort((a, b) => b.used.lastUsedAt.getTime() - a.used.lastUsedAt.getTime());
  const { document, after, removedRoles, alreadyInForce } = first!;
  const { level, resource, action, roles, scopes } = document;
  const blueprint = blueprintOf(document);
  return {
    kind: kindOf(first!),
    permission: `${resource}:${action}`,
    level,
    ...(blueprint !== undefined && { blueprint }),
    roles,
    ...(scopes && { scopes }),
    ...{ removedRoles, alreadyInForce },
    before: sideOf(document),
    after: sideOf(after.verdict),
    decisions: group.reduce((sum, { used }) => sum + used.decisions, 0),
    lastUsedAt: first!.used.lastUsedAt,
    caseIds: group.map(({ used }) => used.id),
  };
}

function sideOf({ allowed, reason, row, source }: FlipSide): FlipSide {
  return { allowed, reason, ...(row && source && { row, source }) };
}
