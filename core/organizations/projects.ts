import { record } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import { allows } from '../authorization/decisions/decide.ts';
import { heldRoles, roleNames } from '../authorization/decisions/held-roles.ts';
import { authorityOf } from '../authorization/decisions/subjects.ts';
import { anyProjectOf, domainOf } from '../authorization/policy/domain.ts';
import { AlreadyExists, FailedPrecondition, NotFound } from '../base/errors.ts';
import { newId, toId, toUuid } from '../base/ids.ts';
import { type Labels, type LabelsPatch, newLabels, patchLabels } from '../base/labels.ts';
import { type Page, type PageQuery, readPage, toPage, uuidKey } from '../base/pages.ts';
import { checkPreconditions, type Preconditions } from '../base/preconditions.ts';
import { slugCandidates } from '../base/slugs.ts';
import { etagOf } from '../base/versions.ts';
import { breaches, type Db } from '../database/database.ts';
import { selectLabels } from '../database/label-selector.ts';
import { nextVersion } from '../database/next-version.ts';
import { type ManagedBy, managedBy, refuseManaged } from './managed-by.ts';
import { changed } from './organizations.ts';
import { requireProjects } from './project-rules.ts';
import { copySettings } from './setting-values.ts';

/** A part of one organization, with grants and resources of its own. */
export interface Project {
  readonly id: string;
  readonly organizationId: string;
  readonly name: string;
  readonly slug: string;
  readonly state: 'ACTIVE' | 'DELETED';
  readonly deletedAt?: string;
  readonly labels: Labels;
  readonly managedBy?: ManagedBy;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly etag: string;
}

/** A project as the database keeps it. */
export interface ProjectRow {
  org_id: string;
  id: string;
  slug: string;
  name: string;
  state: Project['state'];
  deleted_slug: string | null;
  deleted_at: Date | null;
  labels: Labels;
  managed_by: ManagedBy | null;
  manifest_labels: boolean;
  version: string;
  created_at: Date;
  updated_at: Date;
}

/** By name: a prepared `select *` fails on every open connection as soon as a migration adds one. */
export const projectColumns =
  'org_id, id, slug, name, state, deleted_slug, deleted_at, labels, managed_by, manifest_labels, version, created_at, updated_at';

/** The project row as the API shows it. */
export function toProject(row: ProjectRow): Project {
  return {
    id: toId('project', row.id),
    organizationId: toId('organization', row.org_id),
    name: row.name,
    slug: row.deleted_slug ?? row.slug,
    state: row.state,
    ...(row.deleted_at !== null && { deletedAt: row.deleted_at.toISOString() }),
    labels: row.labels,
    ...managedBy(row.managed_by),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    etag: etagOf(row.version),
  };
}

/** Makes a project. Without a slug one is made from the name. Throws AlreadyExists for a slug that is taken, and failed-precondition where this kind of organization has no projects. */
export async function createProject(
  db: Db,
  actor: Actor,
  input: { organizationId: string; name: string; slug?: string | undefined; labels?: Labels | undefined },
): Promise<Project> {
  const { organizationId, name, slug } = input;
  const blueprint = (await actor.engine({ organizationId })).blueprint!;
  requireProjects(blueprint);
  if (typeof blueprint.projects === 'object' && blueprint.projects.createdBy !== undefined) {
    const detail = `In an organization of this kind (${blueprint.title}) a project is made by installing an application: createInstance.`;
    throw new FailedPrecondition('failed-precondition', detail);
  }
  const row = {
    org_id: toUuid('organization', organizationId),
    id: toUuid('project', newId('project')),
    name,
    labels: newLabels(input.labels),
  };
  const project = toProject(await insertProject(db, row, slug));
  await copySettings(db, blueprint, { organizationId, projectId: project.id }, actor.name);
  await record(db, actor, { organizationId, action: 'project.create', target: project.id, after: project });
  return project;
}

/** Inserts the row under the slug that was asked for, or under the first free one made from the name. Throws AlreadyExists. */
export async function insertProject(
  db: Db,
  row: { org_id: string; id: string; name: string; labels?: Labels; managed_by?: string; manifest_labels?: boolean },
  slug: string | undefined,
): Promise<ProjectRow> {
  for (const candidate of slug === undefined ? slugCandidates(row.name) : [slug]) {
    const [inserted]: ProjectRow[] = await db('projects')
      .insert({ ...row, slug: candidate })
      .onConflict(['org_id', 'slug'])
      .ignore()
      .returning('*');
    if (inserted) return inserted;
  }
  throw slugTaken();
}

function slugTaken(cause?: unknown): AlreadyExists {
  const errors = [{ pointer: '#/slug', detail: 'is taken' }];
  return new AlreadyExists('A project of this organization has this slug already. Choose another one.', { errors }, { cause });
}

/**
 * The projects that the caller may read, oldest first. What the roles in the organization allow in any project counts for all of
 * them; for each project in which the caller holds a role, the policy is asked about that project. Deleted ones, until they are purged, are for those
 * who may restore them.
 */
