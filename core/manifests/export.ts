import { columnsSql, offeredBy } from '../access/invitation-rows.ts';
import { livingGrant, presentGrant } from '../authorization/decisions/held-roles.ts';
import type { Blueprint } from '../authorization/policy/blueprint.ts';
import { blueprintScope } from '../authorization/policy/scopes.ts';
import { listHeads, loadContent } from '../authorization/store/revisions.ts';
import { foldEmail, isEmailAddress } from '../base/email-address.ts';
import { NotFound } from '../base/errors.ts';
import { toId, toUuid } from '../base/ids.ts';
import type { Labels } from '../base/labels.ts';
import { type Db, milliseconds } from '../database/database.ts';
import { externalsChoices } from '../organizations/externals.ts';
import { named } from '../organizations/find-place.ts';
import { type Mfa, mfaChoices } from '../organizations/mfa-requirement.ts';
import type { OrganizationRow } from '../organizations/organizations.ts';
import { profileOf } from '../organizations/profile.ts';
import type { StoredRef } from './apply.ts';
import { exportInstances } from './export-instances.ts';
import { type ExportedResources, exportResources } from './export-resources.ts';
import { exportRestrictions } from './export-restrictions.ts';
import { type ExportedRole, exportRoles } from './export-roles.ts';
import { type ExportedSettings, exportSettings } from './export-settings.ts';
import { exportLimits } from './limits.ts';
import { inManifest } from './settings.ts';

/** An object as a file of manifests has it. */
export interface ExportedManifest {
  readonly apiVersion: 'tenet.dev/v1alpha1';
  readonly kind: 'Organization' | 'Project';
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: Readonly<Record<string, unknown>>;
}

/** The manifests of one organization, the Organization first, and what they cannot say. */
export interface Exported {
  readonly manifests: readonly ExportedManifest[];
  readonly leftOut: readonly string[];
}

type Row = OrganizationRow & { mfa: Mfa; managed_by: StoredRef | null };

interface ProjectRow {
  readonly id: string;
  readonly name: string;
  readonly slug: string;
  readonly labels: Labels;
  readonly manifest_labels: boolean;
  readonly managed_by: StoredRef | null;
}

/** The living organizations that are not personal, as ids, oldest first; only the one of this id or slug where one is named. Throws NotFound. */
export async function exportable(db: Db, which?: string): Promise<string[]> {
  const query = db('organizations').whereNot({ state: 'DELETED' }).whereNull('personal_of').orderBy('id').select<{ id: string }[]>('id');
  if (which !== undefined) {
    const column = named('organization', which);
    if (!column) throw new NotFound();
    query.where(column);
  }
  const rows = await query;
  if (which !== undefined && rows.length === 0) throw new NotFound();
  return rows.map(({ id }) => toId('organization', id));
}

/**
 * Manifests that say what an organization and its projects are, so that applying them changes nothing. What no manifest manages is named by the
 * annotation `tenet.dev/adopt`, and is taken over only with the consent of its administrators. Projects of no manifest are in `namespace`.
 */
export async function exportOrganization(db: Db, organizationId: string, { namespace }: { namespace: string }): Promise<Exported> {
  const org_id = toUuid('organization', organizationId);
  const row: Row | undefined = await db('organizations').where({ id: org_id }).whereNot({ state: 'DELETED' }).first();
  if (!row) throw new NotFound();
  const leftOut: string[] = [];
  const leave = (what: string): void => void leftOut.push(`${row.slug}: ${what}`);
  const content = await readContent(db, row.blueprint);
  const blueprint = content.blueprint!;
  const roles = await exportRoles(db, org_id);
  const nameOf = (role: string): string => roles.find(({ id }) => id === role)?.name ?? role;
  const name = row.managed_by?.name ?? row.slug;
  const settings = await exportSettings(db, { org_id, blueprint, leave });
  const resources = await exportResources(db, { org_id, content, leave });
  const projects: ProjectRow[] = await db('projects').where({ org_id, state: 'ACTIVE' }).orderBy('id');
  const instances = await exportInstances(db, { org_id, leave });
  const exported: ExportedManifest[] = [];
  for (const project of projects.filter(({ id }) => !instances.has(id)))
    exported.push(await exportProject(db, { project, org_id, name, namespace, settings, resources, nameOf, leave }));
  const spec = {
    displayName: row.name,
    ...(row.slug !== name && { slug: row.slug }),
    blueprint: row.blueprint,
    ...profileOf(row),
    ...labelsOf(row.labels, row.manifest_labels),
    ...(row.language !== null && { language: row.language }),
    ...switches(row, blueprint),
    ...settings.of(null),
    ...listOf('limits', await exportLimits(db, organizationId)),
    ...listOf('resources', resources.of(null)),
    ...listOf('restrictions', await exportRestrictions(db, { organizationId, blueprint, leave })),
    ...listOf('instances', instances.entries),
    ...listOf('roles', roles.map(toSpec)),
    ...listOf('members', await readMembers(db, org_id, { nameOf, leave })),
    ...listOf('serviceAccounts', await readAccounts(db, org_id, null, { nameOf, leave })),
    ...consentTo(exported, leave),
  };
  for (const what of await readUnsayable(db, org_id)) leave(what);
  const organization: ExportedManifest = {
    apiVersion: 'tenet.dev/v1alpha1',
    kind: 'Organization',
    metadata: { name, ...adoption(row.managed_by, organizationId) },
    spec,
  };
  return { manifests: [organization, ...exported], leftOut };
}

