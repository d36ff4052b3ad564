import { createHash } from 'node:crypto';
import type { Figures } from '../authorization/store/rollouts.ts';
import { toId, toUuid } from '../base/ids.ts';
import { type Db, prepared } from '../database/database.ts';
import type { PlannedDifference, RolloutStore, StoreRollout } from './rollout-rows.ts';

/** What many decisions of a store have in common that the candidate and the revision in force decide differently. */
export interface StoreDifference extends PlannedDifference {
  /** Lines of policy.csv of the revision in force and of the candidate; absent where no row decides. */
  readonly beforeLine?: number;
  readonly afterLine?: number;
}

/** A difference that was met, and how often. */
export interface StoreFinding extends StoreDifference {
  /** SHA-256 of the difference. */
  readonly digest: string;
  readonly count: number;
  /** Hashes of subjects that met it, two at most: two show that it is more than one subject. */
  readonly subjects: readonly string[];
}

/** A finding with whether the rollout says so, and when it was met first and last. */
export interface ShownStoreFinding extends Omit<StoreFinding, 'digest' | 'subjects'> {
  readonly planned: boolean;
  readonly firstAt: Date;
  readonly lastAt: Date;
}

/** What a process has compared of one round of a rollout since it last wrote. */
export interface StoreCompared {
  readonly compared: number;
  readonly dropped: number;
  readonly findings: readonly StoreFinding[];
}

/** Findings that are kept of one round: as many that are planned, and as many others (docs/limits.md). */
const mostFindings = 1_000;
/** Characters of a name that an application gives, and subjects of a finding. */
const mostCharacters = 256;
const mostSubjects = 2;

/** A difference that was met once, with its digest. What an application names is cut to what is kept of it. */
export function findingOf(difference: StoreDifference, subject: string): StoreFinding {
  const { effect, beforeLine, afterLine } = difference;
  const subjectType = shortened(difference.subjectType);
  const action = shortened(difference.action);
  const resourceType = shortened(difference.resourceType);
  const digest = createHash('sha256')
    .update(JSON.stringify([effect, subjectType, action, resourceType, beforeLine ?? null, afterLine ?? null]))
    .digest('hex');
  return { ...difference, subjectType, action, resourceType, digest, count: 1, subjects: [subject] };
}

/** What was met of one difference by two who counted. */
export function together(one: StoreFinding, other: StoreFinding): StoreFinding {
  const subjects = [...new Set([...one.subjects, ...other.subjects])].slice(0, mostSubjects);
  return { ...one, count: one.count + other.count, subjects };
}

/** A name as PostgreSQL keeps it: halves of surrogate pairs and zeros are replaced, and one that is too long ends in dots. */
function shortened(name: string): string {
  const characters = [...Buffer.from(name).toString().replaceAll('\0', '\ufffd')];
  return characters.length <= mostCharacters ? characters.join('') : `${characters.slice(0, mostCharacters - 1).join('')}…`;
}

/** The findings `x` of a round. */
const ofRound = 'x.org_id = $1 and x.store_id = $2 and x.rollout_id = $3 and x.round = $4';

// In order, so that two processes which write the same wait for each other in one order. Of a round that is over nothing counts any more.
const findingsSql = `
with open as (
  select planned from policy_store_rollouts where org_id = $1 and store_id = $2 and id = $3 and round = $4 and stage in ('SHADOW', 'CANARY')
), plan as materialized (
  select p.* from open, jsonb_to_recordset(open.planned) as p (effect text, "subjectType" text, action text, "resourceType" text)
), met as materialized (
  select e.*, x.digest is not null as is_known, exists (select from plan p where p.effect = e.effect and p."subjectType" = e.subject_type
    and p.action = e.action and p."resourceType" = e.resource_type) as planned
  from unnest($5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::int[], $11::int[], $12::bigint[])
    as e (digest, effect, subject_type, action, resource_type, before_line, after_line, count)
  join open on true left join policy_store_rollout_findings x on ${ofRound} and x.digest = e.digest
), room as materialized (
  select x.planned, count(*) as taken from policy_store_rollout_findings x where ${ofRound} group by x.planned
), kept as (
  insert into policy_store_rollout_findings as known
    (org_id, store_id, rollout_id, round, digest, effect, subject_type, action, resource_type, before_line, after_line, count, planned)
  select $1, $2, $3, $4, f.digest, f.effect, f.subject_type, f.action, f.resource_type, f.before_line, f.after_line, f.count, f.planned
  from (select m.*, row_number() over (partition by m.planned, m.is_known order by m.digest) as place from met m) f
  where f.is_known or f.place <= $13 - coalesce((select taken from room where room.planned = f.planned), 0)
  order by f.digest
  on conflict (org_id, store_id, rollout_id, round, digest) do update set count = known.count + excluded.count, last_at = now()
  returning digest
)
select coalesce(sum(count) filter (where digest not in (select digest from kept)), 0) as unkept, coalesce(array_agg(digest), '{}') as unplanned
from met where not planned`;

