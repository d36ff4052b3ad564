import { record } from '../audit/record.ts';
import type { Actor, Place } from '../authorization/decisions/actor.ts';
import { notEntitled } from '../authorization/decisions/snapshot.ts';
import type { Blueprint } from '../authorization/policy/blueprint.ts';
import { blueprintScope } from '../authorization/policy/scopes.ts';
import { holdHead, listHeads } from '../authorization/store/revisions.ts';
import { counted } from '../base/counted.ts';
import { AlreadyExists, InvalidInput, LimitExceeded, NotFound } from '../base/errors.ts';
import { newId, toId, toUuid } from '../base/ids.ts';
import { type Labels, type LabelsPatch, newLabels, patchLabels } from '../base/labels.ts';
import { checkPreconditions, type Preconditions } from '../base/preconditions.ts';
import { refuseReserved, slugCandidates, slugOfDeleted } from '../base/slugs.ts';
import { etagOf } from '../base/versions.ts';
import { spend } from '../database/budgets.ts';
import { breaches, type Db, prepared } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import { checkConfirmation, isSameName } from './confirmations.ts';
import { defaultExternals, type Externals, leaveExternals } from './externals.ts';
import { isEntitled, type OrganizationLimits, refuseRetired } from './kinds.ts';
import { enqueueLogoCheck, type Logo, newLogo, nextLogo } from './logo.ts';
import { type ManagedBy, managedBy, managerOfSetting, refuseManaged } from './managed-by.ts';
import { newMfa } from './mfa-requirement.ts';
import {
  checkNewProfile,
  checkProfileChange,
  type Profile,
  type ProfileInput,
  type ProfileRow,
  profileColumns,
  profileOf,
  profileRow,
} from './profile.ts';

/** The top-level container: it owns members, projects and what a blueprint adds. */
export interface Organization extends Profile {
  readonly id: string;
  readonly name: string;
  readonly slug: string;
  readonly blueprint: string;
  readonly kind: 'SHARED' | 'PERSONAL';
  readonly state: 'ACTIVE' | 'SUSPENDED' | 'DELETED';
  readonly externals: Externals;
  /** Of mails about it, as a tag of BCP 47. */
  readonly language?: string;
  readonly ownerId?: string;
  /** Why it is suspended; what one cause began ends with that cause alone. */
  readonly suspensions?: Suspension[];
  readonly deletedAt?: string;
  /** Whether a person who is invited to a project becomes a member of the organization by it. */
  readonly projectInvitesMayAddMembers: boolean;
  /** What became of the check of the logo, where its kind asks something of it. */
  readonly logo?: Logo;
  readonly labels: Labels;
  readonly managedBy?: ManagedBy;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly etag: string;
}

export type Cause = 'OPERATOR' | 'ARCHIVE';

/** One reason why an organization is suspended. */
export interface Suspension {
  readonly cause: Cause;
  readonly reason?: string;
  readonly since: string;
}

export interface OrganizationRow extends ProfileRow {
  id: string;
  slug: string;
  name: string;
  blueprint: string;
  state: Organization['state'];
  externals: Externals;
  language: string | null;
  owner_id: string | null;
  personal_of: string | null;
  entitlements: string[] | null;
  suspensions: { readonly [cause in Cause]?: Omit<Suspension, 'cause'> };
  deleted_slug: string | null;
  deleted_at: Date | null;
  purging_since: Date | null;
  logo: Logo | null;
  labels: Labels;
  managed_by: ManagedBy | null;
  manifest_labels: boolean;
  project_invites_may_add_members: boolean;
  version: string;
  created_at: Date;
  updated_at: Date;
}

/** The organization row as the API shows it. */
export function toOrganization(row: OrganizationRow): Organization {
  return {
    id: toId('organization', row.id),
    name: row.name,
    slug: row.deleted_slug ?? row.slug,
    ...profileOf(row),
    blueprint: row.blueprint,
    kind: row.personal_of === null ? 'SHARED' : 'PERSONAL',
    state: row.state,
    externals: row.externals,
    ...(row.language !== null && { language: row.language }),
    ...(row.owner_id === null ? {} : { ownerId: toId('user', row.owner_id) }),
    ...suspensionsOf(row),
    ...(row.deleted_at === null ? {} : { deletedAt: row.deleted_at.toISOString() }),
    projectInvitesMayAddMembers: row.project_invites_may_add_members,
    ...(row.logo !== null && { logo: row.logo }),
    labels: row.labels,
    ...managedBy(row.managed_by),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    etag: etagOf(row.version),
  };
}