const unsayableSql = `
select 'grants to holders of a role' as what, count(*)::int as count from grants g where g.org_id = :org and g.subject_role is not null and ${presentGrant}
union all
select 'API keys', count(*)::int from api_keys where org_id = :org and state = 'ACTIVE' and (expires_at is null or expires_at > now())
union all
select 'invitation links', count(*)::int from invitation_links where org_id = :org and revoked_at is null and expires_at > now()
union all
select 'role templates', count(*)::int from role_templates where org_id = :org
union all
select 'settings that members have chosen for themselves', count(*)::int from setting_values where org_id = :org and user_id is not null`;

/** What no manifest has a field for, where there is any of it. */
async function readUnsayable(db: Db, org_id: string): Promise<string[]> {
  const { rows } = await db.raw(unsayableSql, { org: org_id });
  return (rows as { what: string; count: number }[]).flatMap(({ what, count }) =>
    count === 0 ? [] : [`${what}, which no manifest has: ${count}`],
  );
}

async function readContent(db: Db, name: string) {
  const [head] = await listHeads(db, [blueprintScope(name)]);
  return loadContent(db, head!.scope, head!.revision);
}

const adoption = (manager: StoredRef | null, id: string) => (manager === null ? { annotations: { 'tenet.dev/adopt': id } } : {});

const listOf = (field: string, items: readonly unknown[]) => (items.length === 0 ? {} : { [field]: items });

const labelsOf = (labels: Labels, isSaid: boolean) => (isSaid || Object.keys(labels).length > 0 ? { labels } : {});

/** The switches of which the kind of organization leaves a choice. */
function switches(row: Row, blueprint: Blueprint) {
  return {
    ...(mfaChoices(blueprint).length > 1 && { mfa: inManifest(row.mfa) }),
    ...(externalsChoices(blueprint).length > 1 && { externals: inManifest(row.externals) }),
  };
}

function toSpec({ name, title, description, tier, permissions }: ExportedRole) {
  return { name, title, ...(description !== '' && { description }), tier, ...listOf('permissions', permissions) };
}

/** The Organization admits the namespace of its projects; one selector cannot name several. */
function consentTo(projects: readonly ExportedManifest[], leave: (what: string) => void) {
  const [first, ...others] = new Set(projects.map(({ metadata }) => metadata.namespace!));
  if (first === undefined) return {};
  if (others.length > 0)
    leave(`spec.allowedProjects has to admit the namespaces ${[first, ...others].join(', ')}: give them a label and select it`);
  const matchLabels = { 'kubernetes.io/metadata.name': first };
  return others.length > 0 ? {} : { allowedProjects: { namespaces: { from: 'Selector', selector: { matchLabels } } } };
}

interface Naming {
  readonly nameOf: (role: string) => string;
  readonly leave: (what: string) => void;
}

async function exportProject(
  db: Db,
  input: {
    project: ProjectRow;
    org_id: string;
    name: string;
    namespace: string;
    settings: ExportedSettings;
    resources: ExportedResources;
  } & Naming,
): Promise<ExportedManifest> {
  const { project, org_id, nameOf } = input;
  const name = project.managed_by?.name ?? project.slug;
  const leave = (what: string): void => input.leave(`project ${project.slug}: ${what}`);
  return {
    apiVersion: 'tenet.dev/v1alpha1',
    kind: 'Project',
    metadata: {
      name,
      namespace: project.managed_by?.namespace ?? input.namespace,
      ...adoption(project.managed_by, toId('project', project.id)),
    },
    spec: {
      displayName: project.name,
      ...(project.slug !== name && { slug: project.slug }),
      organizationRef: { name: input.name },
      ...labelsOf(project.labels, project.manifest_labels),
      ...input.settings.of(project.id),
      ...listOf('resources', input.resources.of(project.id)),
      ...listOf('members', await readHolders(db, org_id, project.id, { nameOf, leave })),
      ...listOf('serviceAccounts', await readAccounts(db, org_id, project.id, { nameOf, leave })),
    },
  };
}

interface Held {
  readonly role: string;
  /** Milliseconds since 1970. */
  readonly until: number | null;
  readonly rests: boolean;
}

interface PersonRow {
  readonly user_id: string;
  readonly email: string | null;
  readonly holders: number;
  readonly is_managed: boolean;
  readonly labels: Labels | null;
  readonly manifest_labels: boolean | null;
  readonly grants: readonly Held[];
}

/** The present grants that a condition names, as an array of Held. */
const heldSql = (which: string) => `
  coalesce((select jsonb_agg(jsonb_build_object('role', g.role, 'until', ${milliseconds('g.until')}, 'rests', not (${livingGrant})) order by g.id)
    from grants g where g.org_id = :org and ${which} and ${presentGrant}), '[]') as grants`;

