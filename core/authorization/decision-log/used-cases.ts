import { toId } from '../../base/ids.ts';
import { type Db, prepared } from '../../database/database.ts';
import type { DecisionCase } from '../decisions/cases.ts';
import { subjectNamed } from '../decisions/subjects.ts';

/** From a moment to another one, which does not belong to it. */
export interface Window {
  readonly since: Date;
  readonly until: Date;
}

/** A case, and how often and when it was last decided. `documents`: what is stored under its id, which is one thing unless the log was changed. */
export interface LoggedCase {
  readonly id: string;
  readonly decisions: number;
  readonly lastUsedAt: Date;
  readonly documents: readonly DecisionCase[];
}

/** The cases that were used last, and how many more there are. */
export interface LoggedCases {
  readonly cases: readonly LoggedCase[];
  readonly leftOut: { readonly cases: number; readonly decisions: number };
}

const at = "l.since + e.milliseconds * interval '1 millisecond'";

/** The parts of the log in a window; $1 and $2 are its ends. A part has decisions of one minute. */
const inWindow = `l.day between (($1::timestamptz - interval '2 minutes') at time zone 'UTC')::date and ($2::timestamptz at time zone 'UTC')::date
  and l.until >= $1 and l.since < $2 and ${at} >= $1 and ${at} < $2`;

const casesSql = `
with used as (
  select e.case_id, count(*)::float8 as decisions, max(${at}) as last_used_at
  from decision_log l, unnest(l.cases, l.offsets) as e (case_id, milliseconds)
  where ${inWindow}
  group by e.case_id
), counted as (
  select *, (count(*) over ())::float8 as all_cases, (sum(decisions) over ())::float8 as all_decisions
  from used order by last_used_at desc, case_id limit $3
)
select u.case_id as id, u.decisions, u.last_used_at, u.all_cases, u.all_decisions,
  array(select distinct c.document from decision_log_cases c
    where c.id = u.case_id and c.day between (($1::timestamptz - interval '2 minutes') at time zone 'UTC')::date
      and ($2::timestamptz at time zone 'UTC')::date) as documents
from counted u order by u.last_used_at desc, u.case_id`;

interface CaseRow {
  id: string;
  decisions: number;
  last_used_at: Date;
  all_cases: number;
  all_decisions: number;
  documents: DecisionCase[];
}

/** The cases of the decisions in a window, those that were used last first, `limit` of them at most. Reads each part of these days. */
export async function loggedCases(db: Db, { since, until }: Window, limit: number): Promise<LoggedCases> {
  const rows = await prepared<CaseRow>(db, 'logged-cases', casesSql, [since, until, limit]);
  const decided = rows.reduce((sum, { decisions }) => sum + decisions, 0);
  return {
    cases: rows.map(({ id, decisions, last_used_at: lastUsedAt, documents }) => ({ id, decisions, lastUsedAt, documents })),
    leftOut: { cases: (rows[0]?.all_cases ?? 0) - rows.length, decisions: (rows[0]?.all_decisions ?? 0) - decided },
  };
}

/** Who has decisions of some cases, and where. */
export interface CaseUsers {
  readonly subjects: number;
  readonly organizations: number;
  /** Those who used them last. */
  readonly latest: readonly CaseUser[];
}

/** One of them: in an organization, or on the platform. */
export interface CaseUser {
  readonly subject: string;
  readonly organizationId?: string;
  readonly decisions: number;
  readonly lastUsedAt: Date;
}

const platformChain = "'00000000-0000-0000-0000-000000000000'";

const usersSql = `
with asked as (select * from unnest($3::uuid[], $4::int[]) as a (case_id, place)),
used as (
  select a.place, l.org_id, e.subject, count(*)::float8 as decisions, max(${at}) as last_used_at
  from decision_log l, unnest(l.cases, l.offsets, l.subjects) as e (case_id, milliseconds, subject), asked a
  where ${inWindow} and l.cases && $3::uuid[] and a.case_id = e.case_id
  group by a.place, l.org_id, e.subject
), ranked as (
  select *, row_number() over (partition by place order by last_used_at desc, org_id, subject) as number from used
), counted as (
  select place, count(distinct subject)::int as subjects, count(distinct org_id) filter (where org_id <> ${platformChain})::int as organizations
  from used group by place
)
select r.place, case when r.org_id <> ${platformChain} then r.org_id end as organization, r.subject, r.decisions, r.last_used_at, c.subjects, c.organizations
from ranked r join counted c on c.place = r.place where r.number <= $5 order by r.place, r.number`;

