import { record } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import type { KnownRoles } from '../authorization/decisions/roles.ts';
import type { Blueprint } from '../authorization/policy/blueprint.ts';
import { AlreadyExists, FailedPrecondition } from '../base/errors.ts';
import { newId, toId, toUuid } from '../base/ids.ts';
import { newLabels, patchLabels, replacingLabels } from '../base/labels.ts';
import { type Db, prepared } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import { defaultExternals } from '../organizations/externals.ts';
import { type HandOverMode, isHandedOver, useHandOver } from '../organizations/hand-overs.ts';
import { refuseRetired } from '../organizations/kinds.ts';
import { newLogo } from '../organizations/logo.ts';
import { type Mfa, newMfa } from '../organizations/mfa-requirement.ts';
import {
  changed,
  defaultBlueprint,
  insertOrganization,
  type OrganizationRow,
  organizationColumns,
  toOrganization,
  updateOrganization,
} from '../organizations/organizations.ts';
import { checkNewProfile, type Profile, profileOf, profileRow } from '../organizations/profile.ts';
import { suspensionEvent, writeSuspensions } from '../organizations/suspensions.ts';
import {
  type Attempt,
  apply,
  consentSentence,
  differencesOf,
  identity,
  isNoted,
  type Manifest,
  type ManifestContext,
  type ManifestRef,
  notHandedOver,
  ownerRef,
  type Plan,
  type Step,
  type StoredRef,
  storedRef,
  wasFormer,
} from './apply.ts';
import { entryProblems, type SpecProblem } from './entries.ts';
import type { DesiredInstance } from './instances.ts';
import type { DesiredLimit } from './limits.ts';
import type { MemberStatus } from './member-status.ts';
import { planMembers } from './members.ts';
import { planContents, releaseContents, saysContents } from './organization-contents.ts';
import type { DesiredRestriction } from './restrictions.ts';
import type { DesiredRole } from './role-definitions.ts';
import { type NamedRoles, planRoles, type RoleStatus, resolveRoles } from './roles.ts';
import { entryOf, planServiceAccounts, type ServiceAccountStatus } from './service-accounts.ts';
import { type Settings, settingsSaid } from './settings.ts';

/** What an Organization manifest says. */
export interface OrganizationManifest extends Manifest {
  /** Without one, a new organization is of the kind that the installation takes then, and stays so. */
  readonly blueprint?: string | undefined;
  /** What it leaves out stays as it is. */
  readonly profile?: Profile;
  readonly settings?: Settings;
  /** Of the organization's own. One that is not listed any more is deleted, unless it is in use. */
  readonly roles?: readonly DesiredRole[];
  /** What it switches off. One that it does not say any more is lifted. */
  readonly restrictions?: readonly DesiredRestriction[];
  /** In the place of those of its plan. One that it does not list any more is taken back. */
  readonly limits?: readonly DesiredLimit[];
  /** Applications that it has installed. One that it does not list any more is uninstalled. */
  readonly instances?: readonly DesiredInstance[];
}

/** What became of it. */
export interface AppliedOrganization {
  /** Undefined while the organization does not exist, which only happens when the manifest is not to manage it. */
  readonly id?: string;
  readonly slug?: string;
  readonly blueprint?: string;
  readonly memberCount: number;
  readonly projectCount: number;
  readonly members: readonly MemberStatus[];
  readonly serviceAccounts: readonly ServiceAccountStatus[];
  readonly roles: readonly RoleStatus[];
  /** What the manifest says and its kind of organization does not have; the rest is carried out. */
  readonly problems: readonly SpecProblem[];
  /** What else than members cannot be carried out, and why; the rest is. */
  readonly refusals: readonly SpecProblem[];
  /** What would be done, where the manifest only looks. */
  readonly differences: readonly string[];
}

/** The row of an organization, as manifests see it. */
export type Row = OrganizationRow & { managed_by: StoredRef | null; mfa: Mfa };

/**
 * Brings an organization to what its manifest says. Returns what was done; nothing when it was so already. Throws InvalidInput for
 * a blueprint or role that does not exist, AlreadyExists for a slug that is taken, managed-by for a row of another manifest,
 * last-owner when the top role would be lost, and PermissionDenied when the policy does not let manifests do it.
 */
export function applyOrganization(
  context: ManifestContext,
  manifest: OrganizationManifest,
): Promise<{ result: AppliedOrganization; done: string[] }> {
  return apply(context, manifest, manifest.ref.uid, (db, actor, attempt) => plan(db, actor, context, manifest, attempt));
}

