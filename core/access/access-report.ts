import type { Actor } from '../authorization/decisions/actor.ts';
import { livingGrant } from '../authorization/decisions/held-roles.ts';
import { type GrantSubject, subjectOf } from '../authorization/decisions/subjects.ts';
import { toId, toUuid } from '../base/ids.ts';
import { type Page, type PageQuery, readPage, toPage, uuidKey } from '../base/pages.ts';
import type { Db } from '../database/database.ts';
import { findProject } from '../organizations/projects.ts';

/** Of a project that has more of them, the oldest are shown; listProjectGrants has them all. */
const maxShown = 100;

/** Who has access to one project, and at which level. */
export interface ProjectAccess {
  readonly projectId: string;
  readonly name: string;
  readonly slug: string;
  readonly grantCount: number;
  readonly grants: AccessGrant[];
}

/** A grant as the report shows it. */
export interface AccessGrant {
  readonly grantId: string;
  readonly subject: GrantSubject;
  readonly displayName?: string;
  readonly external?: boolean;
  readonly role: string;
  readonly until?: string;
}

interface ProjectRow {
  id: string;
  name: string;
  slug: string;
}

interface GrantRow {
  project_id: string;
  id: string;
  user_id: string | null;
  service_account_id: string | null;
  subject_role: string | null;
  role: string;
  until: Date | null;
  is_member: boolean;
  display_name: string | null;
  total: number;
}

const grantsSql = `
select * from (
  select g.project_id, g.id, g.user_id, g.service_account_id, g.subject_role, g.role, g.until, m.user_id is not null as is_member,
    case when m.user_id is not null then coalesce(m.display_name, u.display_name, u.name) end as display_name,
    row_number() over (partition by g.project_id order by g.id) as place, count(*) over (partition by g.project_id)::int as total
  from grants g
  left join members m on m.org_id = g.org_id and m.user_id = g.user_id and m.state <> 'REMOVED'
  left join users u on u.id = m.user_id
  where g.org_id = :org and g.project_id = any(:projects::uuid[]) and ${livingGrant}
) numbered where place <= ${maxShown} order by project_id, id`;

/** Every project of the organization, oldest first, with who has access to it; what a role in the organization allows in projects is not in it. */
export async function getAccessReport(db: Db, _actor: Actor, input: { organizationId: string } & PageQuery): Promise<Page<ProjectAccess>> {
  const list = `access report of ${input.organizationId}`;
  const page = readPage(input, list, uuidKey);
  const org_id = toUuid('organization', input.organizationId);
  const query = db('projects')
    .where({ org_id, state: 'ACTIVE' })
    .orderBy('id')
    .limit(page.limit + 1)
    .select('id', 'name', 'slug');
  if (page.after !== undefined) query.where('id', '>', page.after);
  const rows: ProjectRow[] = await query;
  const access = await readAccess(db, org_id, rows.slice(0, page.limit));
  return toPage(
    rows,
    page,
    list,
    ({ id }) => id,
    (row) => access.get(row.id)!,
  );
}

/** Who has access to one project. Throws NotFound. */
export async function getProjectAccessReport(
  db: Db,
  _actor: Actor,
  input: { organizationId: string; projectId: string },
): Promise<ProjectAccess> {
  const row = await findProject(db, input);
  return (await readAccess(db, row.org_id, [row])).get(row.id)!;
}

async function readAccess(db: Db, org: string, projects: readonly ProjectRow[]): Promise<Map<string, ProjectAccess>> {
  const { rows } = await db.raw(grantsSql, { org, projects: projects.map(({ id }) => id) });
  const grants = new Map<string, GrantRow[]>();
  for (const row of rows as GrantRow[]) grants.set(row.project_id, [...(grants.get(row.project_id) ?? []), row]);
  return new Map(
    projects.map(({ id, name, slug }) => {
      const own = grants.get(id) ?? [];
      const grantCount = own[0]?.total ?? 0;
      return [id, { projectId: toId('project', id), name, slug, grantCount, grants: own.map(toAccessGrant) }];
    }),
  );
}

function toAccessGrant(row: GrantRow): AccessGrant {
  const { id, user_id, role, until, is_member, display_name } = row;
  return {
    grantId: toId('grant', id),
    subject: subjectOf(row),
    ...(display_name === null ? {} : { displayName: display_name }),
    ...(user_id !== null && { external: !is_member }),
    role,
    ...(until === null ? {} : { until: until.toISOString() }),
  };
}