/** The member that says why an organization is suspended; without a suspension there is none. */
export function suspensionsOf({ suspensions }: Pick<OrganizationRow, 'suspensions'>): { suspensions?: Suspension[] } {
  const all = Object.entries(suspensions) as [Cause, Omit<Suspension, 'cause'>][];
  return all.length === 0 ? {} : { suspensions: all.map(([cause, about]) => ({ cause, ...about })) };
}

/**
 * Makes an organization whose creator holds the blueprint's role for creators and, where the blueprint has an owner, owns it.
 * Without a slug one is made from the name. Throws AlreadyExists for a slug that is taken and InvalidInput for an unknown blueprint.
 */
export async function createOrganization(
  db: Db,
  actor: Actor,
  input: {
    name: string;
    slug?: string | undefined;
    blueprint?: string | undefined;
    language?: string | undefined;
    labels?: Labels | undefined;
  } & ProfileInput,
  limits: OrganizationLimits,
): Promise<Organization> {
  const { subject } = actor.principal;
  if (subject.type !== 'user') throw new InvalidInput('Only a user can create an organization in this way.');
  await checkNumber(db, subject, limits);
  const kind = input.blueprint ?? (await defaultBlueprint(db, actor));
  await holdHead(db, blueprintScope(kind));
  const { blueprint } = await actor.engineOf(kind);
  if (!blueprint) throw new InvalidInput('There is no such blueprint.');
  refuseRetired(blueprint);
  const { entitlements = [] } = await actor.snapshot({});
  if (!isEntitled(blueprint, entitlements)) await actor.requireIn(notEntitled, 'organization', 'create', {});
  checkNewProfile(blueprint, input);
  const id = newId('organization');
  const uuid = toUuid('organization', id);
  const row = {
    id: uuid,
    name: input.name,
    ...profileRow(input),
    blueprint: blueprint.name,
    top_role: blueprint.topRole,
    externals: defaultExternals(blueprint),
    ...newMfa(blueprint),
    language: input.language ?? null,
    ...newLogo(blueprint, input.logoUrl),
    labels: newLabels(input.labels),
    created_by: subject.uuid,
  };
  await insertOrganization(db, row, input.slug);
  const organization = toOrganization(await founding(db, actor, uuid, blueprint));
  await record(db, actor, { organizationId: id, action: 'organization.create', target: id, after: organization });
  return organization;
}

/** Makes the actor the first member, with the blueprint's role for creators, and the owner where the blueprint has one. */
export async function founding(db: Db, actor: Actor, uuid: string, blueprint: Blueprint): Promise<OrganizationRow> {
  const { subject } = actor.principal;
  const user_id = subject.type === 'user' ? subject.uuid : null;
  await db('members').insert({ org_id: uuid, user_id });
  await db('grants').insert({
    org_id: uuid,
    id: toUuid('grant', newId('grant')),
    user_id,
    role: blueprint.creatorRole,
    source: 'CREATION',
    granted_by: actor.name,
  });
  if (blueprint.owner === 'exactly-one') await db('organizations').where({ id: uuid }).update({ owner_id: user_id });
  return findOrganization(db, uuid);
}

/**
 * The kind of organization where none is named: the one of the configuration, else the only one in force, or the one that calls itself the
 * default. Throws InvalidInput with the choice.
 */
export async function defaultBlueprint(db: Db, actor: Actor, configured?: string): Promise<string> {
  if (configured !== undefined) return configured;
  const scopes = (await listHeads(db)).map(({ scope }) => scope).filter((scope) => scope.startsWith('blueprint/'));
  const names = scopes.map((scope) => scope.slice('blueprint/'.length)).sort();
  if (names.length === 1) return names[0]!;
  const engines = await Promise.all(names.map((name) => actor.engineOf(name)));
  const marked = names.filter((_, index) => engines[index]!.blueprint?.default);
  if (marked.length === 1) return marked[0]!;
  throw new InvalidInput('Name the kind of organization.', [{ pointer: '#/blueprint', detail: `must be one of ${names.join(', ')}` }]);
}

