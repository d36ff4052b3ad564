import { InvalidInput } from '../../base/errors.ts';
import { toId, toUuid } from '../../base/ids.ts';
import { checkPeriod, readInstant } from '../../base/instants.ts';
import { type Page, type PageQuery, readPage, toPage } from '../../base/pages.ts';
import { type Db, dear } from '../../database/database.ts';
import type { Actor } from '../decisions/actor.ts';
import { type LoggedDecision, recordOf } from '../decisions/cases.ts';
import { reasonOf } from '../decisions/explanations.ts';
import { createKnown } from '../decisions/listing.ts';
import { subjectNamed } from '../decisions/subjects.ts';

/** A decision of the log in a list; its explanation is found by the id. */
export interface ListedDecision {
  readonly decisionId: string;
  readonly decision: boolean;
  readonly reason: string;
  /** Not where the caller may not list them. */
  readonly subject?: string;
  readonly projectId?: string;
  readonly resource: string;
  readonly action: string;
  readonly resourceId?: string;
  readonly createdAt: string;
}

/** Which decisions are wanted. */
export interface DecisionFilters {
  readonly resourceId?: string | undefined;
  readonly since?: string | undefined;
  readonly before?: string | undefined;
}

const day = 86_400_000;
/** Days of the log that one list reads at most (docs/limits.md). */
const mostDays = 7;

type Row = LoggedDecision & { id: string; at: Date };

// A part has decisions of one minute.
const listSql = `
select l.org_id, e.id, e.project, e.subject, e.resource_id, e.at, c.document
from (select * from decision_log where org_id = :organization and day between (:since::timestamptz - interval '2 minutes')::date and :before::timestamptz::date
    and until >= :since and since < :before and (:resource::text is null or resources @> array[:resource::text])) l
  cross join lateral (select id, case_id, project, subject, resource_id, l.since + milliseconds * interval '1 millisecond' as at
    from unnest(l.decisions, l.offsets, l.cases, l.subjects, l.projects, l.resources) as u (id, milliseconds, case_id, subject, project, resource_id)) e
  join decision_log_cases c on c.id = e.case_id and c.day = l.day
where e.at >= :since and e.at < :before and (:resource::text is null or e.resource_id = :resource)
  and (:at::timestamptz is null or (e.at, e.id) < (:at::timestamptz, :id::uuid))
order by e.at desc, e.id desc limit :limit`;

/** Where the next page begins: the time and the id of a decision. */
const key = /^[0-9]{1,14}\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The decisions of an organization that are in the log, newest first: those of a day, where no other time is wanted. Throws InvalidInput. */
export async function listDecisions(
  db: Db,
  actor: Actor,
  input: { organizationId: string } & DecisionFilters & PageQuery,
): Promise<Page<ListedDecision>> {
  const { organizationId, resourceId, since, before } = input;
  const list = JSON.stringify(['decisions', organizationId, resourceId, since, before]);
  const page = readPage(input, list, key);
  const [at, id] = page.after?.split('/') ?? [];
  const period = periodOf(input);
  const values = {
    ...{ organization: toUuid('organization', organizationId), resource: resourceId ?? null, limit: page.limit + 1 },
    ...{ since: period.since.toISOString(), before: period.before.toISOString() },
    ...{ at: at === undefined ? null : new Date(Number(at)).toISOString(), id: id ?? null },
  };
  const rows = await dear<Row>(db, db.raw(listSql, values));
  const known = createKnown(actor);
  const shown = new Map<Row, ListedDecision>();
  for (const row of rows) shown.set(row, await toListed(row, actor, known));
  return toPage(
    rows,
    page,
    list,
    (row) => `${row.at.getTime()}/${row.id}`,
    (row) => shown.get(row)!,
  );
}

/** The time that is looked at. */
function periodOf(wanted: DecisionFilters): { since: Date; before: Date } {
  checkPeriod(wanted, (name) => ({ parameter: name }));
  const begin = wanted.since === undefined ? undefined : readInstant(wanted.since, { parameter: 'since' });
  const end = wanted.before === undefined ? undefined : readInstant(wanted.before, { parameter: 'before' });
  // A decision of this millisecond belongs to it.
  const before = end ?? new Date(begin === undefined ? Date.now() + 1 : Math.min(Date.now() + 1, begin.getTime() + mostDays * day));
  const since = begin ?? new Date(before.getTime() - day);
  if (before.getTime() - since.getTime() > mostDays * day)
    throw new InvalidInput(`A list of decisions covers ${mostDays} days at most.`, [
      {
        parameter: 'since',
        detail: `must be at most ${mostDays} days before the end of the time; list the days before it by another request`,
      },
    ]);
  return { since, before };
}

async function toListed(row: Row, actor: Actor, isKnown: ReturnType<typeof createKnown>): Promise<ListedDecision> {
  const { subject, owner, allowed, reason, resource, action, resourceId } = recordOf(row);
  const projectId = row.project === null ? undefined : toId('project', row.project);
  const place = { organizationId: toId('organization', row.org_id), ...(projectId !== undefined && { projectId }) };
  const isShown = owner === actor.principal.subject.id || (await isKnown(subjectNamed(subject), place));
  return {
    ...{ decisionId: toId('decision', row.id), decision: allowed, reason: reasonOf(reason) },
    ...(isShown && { subject }),
    ...(projectId !== undefined && { projectId }),
    ...{ resource, action },
    ...(resourceId !== undefined && { resourceId }),
    createdAt: row.at.toISOString(),
  };
}
