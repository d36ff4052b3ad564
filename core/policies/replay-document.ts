import { decidingRule, reasonOf } from '../authorization/decisions/explanations.ts';
import type { FlipSide } from '../authorization/review/replay-flips.ts';
import type { DecisionReplay, ShownFlip } from './replays.ts';

const levels = { platform: 'PLATFORM', org: 'ORG', project: 'PROJECT' } as const;

/** A replay in the words of the API, but for what was asked about. */
export function replayDocument(replayed: DecisionReplay) {
  const { since, until, cases, decisions, beside, coverage, leftOut, notKept, confirmed, faults, shownFaults, totals, flips } = replayed;
  const { share, writers, unlogged, gaps } = coverage;
  return {
    since: since.toISOString(),
    until: until.toISOString(),
    ...{ cases, decisions, beside, leftOut, notKept, totals },
    coverage: {
      ...(share !== undefined && { share }),
      writers,
      unlogged: unlogged.map(spanOf),
      gaps: gaps.map((gap) => ({ ...spanOf(gap), reason: gap.reason, lost: gap.lost })),
    },
    witness: { confirmed, faults, examples: shownFaults },
    flips: flips.map(showFlip),
  };
}

const spanOf = ({ since, until }: { since: Date; until: Date }) => ({ since: since.toISOString(), until: until.toISOString() });

function showFlip({ level, before, after, lastUsedAt, users, ...flip }: ShownFlip) {
  return {
    ...flip,
    level: levels[level],
    before: showSide(before),
    after: showSide(after),
    lastUsedAt: lastUsedAt.toISOString(),
    subjects: users.subjects,
    organizations: users.organizations,
    users: users.latest.map(({ lastUsedAt: at, ...user }) => ({ ...user, lastUsedAt: at.toISOString() })),
  };
}

type ShownReason = 'ALLOW' | 'DENY' | 'NO_MATCH' | 'UNKNOWN_RESOURCE' | 'UNKNOWN_ACTION';

function showSide(side: FlipSide) {
  return { decision: side.allowed, reason: reasonOf(side.reason) as ShownReason, ...decidingRule(side) };
}