/** Throws LimitExceeded or RateLimited when the user has made as many organizations as one user may. */
async function checkNumber(db: Db, { id, uuid }: { id: string; uuid: string }, { perUser, perDay }: OrganizationLimits): Promise<void> {
  // Locked, so that of two that are made at once the second is counted with the first.
  await db('users').where({ id: uuid }).forNoKeyUpdate().first('id');
  const { rows } = await db.raw("select count(*)::int as made from organizations where created_by = ? and state <> 'DELETED'", [uuid]);
  const { made } = rows[0] as { made: number };
  if (made >= perUser) {
    throw new LimitExceeded(
      `You have created ${counted(made, 'organization')}; a user may have ${perUser}. Delete one that is not needed.`,
      perUser,
      made,
    );
  }
  const refusal = 'You can create no more organizations today. Try again tomorrow.';
  await spend(db, [{ kind: 'organizations-of-user', subject: id, amount: 1, limit: perDay, refusal }]);
}

/** Inserts the row under the slug that was asked for, or under the first free one made from the name. Throws AlreadyExists. */
export async function insertOrganization(
  db: Db,
  row: Record<string, unknown> & { name: string },
  slug: string | undefined,
): Promise<OrganizationRow> {
  if (slug !== undefined) refuseReserved(slug);
  for (const candidate of slug === undefined ? slugCandidates(row.name) : [slug]) {
    const [inserted]: OrganizationRow[] = await db('organizations')
      .insert({ ...row, slug: candidate })
      .onConflict('slug')
      .ignore()
      .returning('*');
    if (!inserted) continue;
    await enqueueLogoCheck(db, inserted);
    return inserted;
  }
  throw new AlreadyExists(`The slug ${slug ?? 'made from this name'} is taken. Choose another one.`, {
    errors: [{ pointer: '#/slug', detail: 'is taken' }],
  });
}

/** One organization. Throws NotFound. */
export async function getOrganization(db: Db, _actor: Actor, { organizationId }: Place): Promise<Organization> {
  return toOrganization(await findOrganization(db, toUuid('organization', organizationId!)));
}

/** The row of a living organization, locked when it is to be changed. Throws NotFound. */
export async function findOrganization(db: Db, uuid: string, options: { lock?: boolean } = {}): Promise<OrganizationRow> {
  const [row] = options.lock
    ? await prepared<OrganizationRow>(db, 'organization-lock', `${organizationSql} for no key update`, [uuid])
    : await prepared<OrganizationRow>(db, 'organization', organizationSql, [uuid]);
  if (!row) throw new NotFound();
  return row;
}

/** By name: a prepared `select *` fails on every open connection as soon as a migration adds one. */
export const organizationColumns = `id, slug, name, ${profileColumns}, language, blueprint, state, externals, owner_id, personal_of, entitlements, suspensions, deleted_slug, deleted_at, logo, labels, managed_by, manifest_labels, project_invites_may_add_members, version, created_at, updated_at`;

const organizationSql = `select ${organizationColumns} from organizations where id = $1 and state <> 'DELETED'`;

/**
 * Changes name, slug, profile, labels, language, whether people from outside are let into projects, or what invitations to projects do. Throws managed-by for what a manifest owns, grants-remain, and
 * InvalidInput for a profile that the kind of organization does not have, demands, or keeps as it is.
 */
