import { deleteProject } from '../access/project-deletions.ts';
import { record } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import { AlreadyExists, FailedPrecondition } from '../base/errors.ts';
import { newId, toId, toUuid } from '../base/ids.ts';
import { newLabels, patchLabels, replacingLabels } from '../base/labels.ts';
import { type Db, prepared } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import { externalsIn } from '../organizations/externals.ts';
import { type HandOverMode, isHandedOver, useHandOver } from '../organizations/hand-overs.ts';
import { requireProjects } from '../organizations/project-rules.ts';
import { insertProject, type ProjectRow, projectColumns, toProject, updateProject } from '../organizations/projects.ts';
import { copySettings } from '../organizations/setting-values.ts';
import {
  type Attempt,
  apply,
  consentSentence,
  controllerActor,
  differencesOf,
  identity,
  isNoted,
  joinTerm,
  type Manifest,
  type ManifestContext,
  type ManifestRef,
  manifestName,
  notHandedOver,
  ownerRef,
  type Plan,
  type Step,
  type StoredRef,
  storedRef,
  wasFormer,
} from './apply.ts';
import { entryProblems, type SpecProblem } from './entries.ts';
import type { MemberStatus } from './member-status.ts';
import { findByManifest as findOrganization } from './organization.ts';
import { together } from './parts.ts';
import { planGrants } from './project-members.ts';
import { planResources } from './resources.ts';
import { readNamedRoles, resolveRoles } from './roles.ts';
import { planServiceAccounts, type ServiceAccountStatus } from './service-accounts.ts';
import { planSettingValues, releaseSettings } from './setting-values.ts';

/** What a Project manifest says. */
export interface ProjectManifest extends Manifest {
  /** The manifest of the organization that the project belongs to. */
  readonly organization: { readonly uid: string; readonly name: string };
}

/** What became of it. `organizationId` is undefined while the organization has no row yet. */
export interface AppliedProject {
  readonly id?: string;
  readonly organizationId?: string;
  readonly slug?: string;
  readonly memberCount: number;
  readonly members: readonly MemberStatus[];
  readonly serviceAccounts: readonly ServiceAccountStatus[];
  /** What the manifest says and its kind of organization does not have; the rest is carried out. */
  readonly problems: readonly SpecProblem[];
  /** What else than members cannot be carried out, and why; the rest is. */
  readonly refusals: readonly SpecProblem[];
  /** What would be done, where the manifest only looks. */
  readonly differences: readonly string[];
}

type Row = ProjectRow & { managed_by: StoredRef | null; state: ProjectRow['state'] | 'ARCHIVED' };

/** Brings a project to what its manifest says. Throws like applyOrganization. */
export function applyProject(context: ManifestContext, manifest: ProjectManifest): Promise<{ result: AppliedProject; done: string[] }> {
  return apply(context, manifest, manifest.organization.uid, (db, actor, attempt) => plan(db, actor, context, manifest, attempt));
}