interface UserRow {
  place: number;
  organization: string | null;
  subject: string;
  decisions: number;
  last_used_at: Date;
  subjects: number;
  organizations: number;
}

/** Of each list of cases who has decisions of them in a window, `limit` of these at most. */
export async function usersOfCases(
  db: Db,
  { since, until }: Window,
  lists: readonly (readonly string[])[],
  limit: number,
): Promise<CaseUsers[]> {
  const asked = lists.flatMap((ids, place) => ids.map((id) => ({ id, place })));
  const values = [since, until, asked.map(({ id }) => id), asked.map(({ place }) => place), limit];
  const rows = asked.length === 0 ? [] : await prepared<UserRow>(db, 'users-of-cases', usersSql, values);
  return lists.map((_, place) => {
    const own = rows.filter((row) => row.place === place);
    return {
      subjects: own[0]?.subjects ?? 0,
      organizations: own[0]?.organizations ?? 0,
      latest: own.map(({ subject, organization, decisions, last_used_at: lastUsedAt }) => ({
        subject,
        ...(organization !== null && { organizationId: toId('organization', organization) }),
        ...{ decisions, lastUsedAt },
      })),
    };
  });
}

/** When a permission was last used: by whom, and in which organization; none on the platform. */
export interface LastUse {
  /** The id of a user, a service account or an API key. */
  readonly subject: string;
  readonly permission: string;
  readonly organizationId?: string;
  readonly at: Date;
}

/** As subjectNamed() reads the name. */
const subjectId = "case when e.subject like '%/key\\_%' then split_part(e.subject, '/', 2) else split_part(e.subject, '/', 1) end";

const lastUsesSql = `
with asked as (
  select distinct c.id, (c.document->>'resource') || ':' || (c.document->>'action') as permission
  from decision_log_cases c
  where c.day between (($1::timestamptz - interval '2 minutes') at time zone 'UTC')::date and ($2::timestamptz at time zone 'UTC')::date
    and (c.document->>'allowed')::boolean and (c.document->>'resource') || ':' || (c.document->>'action') = any ($3)
)
select case when l.org_id <> ${platformChain} then l.org_id end as organization, e.subject, a.permission, max(${at}) as at
from decision_log l, unnest(l.cases, l.offsets, l.subjects) as e (case_id, milliseconds, subject), asked a
where ${inWindow} and a.id = e.case_id and ($4::text[] is null or ${subjectId} = any ($4))
group by 1, 2, 3 order by at desc, 1, 2, 3 limit $5`;

/**
 * When these permissions (`resource:action`) were last used, as far as the log has it: allowed decisions, those that were taken last first, `limit` of
 * them at most. A key counts for itself and not for its owner. No index leads there: it reads the parts of these days.
 */
export async function lastUses(
  db: Db,
  asked: Window & { readonly permissions: readonly string[]; readonly subjects?: readonly string[]; readonly limit: number },
): Promise<LastUse[]> {
  const { since, until, permissions, subjects, limit } = asked;
  interface Row {
    organization: string | null;
    subject: string;
    permission: string;
    at: Date;
  }
  const values = [since, until, permissions, subjects ?? null, limit];
  const rows = permissions.length === 0 ? [] : await prepared<Row & Record<string, unknown>>(db, 'last-uses', lastUsesSql, values);
  const latest = new Map<string, LastUse>();
  for (const { organization, subject, permission, at: last } of rows) {
    const use: LastUse = {
      subject: subjectNamed(subject).id,
      permission,
      ...(organization !== null && { organizationId: toId('organization', organization) }),
      at: last,
    };
    // An operator may have acted by several accesses; the latest comes first.
    const key = `${use.subject} ${permission} ${organization}`;
    if (!latest.has(key)) latest.set(key, use);
  }
  return [...latest.values()];
}
