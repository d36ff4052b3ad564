import { type Database, prepared } from '../../database/database.ts';
import type { Batch } from './batch.ts';

/** Milliseconds after which a writer that says nothing counts as killed; each says something three times as often. */
export const silence = 45_000;

/** Why a part of the log is missing: too many entries waited, nothing could be made of some, or the process that had them was killed. */
export type GapReason = 'FULL' | 'FAILED' | 'KILLED';

/** What was not written. */
export interface Loss {
  readonly reason: GapReason;
  readonly since: number;
  readonly until: number;
  readonly lost: number;
}

/** What a killed process has lost at the most. */
export interface Killed {
  readonly writer: string;
  readonly since: Date;
  readonly atMost: number;
}

/** Makes the partitions of the days to come, and drops those whose time is over. */
export async function keepDecisionLog(database: Database, days: number): Promise<void> {
  await database.write('platform', (db) => prepared(db, 'keep-decision-log', 'select keep_decision_log($1)', [days]));
}

// What it had not written is of the time since it was complete, and before it was missed: it may have been without a database for long.
const killedSql = `
with dead as (
  update decision_log_writers set ended_at = seen_at
  where ended_at is null and seen_at < now() - make_interval(secs => $1)
  returning id, complete_until, buffer
), gaps as (
  insert into decision_log_gaps (writer, since, until, reason, lost)
  select id, complete_until, now(), 'KILLED', buffer from dead
  on conflict do nothing
)
select id as writer, complete_until as since, buffer as "atMost" from dead`;

/** Ends the writers that were killed, and says what each has lost at the most. */
export function noteKilled(database: Database): Promise<Killed[]> {
  return database.write('platform', (db) => prepared<Killed & Record<string, unknown>>(db, 'killed-writers', killedSql, [silence / 1_000]));
}

// Written again where it is not known whether the first time has reached the disk, so what is there already is left out.
const writeSql = `
with written as (
  insert into decision_log (org_id, since, until, id, day, decisions, offsets, cases, subjects, projects, requests, are_questions, may_be_cached,
    resources)
  select p.org_id, to_timestamp(p.since / 1000.0), to_timestamp(p.until / 1000.0), p.id, (to_timestamp(p.since / 1000.0) at time zone 'UTC')::date,
    p.decisions::uuid[], p.offsets::int[], p.cases::uuid[], p.subjects::text[], p.projects::uuid[], p.requests::uuid[], p.are_questions::boolean[],
    p.may_be_cached::boolean[], p.resources::text[]
  from unnest($1::uuid[], $2::float8[], $3::float8[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
    $11::text[], $12::text[], $13::text[])
    as p (org_id, since, until, id, decisions, offsets, cases, subjects, projects, requests, are_questions, may_be_cached, resources)
  on conflict do nothing
  returning cardinality(decisions) as size
)
insert into decision_log_writers as w (id, buffer, share, written, lost, complete_until)
  select $14, $15, $16, coalesce(sum(size), 0), $17, to_timestamp($18 / 1000.0) from written
on conflict (id) do update set seen_at = now(), ended_at = null, complete_until = greatest(w.complete_until, excluded.complete_until), written = w.written + excluded.written, lost = w.lost + excluded.lost`;

const casesSql = `
insert into decision_log_cases (day, id, document) select c.day, c.id, c.document::jsonb from unnest($1::date[], $2::uuid[], $3::text[])
  as c (day, id, document)
on conflict do nothing`;

const gapSql = `
insert into decision_log_gaps (writer, since, until, reason, lost)
values ($1, to_timestamp($2 / 1000.0), to_timestamp($3 / 1000.0), $4, $5) on conflict do nothing`;

/**
 * Writes a batch, what was lost before it, and that the writer is there, in one transaction. `cases` are those that may not be there yet. The log
 * then has what was noted before `completeUntil`, in milliseconds since 1970.
 */
export async function writeBatch(
  database: Database,
  writer: { readonly id: string; readonly buffer: number; readonly share: number },
  batch: Pick<Batch, 'columns'>,
  cases: Batch['cases'],
  losses: readonly Loss[],
  completeUntil: number,
): Promise<void> {
  const lost = losses.reduce((sum, loss) => sum + loss.lost, 0);
  await database.write('platform', async (db) => {
    if (cases.length > 0) {
      const columns = [cases.map(({ day }) => day), cases.map(({ id }) => id), cases.map(({ document }) => document)];
      await prepared(db, 'decision-log-cases', casesSql, columns);
    }
    await prepared(db, 'decision-log', writeSql, [...batch.columns, writer.id, writer.buffer, writer.share, lost, completeUntil]);
    for (const { since, until, reason, lost: count } of losses)
      await prepared(db, 'decision-log-gap', gapSql, [writer.id, since, until, reason, count]);
  });
}

/** The last word of a writer. */
export async function endWriter(database: Database, id: string): Promise<void> {
  await database.write('platform', (db) =>
    prepared(db, 'decision-log-end', 'update decision_log_writers set ended_at = now() where id = $1', [id]),
  );
}
