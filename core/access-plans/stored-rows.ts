import { platformChain, toId, toUuid } from '../base/ids.ts';
import { integerKey, type Page, type PageQuery, readPage, toPage } from '../base/pages.ts';
import { type Db, prepared } from '../database/database.ts';
import { findPlan } from './access-plans.ts';
import { idKinds, type ShownRow } from './document.ts';
import type { PlanRow, SubjectType } from './rows.ts';

/** Subjects of one part of a row (docs/limits.md): a page is so many parts. */
const partSize = 100;
/** Parts that one statement writes. */
const batch = 500;

interface Part {
  org_id: string;
  number: number;
  part: number;
  effect: number;
  place: PlanRow['place'];
  place_id: string | null;
  subject_type: SubjectType;
  via: ShownRow['via'];
  count: string | number;
  fold: string;
  subjects: string[] | null;
  except_projects: Record<string, string[]> | null;
}

const insertSql = `
insert into access_plan_rows (org_id, plan_id, number, part, effect, place, place_id, subject_type, via, count, fold, subjects, except_projects)
select org_id, $1, number, part, effect, place, place_id, subject_type, array(select jsonb_array_elements_text(via)), count, fold,
  case when subjects is not null then array(select jsonb_array_elements_text(subjects)::uuid) end, except_projects
from jsonb_to_recordset($2) as p (org_id uuid, number int, part int, effect int, place text, place_id uuid, subject_type text, via jsonb,
  count bigint, fold text, subjects jsonb, except_projects jsonb)`;

/** Writes the rows of a plan in place of those that it has. */
export async function storeRows(db: Db, plan: string, rows: readonly ShownRow[]): Promise<void> {
  await db('access_plan_rows').where({ plan_id: plan }).delete();
  let some: Part[] = [];
  const flush = async (): Promise<void> => {
    await prepared(db, 'insert-plan-rows', insertSql, [plan, JSON.stringify(some)]);
    some = [];
  };
  for (const [number, row] of rows.entries()) {
    for (const part of partsOf(row, number)) {
      some.push(part);
      if (some.length === batch) await flush();
    }
  }
  if (some.length > 0) await flush();
}

function* partsOf(row: ShownRow, number: number): Generator<Part> {
  const { effect, organizationId, place, projectId, subjectType, via, count, fold, subjects } = row;
  const about = {
    org_id: organizationId === undefined ? platformChain : toUuid('organization', organizationId),
    place_id: projectId === undefined ? null : toUuid('project', projectId),
    ...{ number, effect, place, subject_type: subjectType, via, count, fold },
  };
  if (!subjects || subjectType === 'CONTROLLER') {
    yield { ...about, part: 0, subjects: null, except_projects: null };
    return;
  }
  const kind = idKinds[subjectType];
  for (let part = 0; part * partSize < subjects.length; part++) {
    const some = subjects.slice(part * partSize, (part + 1) * partSize).map(({ id, exceptProjects }) => ({
      uuid: toUuid(kind, id),
      exceptProjects,
    }));
    const excepted = some.flatMap(({ uuid, exceptProjects }) => (exceptProjects ? [[uuid, exceptProjects] as const] : []));
    yield {
      ...about,
      part,
      subjects: some.map(({ uuid }) => uuid),
      except_projects: excepted.length === 0 ? null : (Object.fromEntries(excepted) as Record<string, string[]>),
    };
  }
}

function toRow({ org_id, effect, place, place_id, subject_type, via, count, fold, subjects, except_projects }: Part): ShownRow {
  const idOf = (uuid: string): string => toId(idKinds[subject_type as keyof typeof idKinds], uuid);
  return {
    effect,
    ...(org_id !== platformChain && { organizationId: toId('organization', org_id) }),
    place,
    ...(place_id !== null && { projectId: toId('project', place_id) }),
    subjectType: subject_type,
    via,
    count: Number(count),
    fold,
    ...(subjects && {
      subjects: subjects.map((uuid) => ({
        id: idOf(uuid),
        ...(except_projects?.[uuid] && { exceptProjects: except_projects[uuid] }),
      })),
    }),
  };
}

/** What is looked for among the rows of a plan. */
export interface RowFilters {
  readonly effect?: number | undefined;
  readonly organizationId?: string | undefined;
  readonly subjectId?: string | undefined;
}

/** The kind of an id that a row may have for a subject. */
function subjectUuid(id: string): string {
  if (id.startsWith('svc_')) return toUuid('serviceAccount', id);
  return id.startsWith('key_') ? toUuid('apiKey', id) : toUuid('user', id);
}

/** Whom a plan concerns, in its order. A row with many subjects comes in parts, one behind the other, each with the count of the row. Throws NotFound. */
export async function listAccessPlanRows(
  db: Db,
  accessPlanId: string,
  { effect, organizationId, subjectId, ...query }: RowFilters & PageQuery,
): Promise<Page<ShownRow>> {
  const { id } = await findPlan(db, accessPlanId, ['id']);
  const list = `rows of ${accessPlanId} ${JSON.stringify([effect, organizationId, subjectId])}`;
  const page = readPage(query, list, partKey);
  const rows = db('access_plan_rows')
    .where({ plan_id: id })
    .orderBy(['number', 'part'])
    .limit(page.limit + 1);
  if (effect !== undefined) rows.where({ effect });
  if (organizationId !== undefined) rows.where({ org_id: toUuid('organization', organizationId) });
  if (subjectId !== undefined) rows.whereRaw('? = any (subjects)', [subjectUuid(subjectId)]);
  if (page.after !== undefined) rows.whereRaw('(number, part) > (?, ?)', page.after.split('.').map(Number));
  return toPage((await rows) as Part[], page, list, ({ number, part }) => `${number}.${part}`, toRow);
}

const partKey = new RegExp(`${integerKey.source.slice(0, -1)}\\.${integerKey.source.slice(1)}`);

/** What is shown of a row but its subjects. */
const withoutSubjects = ['org_id', 'number', 'part', 'effect', 'place', 'place_id', 'subject_type', 'via', 'count', 'fold'] as const;

/** The rows of a plan in these organizations, by uuid, without naming the subjects. */
export async function storedRowsOf(db: Db, plan: string, organizations: readonly string[]): Promise<ShownRow[]> {
  const parts: Omit<Part, 'subjects' | 'except_projects'>[] = await db('access_plan_rows')
    .where({ plan_id: plan, part: 0 })
    .whereIn('org_id', [...organizations])
    .orderBy('number')
    .select(withoutSubjects);
  return parts.map((part) => toRow({ ...part, subjects: null, except_projects: null }));
}