export async function listProjects(
  db: Db,
  actor: Actor,
  input: { organizationId: string; state?: Project['state'] | undefined; labelSelector?: string | undefined } & PageQuery,
): Promise<Page<Project>> {
  const { organizationId, state = 'ACTIVE', labelSelector } = input;
  const list = JSON.stringify(['projects', organizationId, state, labelSelector]);
  const page = readPage(input, list, uuidKey);
  const query = db('projects')
    .where({ org_id: toUuid('organization', organizationId), state })
    .orderBy('id')
    .limit(page.limit + 1);
  if (page.after !== undefined) query.where('id', '>', page.after);
  selectLabels(query, 'labels', labelSelector);
  if (state === 'DELETED') {
    await actor.require('project', 'restore', { organizationId });
    return toPage(await query.whereNotNull('deleted_slug'), page, list, (row: ProjectRow) => row.id, toProject);
  }
  const { everywhere, except } = (await projectReach(db, actor, organizationId))('project', 'read');
  if (everywhere) query.whereNotIn('id', except);
  else query.whereIn('id', except);
  return toPage(await query, page, list, (row: ProjectRow) => row.id, toProject);
}

/** Whether the caller may do something in projects as a rule, and the projects (uuids) for which their roles there say otherwise; for many questions at one moment. */
export async function projectReach(
  db: Db,
  actor: Actor,
  organizationId: string,
): Promise<(resource: string, action: string) => { everywhere: boolean; except: string[] }> {
  const place = { organizationId };
  const [{ roles: held, scopes, subject, organization }, engine] = await Promise.all([actor.snapshot(place), actor.engine(place)]);
  const inProjects = new Map<string, string[]>();
  const holder = authorityOf(subject);
  for (const { role, projectId } of holder ? await heldRoles(db, toUuid('organization', organizationId), holder) : []) {
    if (projectId !== undefined) inProjects.set(projectId, [...(inProjects.get(projectId) ?? []), role]);
  }
  return (resource, action) => {
    const may = (roles: readonly string[], domain = anyProjectOf(place)) =>
      allows(engine, { roles, ...(scopes && { scopes }), domain }, resource, action);
    const everywhere = may(held);
    const except = [...inProjects]
      .filter(([projectId, also]) => {
        const names = [...held, ...roleNames(organization!.blueprint, also)];
        return may(names, domainOf({ organizationId, projectId })) !== everywhere;
      })
      .map(([projectId]) => toUuid('project', projectId));
    return { everywhere, except };
  };
}

/** One project. Throws NotFound. */
export async function getProject(db: Db, _actor: Actor, input: { organizationId: string; projectId: string }): Promise<Project> {
  return toProject(await findProject(db, input));
}

/** The row of a living project, locked when it is to be changed. Throws NotFound. */
export async function findProject(
  db: Db,
  { organizationId, projectId }: { organizationId: string; projectId: string },
  options: { lock?: boolean } = {},
): Promise<ProjectRow> {
  const query = db('projects').where({
    org_id: toUuid('organization', organizationId),
    id: toUuid('project', projectId),
    state: 'ACTIVE',
  });
  const row: ProjectRow | undefined = await (options.lock ? query.forNoKeyUpdate() : query).first();
  if (!row) throw new NotFound();
  return row;
}

/** Changes name, slug or labels. Throws AlreadyExists for a slug that is taken and managed-by when a manifest owns the project. */
export async function updateProject(
  db: Db,
  actor: Actor,
  input: {
    organizationId: string;
    projectId: string;
    name?: string | undefined;
    slug?: string | undefined;
    labels?: LabelsPatch | undefined;
    preconditions?: Preconditions | undefined;
  },
): Promise<Project> {
  const before = await findProject(db, input, { lock: true });
  checkPreconditions(input.preconditions ?? {}, etagOf(before.version));
  const described = { name: input.name, slug: input.slug };
  const change = changed(before, { ...described, labels: patchLabels(before.labels, input.labels) });
  if (!change) return toProject(before);
  if (changed(before, described) || (change.labels && before.manifest_labels)) refuseManaged(before.managed_by, actor);
  const after = await applyProjectChange(db, before, change);
  await record(db, actor, {
    organizationId: input.organizationId,
    action: 'project.update',
    target: input.projectId,
    before: { name: before.name, slug: before.slug, labels: before.labels },
    after: { name: after.name, slug: after.slug, labels: after.labels },
  });
  return toProject(after);
}

/** Writes a change of the row as its next version. Throws AlreadyExists for a slug that is taken. */
export async function applyProjectChange(db: Db, { org_id, id }: Pick<ProjectRow, 'org_id' | 'id'>, change: object): Promise<ProjectRow> {
  try {
    const [row]: ProjectRow[] = await db('projects')
      .where({ org_id, id })
      .update({ ...change, ...nextVersion(db) })
      .returning('*');
    return row!;
  } catch (error) {
    if (breaches(error, 'projects_slug')) throw slugTaken(error);
    throw error;
  }
}