async function plan(
  db: Db,
  actor: Actor,
  context: ManifestContext,
  manifest: OrganizationManifest,
  attempt: Attempt,
): Promise<Plan<AppliedOrganization>> {
  const named = manifest.blueprint;
  const [owned, engine] = await Promise.all([findByManifest(db, manifest.ref), named === undefined ? undefined : actor.engineOf(named)]);
  const row = owned ?? (await findObserved(db, actor, manifest));
  if (!row) return manifest.manage ? await appear(db, actor, context, manifest) : { steps: [], result: nothing };
  const blueprint = (engine ?? (await actor.engineOf(row.blueprint))).blueprint!;
  if (row.blueprint !== (named ?? row.blueprint)) {
    const detail = `The organization has the blueprint ${row.blueprint}, and that cannot change. Set spec.blueprint to it, or leave it out.`;
    throw new FailedPrecondition('failed-precondition', detail);
  }
  const home = { organizationId: toId('organization', row.id) };
  const roles = await actor.engine(home);
  const { ref, manage } = manifest;
  const own = await planRoles(db, actor, { ...home, roles, ref, wanted: manifest.roles ?? [] }, attempt);
  const fields = fieldSteps(db, actor, row, manifest);
  const shown = { id: home.organizationId, slug: row.slug, blueprint: row.blueprint };
  // What names roles is asked of the policy that has them.
  if (manage && own.steps.some(({ changesPolicy }) => changesPolicy))
    return { steps: [...fields, ...own.steps], result: { ...nothing, ...shown } };
  const { people, accounts } = await planHolders(db, actor, context, { row, blueprint, roles, own, manifest }, attempt);
  const said = await planContents(db, actor, context, { row, blueprint, manifest }, attempt.refused);
  const steps = [...fields, ...own.steps, ...said.steps, ...people.steps, ...accounts.steps];
  return {
    steps: manage ? steps : [],
    result: {
      ...{ ...shown, ...(await counts(db, row.id)) },
      ...{ members: people.statuses, serviceAccounts: accounts.statuses, roles: own.statuses },
      problems: [...said.problems, ...own.problems, ...people.problems, ...accounts.problems],
      refusals: [...said.refusals, ...own.refusals, ...accounts.refusals],
      differences: manage ? [] : differencesOf(steps),
    },
  };
}

interface HoldersInput {
  readonly row: Row;
  readonly blueprint: Blueprint;
  readonly roles: KnownRoles;
  /** The roles of the organization's own that the manifest lists. */
  readonly own: NamedRoles;
  readonly manifest: OrganizationManifest;
}

/** Plans who holds roles: members and service accounts. */
async function planHolders(
  db: Db,
  actor: Actor,
  context: ManifestContext,
  { row, blueprint, roles, own, manifest }: HoldersInput,
  attempt: Attempt,
) {
  const { ref, manage, serviceAccounts = [] } = manifest;
  const home = { organizationId: toId('organization', row.id) };
  const named = resolveRoles(manifest.members, ({ email }) => email, own);
  const entries = named.entries.map((member) => ({ entry: member.email, roles: member.roles }));
  const { problems, refused } = entryProblems(roles, entries, home, 'members');
  const accounts = resolveRoles(serviceAccounts, ({ name }) => entryOf(name), own);
  // A manifest that only looks gives no role, and says what else differs.
  const unmade = manage ? [...named.refused, ...accounts.refused] : [];
  const known = { ...attempt, refused: new Map([...unmade, ...attempt.refused]) };
  const people = await planMembers(
    db,
    actor,
    context,
    { organization: row, blueprint, manifest: { ...manifest, members: named.entries } },
    { ...known, refused: new Map([...known.refused, ...refused]) },
  );
  const planned = await planServiceAccounts(db, actor, { home, roles, ref, wanted: accounts.entries }, known);
  return { people: { ...people, problems }, accounts: planned };
}

const nothing: AppliedOrganization = {
  memberCount: 0,
  projectCount: 0,
  members: [],
  serviceAccounts: [],
  roles: [],
  problems: [],
  refusals: [],
  differences: [],
};

