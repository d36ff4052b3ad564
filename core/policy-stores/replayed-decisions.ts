import { dayOf } from '../authorization/decision-log/batch.ts';
import type { Window } from '../authorization/decision-log/used-cases.ts';
import type { StoreContents } from '../authorization/policy-stores/types.ts';
import { InvalidInput } from '../base/errors.ts';
import { leastUuidOf } from '../base/ids.ts';
import { type Db, dear } from '../database/database.ts';
import type { StoreRow } from './stores.ts';

/** Decisions of a window as the thread of replays reads them, and how many more the window has. */
export interface LoggedPages {
  /** Lists of LoggedTuple as JSON, newest first. */
  readonly pages: readonly string[];
  readonly decisions: number;
  /** As far as they are counted. */
  readonly leftOut: number;
  /** The revisions that took them. */
  readonly revisions: readonly number[];
}

/** One decision: its uuid, its time in milliseconds since 1970, by which files, how it came out, by which line, and what was asked, as JSON. */
export type LoggedTuple = readonly [
  id: string,
  at: number,
  revision: number,
  sha256: string,
  decision: boolean,
  line: number | null,
  question: string,
];

/** Bytes of questions of one replay; decisions of one page; how far those that are left out are counted (docs/limits.md). */
export interface LoggedBounds {
  readonly bytes: number;
  readonly page: number;
  readonly leftOut: number;
}

export const loggedBounds: LoggedBounds = { bytes: 16_777_216, page: 1_000, leftOut: 100_000 };

const patience = {
  milliseconds: 10_000,
  tooLong: 'The database takes longer than 10 seconds for the decisions of this replay. Try again in a moment, or ask for a shorter time.',
};

// By the primary key, in the partitions of these days alone.
const inWindow = `
from decision_log_stores d
where d.org_id = ? and d.store_id = ? and d.day between ?::date and ?::date and d.id >= ?::uuid and d.id < ?::uuid`;

const pageSql = `
with page as materialized (
  select d.id, d.at, d.revision, d.sha256, d.decision, d.line, d.question::text as question ${inWindow} order by d.id desc limit ?
), summed as (
  select *, sum(octet_length(question)) over (order by id desc) as bytes from page
)
select count(*)::int as count, coalesce(max(bytes), 0)::int as bytes, min(id::text collate "C") as last,
  coalesce(array_agg(distinct revision), '{}') as revisions,
  coalesce(json_agg(json_build_array(id, floor(extract(epoch from at) * 1000)::float8, revision, sha256, decision, line, question) order by id desc),
    '[]')::text as page
from summed where bytes <= ?`;

const leftOutSql = `select count(*)::int as count from (select ${inWindow} limit ?) more`;

interface PageRow {
  count: number;
  bytes: number;
  last: string | null;
  revisions: number[];
  page: string;
}

/** Milliseconds for all statements that read the decisions of one replay, up to the last one (docs/limits.md). */
const readingTime = 20_000;

/** The decisions of a store in a window, `limit` of them at most, those that were taken last. Throws InvalidInput where that takes too long. */
export async function readLogged(
  db: Db,
  { org_id, id }: Pick<StoreRow, 'org_id' | 'id'>,
  { since, until }: Window,
  limit: number,
  bounds: LoggedBounds = loggedBounds,
): Promise<LoggedPages> {
  const [begin, end] = [since.getTime(), until.getTime()];
  const before = (last: string) => [org_id, id, dayOf(begin), dayOf(end), leastUuidOf(begin), last];
  const pages: string[] = [];
  const revisions = new Set<number>();
  let last = leastUuidOf(end);
  let [decisions, bytes] = [0, 0];
  const deadline = Date.now() + readingTime;
  while (decisions < limit) {
    if (Date.now() > deadline)
      throw new InvalidInput('To read these decisions takes too long: ask for a shorter time, or for fewer decisions by limit.', []);
    const bindings = [...before(last), Math.min(bounds.page, limit - decisions), bounds.bytes - bytes];
    const [row] = await dear<PageRow>(db, db.raw(pageSql, bindings), patience);
    if (row === undefined || row.last === null) break;
    pages.push(row.page);
    for (const revision of row.revisions) revisions.add(revision);
    decisions += row.count;
    bytes += row.bytes;
    last = row.last;
  }
  const [more] = await dear<{ count: number }>(db, db.raw(leftOutSql, [...before(last), bounds.leftOut]), patience);
  return { pages, decisions, leftOut: more?.count ?? 0, revisions: [...revisions] };
}

/** A revision of the store. `contents`: its files, where they are within the bounds of a replay. */
export interface ReplayedRevision {
  readonly revision: number;
  readonly sha256: string;
  readonly contents?: StoreContents;
}

/** How many revisions are read with their files, and how many bytes these have together (docs/limits.md). */
const most = { revisions: 50, bytes: 4_194_304 };

// What is in force before the others, and of these the newest first.
const revisionsSql = `
with sized as (
  select r.revision, r.sha256, row_number() over w as number,
    sum(octet_length(r.model) + octet_length(r.policy) + octet_length(r.tests)) over w as bytes
  from policy_store_revisions r where r.org_id = ? and r.store_id = ? and r.revision = any(?::int[])
  window w as (order by r.revision is distinct from ?::int, r.revision desc)
)
select s.revision, s.sha256, r.model, r.policy, r.tests
from sized s left join policy_store_revisions r on r.org_id = ? and r.store_id = ? and r.revision = s.revision and s.number <= ? and s.bytes <= ?`;

interface RevisionRow {
  revision: number;
  sha256: string;
  model: string | null;
  policy: string | null;
  tests: string | null;
}

/** The revisions that took decisions, and the one that is in force. */
export async function readRevisions(
  db: Db,
  { org_id, id, head_revision }: Pick<StoreRow, 'org_id' | 'id' | 'head_revision'>,
  revisions: readonly number[],
  bounds = most,
): Promise<ReplayedRevision[]> {
  const wanted = [...new Set([...revisions, ...(head_revision === null ? [] : [head_revision])])];
  const bindings = [org_id, id, wanted, head_revision, org_id, id, bounds.revisions, bounds.bytes];
  const rows = await dear<RevisionRow>(db, db.raw(revisionsSql, bindings), patience);
  return rows.map(({ revision, sha256, model, policy, tests }) => ({
    ...{ revision, sha256 },
    ...(model !== null && policy !== null && tests !== null && { contents: { model, policy, tests } }),
  }));
}