async function plan(
  db: Db,
  actor: Actor,
  { keyring }: ManifestContext,
  manifest: ProjectManifest,
  attempt: Attempt,
): Promise<Plan<AppliedProject>> {
  const [organization, owned] = await Promise.all([findOrganization(db, manifest.organization), findByManifest(db, manifest.ref)]);
  if (!organization) return { steps: [], result: empty };
  const organizationId = toId('organization', organization.id);
  if (owned && owned.org_id !== organization.id) throw elsewhere(owned, organizationId, manifest);
  const row = owned ?? (await findObserved(db, actor, manifest, organization.id));
  if (!row)
    return manifest.manage ? await appear(db, actor, manifest, organizationId) : { steps: [], result: { ...empty, organizationId } };
  const roles = await actor.engine({ organizationId });
  const home = { organizationId, projectId: toId('project', row.id) };
  const { ref, serviceAccounts = [] } = manifest;
  const own = await readNamedRoles(db, organization.id, [...manifest.members, ...serviceAccounts]);
  const named = resolveRoles(manifest.members, ({ email }) => email, own).entries;
  const entries = named.map((member) => ({ entry: member.email, roles: member.roles }));
  const { problems, refused } = entryProblems(roles, entries, home, 'members');
  const known = { ...attempt, refused: new Map([...attempt.refused, ...refused]) };
  const externals = externalsIn(roles.blueprint!, organization);
  const members = await planGrants(db, actor, { row, organizationId, externals }, { ...manifest, members: named }, known);
  const wanted = resolveRoles(serviceAccounts, ({ name }) => name, own).entries;
  const accounts = await planServiceAccounts(db, actor, { home, roles, ref, wanted }, attempt);
  const values = await planSettingValues(
    db,
    actor,
    { ...home, blueprint: roles.blueprint!, wanted: manifest.settingValues ?? {} },
    attempt.refused,
  );
  const { listed, gone } = await planResources(
    db,
    actor,
    keyring,
    { ...home, blueprint: roles.blueprint!, ref, wanted: manifest.resources ?? [] },
    attempt.refused,
  );
  const resources = together([listed, gone]);
  const steps = [...fieldSteps(db, actor, row, manifest), ...resources.steps, ...values.steps, ...members.steps, ...accounts.steps];
  return {
    steps: manifest.manage ? steps : [],
    result: {
      ...{ id: toId('project', row.id), organizationId, slug: row.slug, memberCount: members.count },
      ...{ members: members.statuses, serviceAccounts: accounts.statuses },
      problems: [...resources.problems, ...values.problems, ...problems, ...accounts.problems],
      ...{
        refusals: [...resources.refusals, ...values.refusals, ...accounts.refusals],
        differences: manifest.manage ? [] : differencesOf(steps),
      },
    },
  };
}

const empty: AppliedProject = { memberCount: 0, members: [], serviceAccounts: [], problems: [], refusals: [], differences: [] };

/** The Organization was deleted by force and made again as another organization, and the project stayed in the old one. */
function elsewhere(row: Row, organizationId: string, { organization: { name } }: ProjectManifest): FailedPrecondition {
  const old = toId('organization', row.org_id);
  return new FailedPrecondition(
    'organization-changed',
    `${toId('project', row.id)} is in ${old}, and the Organization ${name} is ${organizationId} now. Annotate the Organization with tenet.dev/adopt: ${old} to have the old one back, or delete this Project and apply it again for a new project.`,
  );
}

/** The living row that this manifest owns. */
export async function findByManifest(db: Db, { uid }: Pick<ManifestRef, 'uid'>): Promise<Row | undefined> {
  const sql = `select ${projectColumns} from projects where manifest_uid = $1 and state = 'ACTIVE'`;
  const [row] = await prepared<Row>(db, 'manifest-project', sql, [uid]);
  return row;
}

/** What a manifest that may only look looks at, if that was handed over to it: the project that it names, or the one of its slug. */
async function findObserved(db: Db, actor: Actor, { ref, manage, adopt, slug }: ProjectManifest, org_id: string): Promise<Row | undefined> {
  if (manage) return undefined;
  const which = adopt === undefined ? { slug } : { id: toUuid('project', adopt) };
  const row: Row | undefined = await db('projects')
    .where({ org_id, state: 'ACTIVE', ...which })
    .first();
  if (row && (await mayTake(db, actor, row, ref, 'OBSERVE'))) return row;
  if (adopt !== undefined) throw notHandedOver(pathOf({ organizationId: toId('organization', org_id), projectId: adopt }), ref, 'OBSERVE');
  return undefined;
}

/** Whether the row was this manifest's before, or was handed over to it. */
async function mayTake(db: Db, actor: Actor, { org_id, id, managed_by }: Row, ref: ManifestRef, mode: HandOverMode): Promise<boolean> {
  if (managed_by && wasFormer(managed_by, ref)) return true;
  const place = { organizationId: toId('organization', org_id), projectId: toId('project', id), isManaged: managed_by !== null };
  return isHandedOver(db, actor, place, ref, mode);
}

type ProjectPlace = { organizationId: string; projectId: string };

const pathOf = ({ organizationId, projectId }: ProjectPlace): string => `organizations/${organizationId}/projects/${projectId}`;

/** The project of this slug that this manifest archived when it went. */
async function findArchived(db: Db, { ref, slug }: ProjectManifest, org_id: string): Promise<Row | undefined> {
  return await db('projects')
    .where({ org_id, slug, state: 'ARCHIVED', managed_by: null })
    .whereRaw('archived_by = ?::jsonb', [identity(ref)])
    .first();
}