export async function updateOrganization(
  db: Db,
  actor: Actor,
  input: {
    organizationId: string;
    name?: string | undefined;
    slug?: string | undefined;
    externals?: Externals | undefined;
    revokeExternalGrants?: boolean | undefined;
    projectInvitesMayAddMembers?: boolean | undefined;
    language?: string | null | undefined;
    labels?: LabelsPatch | undefined;
    preconditions?: Preconditions | undefined;
  } & ProfileInput,
): Promise<Organization> {
  const uuid = toUuid('organization', input.organizationId);
  const before = await findOrganization(db, uuid, { lock: true });
  checkPreconditions(input.preconditions ?? {}, etagOf(before.version));
  const described = { name: input.name, slug: input.slug, ...profileRow(input) };
  const { externals, language, projectInvitesMayAddMembers } = input;
  const labels = patchLabels(before.labels, input.labels);
  const { blueprint } = await actor.engine({ organizationId: input.organizationId });
  const logo = nextLogo(blueprint!, before, input.logoUrl);
  const change = changed(before, {
    ...described,
    ...logo,
    labels,
    language,
    externals,
    project_invites_may_add_members: projectInvitesMayAddMembers,
  });
  if (!change) return toOrganization(before);
  if (changed(before, { ...described, ...logo }) || (labels && before.manifest_labels)) refuseManaged(before.managed_by, actor);
  if (change.externals !== undefined) refuseManaged(managerOfSetting(before.managed_by, 'externals'), actor);
  if (change.language !== undefined) refuseManaged(managerOfSetting(before.managed_by, 'language'), actor);
  checkProfileChange(blueprint!, before, input);
  const grantsRevoked =
    change.externals === undefined
      ? 0
      : await leaveExternals(db, actor, {
          ...input,
          org_id: uuid,
          from: before.externals,
          to: change.externals,
          revoke: input.revokeExternalGrants ?? false,
        });
  if (change.slug !== undefined) refuseReserved(change.slug);
  const after = await applyChange(db, uuid, change);
  if (change.logo) await enqueueLogoCheck(db, after);
  const shown = (row: OrganizationRow) => ({
    ...fieldsOf(row),
    ...profileOf(row),
    ...(change.externals !== undefined && { externals: row.externals }),
    ...(change.language !== undefined && { language: row.language }),
  });
  await record(db, actor, {
    organizationId: input.organizationId,
    action: 'organization.update',
    target: input.organizationId,
    before: shown(before),
    after: { ...shown(after), ...(grantsRevoked > 0 && { grantsRevoked }) },
  });
  return toOrganization(after);
}

/** What a change of an organization is about, for the audit. */
function fieldsOf({ name, slug, labels, project_invites_may_add_members }: OrganizationRow) {
  return { name, slug, labels, projectInvitesMayAddMembers: project_invites_may_add_members };
}

export async function applyChange(db: Db, uuid: string, change: object): Promise<OrganizationRow> {
  try {
    const [row]: OrganizationRow[] = await db('organizations')
      .where({ id: uuid })
      .update({ ...change, ...nextVersion(db) })
      .returning('*');
    return row!;
  } catch (error) {
    if (breaches(error, 'organizations_slug')) {
      throw new AlreadyExists(
        'This slug is taken. Choose another one.',
        { errors: [{ pointer: '#/slug', detail: 'is taken' }] },
        { cause: error },
      );
    }
    throw error;
  }
}

/** The members of `wanted` that are given and differ, or undefined when there are none. */
export function changed<T extends object>(row: object, wanted: T): Partial<T> | undefined {
  const present = row as Record<string, unknown>;
  const different = Object.entries(wanted).filter(([key, value]) => value !== undefined && value !== present[key]);
  return different.length === 0 ? undefined : (Object.fromEntries(different) as Partial<T>);
}

/** Marks the organization as deleted: from now on it looks absent to all callers, and its slug is free again. An operator can restore it until it is purged; its audit stays. */
export async function deleteOrganization(
  db: Db,
  actor: Actor,
  input: { organizationId: string; confirmation?: string | undefined; preconditions?: Preconditions | undefined },
): Promise<void> {
  const { organizationId, confirmation } = input;
  const uuid = toUuid('organization', organizationId);
  const before = await findOrganization(db, uuid, { lock: true });
  const isIt = (typed: string) => isSameName(typed, before.name);
  await checkConfirmation(actor, { organizationId, permission: 'organization:delete', typed: confirmation, isIt });
  checkPreconditions(input.preconditions ?? {}, etagOf(before.version));
  refuseManaged(before.managed_by, actor);
  await db('organizations')
    .where({ id: uuid })
    .update({ state: 'DELETED', slug: slugOfDeleted(uuid), deleted_slug: before.slug, deleted_at: db.fn.now(), ...nextVersion(db) });
  await record(db, actor, {
    organizationId,
    action: 'organization.delete',
    target: organizationId,
    before: toOrganization(before),
  });
}