const countsSql = `
update policy_store_rollout_counts x set compared = x.compared + $5, dropped = x.dropped + $6, unkept = x.unkept + $7,
  subjects = array(select distinct hash from unnest(x.subjects || $8::text[]) as one (hash) limit ${mostSubjects})
from policy_store_rollouts r
where ${ofRound} and r.org_id = $1 and r.store_id = $2 and r.id = $3 and r.round = $4 and r.stage in ('SHADOW', 'CANARY')`;

/** Which round of which rollout. */
export interface Round extends RolloutStore {
  readonly rolloutId: string;
  readonly round: number;
}

/** Adds what was compared in a round to what is known of it; nothing where the round is over. */
export async function addCompared(db: Db, round: Round, { compared, dropped, findings }: StoreCompared): Promise<void> {
  const key = [round.org_id, round.id, toUuid('rollout', round.rolloutId), round.round];
  const columns = [
    findings.map(({ digest }) => digest),
    findings.map(({ effect }) => effect),
    findings.map(({ subjectType }) => subjectType),
    findings.map(({ action }) => action),
    findings.map(({ resourceType }) => resourceType),
    findings.map(({ beforeLine }) => beforeLine ?? null),
    findings.map(({ afterLine }) => afterLine ?? null),
    findings.map(({ count }) => count),
  ];
  const values = [...key, ...columns, mostFindings];
  const [added] =
    findings.length > 0 ? await prepared<{ unkept: string; unplanned: string[] }>(db, 'add-store-findings', findingsSql, values) : [];
  const isUnplanned = new Set(added?.unplanned);
  const subjects = new Set(findings.flatMap((finding) => (isUnplanned.has(finding.digest) ? finding.subjects : [])));
  await prepared(db, 'add-store-counts', countsSql, [
    ...[...key, compared, dropped, Number(added?.unkept ?? 0), [...subjects].slice(0, mostSubjects)],
  ]);
}

const figuresSql = `
select r.id, coalesce(c.compared, 0) as compared, coalesce(c.dropped, 0) as dropped, coalesce(f.planned, 0) as planned,
  coalesce(f.unplanned, 0) + coalesce(c.unkept, 0) as unplanned, coalesce(cardinality(c.subjects), 0) as subjects
from policy_store_rollouts r
left join policy_store_rollout_counts c on c.org_id = r.org_id and c.store_id = r.store_id and c.rollout_id = r.id and c.round = r.round
left join lateral (
  select sum(count) filter (where planned) as planned, sum(count) filter (where not planned) as unplanned
  from policy_store_rollout_findings x where x.org_id = r.org_id and x.store_id = r.store_id and x.rollout_id = r.id and x.round = r.round
) f on true
where r.org_id = $1 and r.store_id = $2 and r.id = any ($3::uuid[])`;

/** Figures, and for how many subjects decisions differ where that is not planned: two are as good as many. */
export type StoreFigures = Figures & { readonly subjects: number };

/** What was found in the present round of each of these rollouts, by their ids. */
export async function figuresOf(
  db: Db,
  { org_id, id }: RolloutStore,
  rollouts: readonly string[],
): Promise<ReadonlyMap<string, StoreFigures>> {
  const ids = rollouts.map((rollout) => toUuid('rollout', rollout));
  const rows = await prepared<{ id: string } & Record<keyof StoreFigures, string>>(db, 'store-rollout-figures', figuresSql, [
    org_id,
    id,
    ids,
  ]);
  return new Map(
    rows.map((row) => [
      toId('rollout', row.id),
      {
        compared: Number(row.compared),
        dropped: Number(row.dropped),
        planned: Number(row.planned),
        unplanned: Number(row.unplanned),
        subjects: Number(row.subjects),
      },
    ]),
  );
}

interface FindingRow {
  effect: StoreDifference['effect'];
  subject_type: string;
  action: string;
  resource_type: string;
  before_line: number | null;
  after_line: number | null;
  count: string;
  planned: boolean;
  first_at: Date;
  last_at: Date;
}

/** What was found in the present round: first what is not planned, then what was met most. */
export async function listFindings(db: Db, store: RolloutStore, { id, round }: StoreRollout, limit: number): Promise<ShownStoreFinding[]> {
  const rows: FindingRow[] = await db('policy_store_rollout_findings')
    .where({ org_id: store.org_id, store_id: store.id, rollout_id: toUuid('rollout', id), round })
    .orderBy(['planned', { column: 'count', order: 'desc' }, 'digest'])
    .limit(limit);
  return rows.map((row) => ({
    ...{ effect: row.effect, subjectType: row.subject_type, action: row.action, resourceType: row.resource_type },
    ...(row.before_line !== null && { beforeLine: row.before_line }),
    ...(row.after_line !== null && { afterLine: row.after_line }),
    ...{ count: Number(row.count), planned: row.planned, firstAt: row.first_at, lastAt: row.last_at },
  }));
}