/** The step that gives the manifest its row: a new one, the one that it archived, or the one that it adopts. */
async function appear(db: Db, actor: Actor, manifest: ProjectManifest, organizationId: string): Promise<Plan<AppliedProject>> {
  const { ref, adopt, slug, displayName, labels } = manifest;
  const result = { ...empty, organizationId };
  const archived = await findArchived(db, manifest, toUuid('organization', organizationId));
  if (archived) return { steps: [restoreStep(db, actor, archived, ref)], result };
  if (adopt !== undefined) {
    const place = { organizationId, projectId: adopt };
    return { steps: [{ does: `adopt ${adopt}`, run: () => adoptRow(db, actor, ref, place) }], result };
  }
  const id = newId('project');
  const step: Step = {
    does: `create the project ${slug}`,
    async run() {
      await actor.require('project', 'create', { organizationId });
      const blueprint = (await actor.engine({ organizationId })).blueprint!;
      requireProjects(blueprint);
      const org_id = toUuid('organization', organizationId);
      const managed_by = ownerRef(ref);
      const said = { labels: newLabels(labels), manifest_labels: labels !== undefined };
      const row = await insertProject(db, { org_id, id: toUuid('project', id), name: displayName, managed_by, ...said }, slug).catch(
        async (error: unknown) => {
          throw error instanceof AlreadyExists ? await taken(db, { org_id, slug }, ref) : error;
        },
      );
      await copySettings(db, blueprint, { organizationId, projectId: id }, actor.name);
      await record(db, actor, { organizationId, action: 'project.create', target: id, after: toProject(row) });
    },
  };
  const { members, serviceAccounts = [], settingValues = {}, resources = [] } = manifest;
  const isAlone = members.length + serviceAccounts.length + resources.length + Object.keys(settingValues).length === 0;
  return { steps: [step], result, ...(isAlone && { settled: () => ({ ...result, id, slug }) }) };
}

function restoreStep(db: Db, actor: Actor, row: Row, ref: ManifestRef): Step {
  const organizationId = toId('organization', row.org_id);
  return {
    does: `restore the project ${row.slug}, which this manifest archived`,
    async run() {
      await actor.require('project', 'create', { organizationId });
      await db('projects')
        .where({ org_id: row.org_id, id: row.id })
        .update({ state: 'ACTIVE', archived_by: null, managed_by: ownerRef(ref), ...nextVersion(db) });
      await record(db, actor, {
        organizationId,
        action: 'project.restore',
        target: toId('project', row.id),
        before: { state: row.state },
        after: { state: 'ACTIVE', managedBy: storedRef(ref) },
      });
    },
  };
}

async function taken(db: Db, key: { org_id: string; slug: string }, ref: ManifestRef): Promise<AlreadyExists> {
  const row: Row | undefined = await db('projects').where(key).first();
  if (row?.managed_by && !wasFormer(row.managed_by, ref)) {
    return new AlreadyExists(`${manifestName(row.managed_by)} has the slug ${key.slug} in this organization. Choose another slug.`);
  }
  const path = pathOf({ organizationId: toId('organization', key.org_id), projectId: '<id>' });
  return new AlreadyExists(
    `A project with the slug ${key.slug} exists in this organization already. Choose another slug, or have it handed over: annotate the manifest with tenet.dev/adopt: <id of the project>. ${consentSentence(path, ref, 'ADOPT')}`,
  );
}

async function adoptRow(db: Db, actor: Actor, ref: ManifestRef, place: { organizationId: string; projectId: string }): Promise<void> {
  const key = { org_id: toUuid('organization', place.organizationId), id: toUuid('project', place.projectId) };
  const row: Row | undefined = await db('projects').where(key).where({ state: 'ACTIVE' }).first();
  if (!row || !(await mayTake(db, actor, row, ref, 'ADOPT'))) throw notHandedOver(pathOf(place), ref, 'ADOPT');
  refuseApplication(row);
  await actor.require('project', 'update', place);
  await useHandOver(db, place, ref);
  await db('projects')
    .where(key)
    .update({ managed_by: ownerRef(ref), ...nextVersion(db) });
  if (row.managed_by) {
    await reassignIn(db, { org_id: key.org_id, project_id: key.id }, row.managed_by, ref);
  }
  await record(db, actor, {
    organizationId: place.organizationId,
    action: 'project.adopt',
    target: place.projectId,
    ...(row.managed_by && { before: { managedBy: storedRef(row.managed_by) } }),
    after: { managedBy: storedRef(ref) },
  });
}

