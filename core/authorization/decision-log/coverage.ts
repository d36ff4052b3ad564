import { FailedPrecondition } from '../../base/errors.ts';
import { type Db, prepared } from '../../database/database.ts';
import type { Window } from './used-cases.ts';
import { type GapReason, silence } from './writing.ts';

/** What the log has of a window, so that what it does not have is not taken for what did not happen. */
export interface Coverage {
  /** The least part of decisions that a process kept; undefined where one has not said. */
  readonly share?: number;
  /** Processes that kept decisions. */
  readonly writers: number;
  /** Times in which no process kept any. */
  readonly unlogged: readonly Span[];
  /** What was lost, the oldest first, 100 at most. */
  readonly gaps: readonly (Span & { readonly reason: GapReason; readonly lost: number })[];
}

interface Span {
  readonly since: Date;
  readonly until: Date;
}

const writersSql = `
select begun_at as since, coalesce(ended_at, complete_until) as until, share from decision_log_writers
where begun_at < $2 and coalesce(ended_at, complete_until) > $1 order by begun_at`;

const gapsSql = `
select since, until, reason, lost::int from decision_log_gaps where until >= $1 and since < $2 order by since, writer, reason limit 100`;

/** Where nothing of a window is kept, because the log was off. */
export function nothingKept(): FailedPrecondition {
  return new FailedPrecondition(
    'failed-precondition',
    'No decisions of this time were kept: the decision log was off. Set TENET_DECISION_LOG_SHARE to a share above 0, and replay what is decided from then on.',
  );
}

/** What the log has of a window. */
export async function coverageOf(db: Db, { since, until }: Window): Promise<Coverage> {
  type WriterRow = Span & { share: number | null } & Record<string, unknown>;
  const writers = await prepared<WriterRow>(db, 'log-writers', writersSql, [since, until]);
  const gaps = await prepared<Coverage['gaps'][number] & Record<string, unknown>>(db, 'log-gaps', gapsSql, [since, until]);
  const shares = writers.map(({ share }) => share);
  return {
    ...(shares.length > 0 && !shares.includes(null) && { share: Math.min(...(shares as number[])) }),
    writers: writers.length,
    unlogged: betweenThem(writers, { since, until }),
    gaps: gaps.map(({ since: from, until: to, reason, lost }) => ({ since: from, until: to, reason, lost })),
  };
}

/** The times of a window that none of these spans has, but for the last moments, of which decisions may wait to be written. */
function betweenThem(spans: readonly Span[], { since, until }: Window): Span[] {
  const free: Span[] = [];
  let covered = since.getTime();
  for (const span of spans) {
    if (span.since.getTime() > covered) free.push({ since: new Date(covered), until: span.since });
    covered = Math.max(covered, span.until.getTime());
  }
  if (until.getTime() - covered > silence) free.push({ since: new Date(covered), until });
  return free;
}