/** People with what they hold in a place, directly. `holders`: how many users have the address. */
const peopleSql = (place: string) => `
select u.id as user_id, u.folded_email as email, m.managed_by is not null as is_managed, m.labels, m.manifest_labels,
  (select count(*)::int from users o where o.folded_email = u.folded_email) as holders,${heldSql(`g.user_id = u.id and ${place}`)}
from users u left join members m on m.org_id = :org and m.user_id = u.id and m.state <> 'REMOVED'`;

async function readMembers(db: Db, org_id: string, { nameOf, leave }: Naming): Promise<object[]> {
  const people: PersonRow[] = (
    await db.raw(`${peopleSql('g.project_id is null')} where m.user_id is not null order by m.joined_at, u.id`, { org: org_id })
  ).rows;
  const entries = people.flatMap((row) => {
    const why = unsayable(row);
    const removal = row.is_managed ? ', and is removed by a manifest without them: add their entry' : '';
    if (why !== undefined) leave(`the member ${toId('user', row.user_id)} ${why}${removal}`);
    return why === undefined ? [{ ...entryOf(row, nameOf), ...labelsOf(row.labels ?? {}, row.manifest_labels ?? false) }] : [];
  });
  const present = new Set(people.map(({ email }) => email));
  return [...entries, ...(await readInvited(db, org_id, nameOf)).filter(({ email }) => !present.has(email))];
}

/** People who are still to answer an invitation to the organization, with the roles that it offers. */
async function readInvited(db: Db, org_id: string, nameOf: (role: string) => string) {
  const { rows } = await db.raw(
    `select ${columnsSql} from invitations where org_id = ? and state = 'PENDING' and least(expires_at, until) > now() order by id`,
    [org_id],
  );
  return rows.flatMap((row: Parameters<typeof offeredBy>[0] & { email: string; until: Date | null }) => {
    const { roles } = offeredBy(row);
    const until = row.until === null ? {} : { until: row.until.toISOString() };
    return roles.length === 0 ? [] : [{ email: foldEmail(row.email), roles: roles.map(nameOf), ...until }];
  }) as { email: string }[];
}

async function readHolders(db: Db, org_id: string, project: string, { nameOf, leave }: Naming): Promise<object[]> {
  const holding = `exists (select from grants g where g.org_id = :org and g.project_id = :project and g.user_id = u.id and ${presentGrant})`;
  const { rows } = await db.raw(`${peopleSql('g.project_id = :project')} where ${holding} order by u.id`, { org: org_id, project });
  return (rows as PersonRow[]).flatMap((row) => {
    const why = unsayable(row);
    if (why !== undefined) leave(`the roles of ${toId('user', row.user_id)}: the user ${why}`);
    return why === undefined ? [entryOf(row, nameOf)] : [];
  });
}

/** Why an entry cannot say what a person has. */
function unsayable({ email, holders, grants }: PersonRow): string | undefined {
  if (email === null || !isEmailAddress(email)) return 'has no address by which a manifest could call them';
  if (holders > 1) return 'has an address that several users have';
  if (grants.length === 0) return 'holds no role of their own';
  return grants.some(({ until, rests }) => rests || until !== grants[0]!.until)
    ? 'holds roles that begin or end at different times'
    : undefined;
}

function entryOf({ email, grants }: PersonRow, nameOf: (role: string) => string) {
  const [{ until }] = grants as [Held];
  return { email, roles: grants.map(({ role }) => nameOf(role)), ...(until !== null && { until: new Date(until).toISOString() }) };
}

interface AccountRow {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly labels: Labels;
  readonly manifest_labels: boolean;
  readonly grants: readonly Held[];
}

const accountsSql = `
select s.id, s.name, s.description, s.labels, s.manifest_labels,${heldSql('g.service_account_id = s.id and g.project_id is not distinct from s.project_id')}
from service_accounts s where s.org_id = :org and s.project_id is not distinct from :project::uuid and s.state = 'ACTIVE' order by s.id`;

async function readAccounts(db: Db, org_id: string, project: string | null, { nameOf, leave }: Naming): Promise<object[]> {
  const rows: AccountRow[] = (await db.raw(accountsSql, { org: org_id, project })).rows;
  return rows.flatMap(({ id, name, description, labels, manifest_labels, grants }) => {
    const isAlone = rows.filter((other) => other.name === name).length === 1;
    const isPlain = grants.every(({ until, rests }) => until === null && !rests);
    if (!isAlone || !isPlain) {
      leave(
        `the service account ${toId('serviceAccount', id)} ${isAlone ? 'holds roles that begin or end' : 'has a name that others have too'}`,
      );
      return [];
    }
    return [
      {
        name,
        ...(description !== null && { description }),
        ...listOf(
          'roles',
          grants.map(({ role }) => nameOf(role)),
        ),
        ...labelsOf(labels, manifest_labels),
      },
    ];
  });
}