/** The living row that this manifest owns. */
export async function findByManifest(db: Db, { uid }: Pick<ManifestRef, 'uid'>): Promise<Row | undefined> {
  const sql = `select ${organizationColumns}, mfa from organizations where manifest_uid = $1 and state <> 'DELETED'`;
  const [row] = await prepared<Row>(db, 'manifest-organization', sql, [uid]);
  return row;
}

/** What a manifest that may only look looks at, if that was handed over to it: the organization that it names, or the one of its slug. */
async function findObserved(db: Db, actor: Actor, { ref, manage, adopt, slug }: OrganizationManifest): Promise<Row | undefined> {
  if (manage) return undefined;
  const which = adopt === undefined ? { slug } : { id: toUuid('organization', adopt) };
  const row: Row | undefined = await db('organizations').where(which).whereNot({ state: 'DELETED' }).first();
  if (row && (await mayTake(db, actor, row, ref, 'OBSERVE'))) return row;
  if (adopt !== undefined) throw notHandedOver(`organizations/${adopt}`, ref, 'OBSERVE');
  return undefined;
}

/** Whether the row was this manifest's before, or was handed over to it. */
async function mayTake(db: Db, actor: Actor, row: Row, ref: ManifestRef, mode: HandOverMode): Promise<boolean> {
  if (row.managed_by && wasFormer(row.managed_by, ref)) return true;
  const place = { organizationId: toId('organization', row.id), isManaged: row.managed_by !== null };
  return isHandedOver(db, actor, place, ref, mode);
}

/** The organization of this slug that this manifest archived when it went. */
async function findArchived(db: Db, { ref, slug }: OrganizationManifest): Promise<Row | undefined> {
  return await db('organizations')
    .where({ slug, state: 'SUSPENDED', managed_by: null })
    .whereRaw("archived_by = ?::jsonb and suspensions -> 'OPERATOR' is null", [identity(ref)])
    .first();
}

/** The step that gives the manifest its row: a new one, the one that it archived, or the one that it adopts. */
async function appear(db: Db, actor: Actor, context: ManifestContext, manifest: OrganizationManifest): Promise<Plan<AppliedOrganization>> {
  const { ref, adopt, slug, displayName, profile = {}, labels, serviceAccounts = [], roles = [] } = manifest;
  const archived = await findArchived(db, manifest);
  if (archived) return { steps: [resumeStep(db, actor, archived, ref)], result: nothing };
  if (adopt !== undefined) return { steps: [{ does: `adopt ${adopt}`, run: () => adoptRow(db, actor, ref, adopt) }], result: nothing };
  const blueprint = manifest.blueprint ?? (await defaultBlueprint(db, actor, context.defaultBlueprint));
  const kind = (await actor.engineOf(blueprint)).blueprint!;
  refuseRetired(kind);
  checkNewProfile(kind, profile);
  const id = newId('organization');
  const step: Step = {
    does: `create the organization ${slug}`,
    async run() {
      await actor.require('organization', 'create', {});
      const managed_by = ownerRef(ref);
      const row = await insertOrganization(
        db,
        {
          id: toUuid('organization', id),
          name: displayName,
          ...profileRow(profile),
          blueprint,
          top_role: kind.topRole,
          externals: defaultExternals(kind),
          ...newMfa(kind),
          ...newLogo(kind, profile.logoUrl),
          labels: newLabels(labels),
          manifest_labels: labels !== undefined,
          managed_by,
        },
        slug,
      ).catch((error: unknown) => {
        throw error instanceof AlreadyExists ? taken(slug, ref) : error;
      });
      await record(db, actor, { organizationId: id, action: 'organization.create', target: id, after: toOrganization(row) });
    },
  };
  const isAlone = manifest.members.length + serviceAccounts.length + roles.length === 0 && !saysContents(manifest);
  return { steps: [step], result: nothing, ...(isAlone && { settled: () => ({ ...nothing, id, slug, blueprint }) }) };
}

function taken(slug: string, ref: ManifestRef): AlreadyExists {
  const consent = consentSentence('organizations/<id>', ref, 'ADOPT');
  return new AlreadyExists(
    `An organization with the slug ${slug} exists already. Choose another slug, or have it handed over: annotate the manifest with tenet.dev/adopt: <id of the organization>. ${consent}`,
  );
}

function resumeStep(db: Db, actor: Actor, row: Row, ref: ManifestRef): Step {
  return {
    does: `resume the organization ${row.slug}, which this manifest archived`,
    async run() {
      await actor.require('organization', 'resume', {});
      const { ARCHIVE: _, ...suspensions } = row.suspensions;
      const after = await writeSuspensions(db, row, suspensions, { managed_by: ownerRef(ref) });
      const event = suspensionEvent('organization.resume', row, after);
      await record(db, actor, { ...event, after: { ...event.after, managedBy: storedRef(ref) } });
    },
  };
}