/** An application that an Organization says is not a Project's as well: each would undo what the other says. */
function refuseApplication({ managed_by, slug }: Row): void {
  if (managed_by?.kind !== 'Organization') return;
  const detail = `${manifestName(managed_by)} says the application ${slug}, which is this project (spec.instances). Take its entry out first.`;
  throw new FailedPrecondition('failed-precondition', detail);
}

/** What a manifest manages in a project is managed by another one from now on, or by none. */
async function reassignIn(
  db: Db,
  where: { org_id: string; project_id: string },
  { uid }: Pick<StoredRef, 'uid'>,
  to: StoredRef | null,
): Promise<void> {
  for (const table of ['service_accounts', 'resources'])
    await db(table)
      .where(where)
      .whereRaw("managed_by ->> 'uid' = ?", [uid])
      .update({ managed_by: to && JSON.stringify(storedRef(to)) });
}

function fieldSteps(db: Db, actor: Actor, row: Row, { ref, displayName, slug, labels }: ProjectManifest): Step[] {
  const place = { organizationId: toId('organization', row.org_id), projectId: toId('project', row.id) };
  const stored = row.managed_by?.uid === ref.uid ? row.managed_by : undefined;
  if ((stored?.generation ?? 0) > ref.generation) throw new Error('an older generation of the manifest was read; it is read again');
  const steps: Step[] = [];
  if (row.name !== displayName || row.slug !== slug) {
    steps.push({
      does: `set name and slug to ${displayName} and ${slug}`,
      async run() {
        await actor.require('project', 'update', place);
        await updateProject(db, actor, { ...place, name: displayName, slug });
      },
    });
  }
  if (labels && patchLabels(row.labels, replacingLabels(row.labels, labels))) {
    steps.push({
      does: 'set labels',
      async run() {
        await actor.require('project', 'update', place);
        await updateProject(db, actor, { ...place, labels: replacingLabels(row.labels, labels) });
      },
    });
  }
  const manifest_labels = labels !== undefined;
  if (!stored || !isNoted(stored, ref) || row.manifest_labels !== manifest_labels) {
    const managed_by = ownerRef(ref);
    steps.push({
      does: `note generation ${ref.generation}`,
      isNote: true,
      run: () => db('projects').where({ org_id: row.org_id, id: row.id }).update({ managed_by, manifest_labels }),
    });
  }
  return steps;
}

/** What becomes of the project when its manifest goes. Archive: nobody reaches it, and its slug stays taken, until the manifest comes again. */
export async function releaseProject(context: ManifestContext, ref: ManifestRef, policy: 'Retain' | 'Archive' | 'Delete'): Promise<void> {
  await context.database.write('platform', async (db) => {
    await joinTerm(db, context.fence);
    const row = await findByManifest(db, ref);
    if (!row) return;
    await db.raw('select from organizations where id = ? for no key update', [row.org_id]);
    const actor = controllerActor(db, context, ref);
    const place = { organizationId: toId('organization', row.org_id), projectId: toId('project', row.id) };
    const key = { org_id: row.org_id, id: row.id };
    // In an organization that is deleted everything is gone already, and nobody may do anything.
    const { exists } = await actor.snapshot({ organizationId: place.organizationId });
    if (exists && policy !== 'Retain') await actor.require('project', 'delete', place);
    if (exists && policy === 'Delete') await deleteProject(db, actor, place);
    const archived = { state: 'ARCHIVED', archived_by: identity(ref), ...nextVersion(db) };
    if (exists && policy === 'Archive') await db('projects').where(key).update(archived);
    // Grants that the manifest made go on as grants that the API may change.
    await db('grants').where({ org_id: row.org_id, project_id: row.id, source: 'MANIFEST', revoked_at: null }).update({ source: 'DIRECT' });
    await reassignIn(db, { org_id: row.org_id, project_id: row.id }, ref, null);
    await releaseSettings(db, place);
    await db('projects').where(key).update({ managed_by: null });
    await record(db, actor, {
      organizationId: place.organizationId,
      action: 'project.release',
      target: place.projectId,
      before: { managedBy: storedRef(ref) },
      after: { policy },
    });
  });
}
