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
}

/** A finding with whether the rollout says so, and when it was met first and last. */
export interface ShownStoreFinding extends Omit<StoreFinding, 'digest'> {
  readonly planned: boolean;
  readonly firstAt: Date;
  readonly lastAt: Date;
}

/** What a process has compared of one round of a rollout since it last wrote. */
export interface StoreCompared {
  readonly compared: number;
  readonly dropped: number;
  readonly findings: readonly StoreFinding[];
  /** Hashes of some subjects for whom decisions differ, and how. */
  readonly subjects: readonly (PlannedDifference & { readonly hash: string })[];
}

/** Findings that are kept of one round: as many that are planned, and as many others (docs/limits.md). */
const mostFindings = 1_000;
/** Characters of a name that an application gives. */
const mostCharacters = 256;

/** The difference with its digest. What an application names is cut to what is kept of it. */
export function findingOf(difference: StoreDifference): StoreFinding {
  const { effect, beforeLine, afterLine } = difference;
  const [subjectType, action, resourceType] = [difference.subjectType, difference.action, difference.resourceType].map(shortened) as [
    string,
    string,
    string,
  ];
  const digest = createHash('sha256')
    .update(JSON.stringify([effect, subjectType, action, resourceType, beforeLine ?? null, afterLine ?? null]))
    .digest('hex');
  return { ...difference, subjectType, action, resourceType, digest, count: 1 };
}

/** A name as PostgreSQL keeps it: halves of surrogate pairs and zeros are replaced. */
function shortened(name: string): string {
  return [...Buffer.from(name).toString().replaceAll('\0', '\ufffd')].slice(0, mostCharacters).join('');
}

/** Of a round that is over nothing counts any more. */
const roundSql = `from policy_store_rollouts r where r.org_id = $1 and r.store_id = $2 and r.id = $3 and r.round = $4 and r.stage in ('SHADOW', 'CANARY')`;

const isPlanned = (row: string): string => `exists (select from jsonb_to_recordset(r.planned)
  as p (effect text, "subjectType" text, action text, "resourceType" text)
  where p.effect = ${row}.effect and p."subjectType" = ${row}.subject_type and p.action = ${row}.action and p."resourceType" = ${row}.resource_type)`;

// In order, so that two processes which write the same wait for each other in one order.
const findingsSql = `
with met as (
  select e.*, ${isPlanned('e')} as planned
  from unnest($5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::int[], $11::int[], $12::bigint[])
    as e (digest, effect, subject_type, action, resource_type, before_line, after_line, count)
  join lateral (select r.* ${roundSql}) r on true
), kept as (
  insert into policy_store_rollout_findings as known
    (org_id, store_id, rollout_id, round, digest, effect, subject_type, action, resource_type, before_line, after_line, count, planned)
  select $1, $2, $3, $4, f.digest, f.effect, f.subject_type, f.action, f.resource_type, f.before_line, f.after_line, f.count, f.planned
  from met f
  where exists (select from policy_store_rollout_findings x
      where x.org_id = $1 and x.store_id = $2 and x.rollout_id = $3 and x.round = $4 and x.digest = f.digest)
    or (select count(*) from policy_store_rollout_findings x
      where x.org_id = $1 and x.store_id = $2 and x.rollout_id = $3 and x.round = $4 and x.planned = f.planned) < $13
  order by f.digest
  on conflict (org_id, store_id, rollout_id, round, digest) do update set count = known.count + excluded.count, last_at = now()
  returning digest
)
select coalesce(sum(count), 0) as unkept from met where not planned and digest not in (select digest from kept)`;

const countsSql = `
update policy_store_rollout_counts c set compared = c.compared + $5, dropped = c.dropped + $6, unkept = c.unkept + $7,
  subjects = array(select distinct hash from (
    select unnest(c.subjects) as hash
    union all select e.hash from unnest($8::text[], $9::text[], $10::text[], $11::text[], $12::text[]) as e (hash, effect, subject_type, action, resource_type)
      where not ${isPlanned('e')}
  ) as one limit 2)
from (select r.* ${roundSql}) r
where c.org_id = $1 and c.store_id = $2 and c.rollout_id = $3 and c.round = $4`;

/** Which round of which rollout. */
export interface Round extends RolloutStore {
  readonly rolloutId: string;
  readonly round: number;
}

const keyOf = ({ org_id, id, rolloutId, round }: Round): unknown[] => [org_id, id, toUuid('rollout', rolloutId), round];

/** Adds what was compared in a round to what is known of it; nothing where the round is over. */
export async function addCompared(db: Db, round: Round, { compared, dropped, findings, subjects }: StoreCompared): Promise<void> {
  const key = keyOf(round);
  const columns = [
    findings.map(({ digest }) => digest),
    ...namesOf(findings),
    findings.map(({ beforeLine }) => beforeLine ?? null),
    findings.map(({ afterLine }) => afterLine ?? null),
    findings.map(({ count }) => count),
  ];
  const [added] =
    findings.length > 0
      ? await prepared<{ unkept: string }>(db, 'add-store-findings', findingsSql, [...key, ...columns, mostFindings])
      : [];
  const values = [...key, compared, dropped, Number(added?.unkept ?? 0), subjects.map(({ hash }) => hash), ...namesOf(subjects)];
  await prepared(db, 'add-store-counts', countsSql, values);
}

function namesOf(differences: readonly PlannedDifference[]): string[][] {
  return [
    differences.map(({ effect }) => effect),
    differences.map(({ subjectType }) => subjectType),
    differences.map(({ action }) => action),
    differences.map(({ resourceType }) => resourceType),
  ];
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