async function adoptRow(db: Db, actor: Actor, ref: ManifestRef, organizationId: string): Promise<void> {
  const uuid = toUuid('organization', organizationId);
  const row: Row | undefined = await db('organizations').where({ id: uuid }).whereNot({ state: 'DELETED' }).forNoKeyUpdate().first();
  if (!row || !(await mayTake(db, actor, row, ref, 'ADOPT'))) throw notHandedOver(`organizations/${organizationId}`, ref, 'ADOPT');
  await actor.require('organization', 'update', { organizationId });
  await useHandOver(db, { organizationId }, ref);
  await db('organizations')
    .where({ id: uuid })
    .update({ managed_by: ownerRef(ref), ...nextVersion(db) });
  if (row.managed_by) await reassign(db, uuid, row.managed_by, ref);
  await record(db, actor, {
    organizationId,
    action: 'organization.adopt',
    target: organizationId,
    ...(row.managed_by && { before: { managedBy: storedRef(row.managed_by) } }),
    after: { managedBy: storedRef(ref) },
  });
}

/** What a manifest manages in an organization (uuid) is managed by another one from now on, or by none. */
export async function reassign(db: Db, org_id: string, { uid }: Pick<StoredRef, 'uid'>, to: StoredRef | null): Promise<void> {
  const managed_by = to && JSON.stringify(storedRef(to));
  for (const table of ['members', 'invitations', 'service_accounts', 'roles', 'resources']) {
    const isUnnamed = table === 'roles' && to === null;
    await db(table)
      .where({ org_id })
      .whereRaw("managed_by ->> 'uid' = ?", [uid])
      .update({ managed_by, ...(isUnnamed && { manifest_name: null }) });
  }
  if (to === null) await releaseContents(db, org_id);
}

function fieldSteps(db: Db, actor: Actor, row: Row, manifest: OrganizationManifest): Step[] {
  const { ref, displayName, slug, profile = {}, labels, settings = {} } = manifest;
  const organizationId = toId('organization', row.id);
  const stored = row.managed_by?.uid === ref.uid ? row.managed_by : undefined;
  if ((stored?.generation ?? 0) > ref.generation) throw new Error('an older generation of the manifest was read; it is read again');
  const steps: Step[] = [];
  if (row.name !== displayName || row.slug !== slug) {
    steps.push({
      does: `set name and slug to ${displayName} and ${slug}`,
      async run() {
        await actor.require('organization', 'update', { organizationId });
        await updateOrganization(db, actor, { organizationId, name: displayName, slug });
      },
    });
  }
  const different = changed(row, profileRow(profile));
  if (different) {
    steps.push({
      does: `set ${Object.keys(profile)
        .filter((field) => profile[field as keyof Profile] !== profileOf(row)[field as keyof Profile])
        .join(', ')}`,
      async run() {
        await actor.require('organization', 'update', { organizationId });
        await updateOrganization(db, actor, { organizationId, ...profile });
      },
    });
  }
  if (labels && patchLabels(row.labels, replacingLabels(row.labels, labels))) {
    steps.push({
      does: 'set labels',
      async run() {
        await actor.require('organization', 'update', { organizationId });
        await updateOrganization(db, actor, { organizationId, labels: replacingLabels(row.labels, labels) });
      },
    });
  }
  const manifest_labels = labels !== undefined;
  const said = settingsSaid(settings);
  if (!stored || !isNoted(stored, ref, said) || row.manifest_labels !== manifest_labels) {
    const managed_by = ownerRef(ref, said);
    steps.push({
      does: `note generation ${ref.generation}`,
      isNote: true,
      run: () => db('organizations').where({ id: row.id }).update({ managed_by, manifest_labels }),
    });
  }
  return steps;
}

async function counts(db: Db, uuid: string): Promise<{ memberCount: number; projectCount: number }> {
  const [row] = (
    await db.raw(
      `select (select count(*)::int from members where org_id = :uuid and state <> 'REMOVED') as "memberCount",
         (select count(*)::int from projects where org_id = :uuid and state = 'ACTIVE') as "projectCount"`,
      { uuid },
    )
  ).rows;
  return row;
}
