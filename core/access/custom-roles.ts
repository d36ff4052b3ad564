import { record } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import { decideWith } from '../authorization/decisions/decide.ts';
import { findMissing } from '../authorization/decisions/roles.ts';
import type { HeldPermission } from '../authorization/engine/giving.ts';
import {
  type CustomRoles,
  customRolesOf,
  definitionProblems,
  levelOfTier,
  offeredPermissions,
} from '../authorization/policy/custom-roles.ts';
import { anyProjectOf } from '../authorization/policy/domain.ts';
import { roleObject } from '../authorization/policy/vocabulary.ts';
import { AlreadyExists, FailedPrecondition, InvalidInput, LimitExceeded, NotFound } from '../base/errors.ts';
import { newId, toId, toUuid } from '../base/ids.ts';
import { checkPreconditions, type Preconditions } from '../base/preconditions.ts';
import { etagOf } from '../base/versions.ts';
import { spend } from '../database/budgets.ts';
import { breaches, type Db } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import { type ManagedBy, managedBy, refuseManaged } from '../organizations/managed-by.ts';
import { refuse, requireThrough } from './giving.ts';
import { holdRoles } from './grants.ts';
import { writePolicy } from './organization-policy.ts';
import { handOverRole, refuseInUse } from './role-successors.ts';

/** What an organization says about a role of its own. */
export interface RoleDefinition {
  readonly title: string;
  readonly description: string;
  /** The role of the blueprint whose rows decide who gives and takes this one. */
  readonly tier: string;
  /** `resource:action`. */
  readonly permissions: readonly string[];
}

/** A role that an organization has defined. */
export interface DefinedRole extends RoleDefinition {
  readonly id: string;
  readonly managedBy?: ManagedBy;
  readonly etag: string;
}

interface RoleRow {
  org_id: string;
  id: string;
  title: string;
  description: string;
  tier: string;
  permissions: string[];
  managed_by: ManagedBy | null;
  version: string;
}

/** How many times an organization changes its roles in a day: each time is a revision of its policy (docs/limits.md). */
const changesPerDay = 500;

function toDefined(row: RoleRow): DefinedRole {
  const { title, description, tier, permissions } = row;
  return { id: toId('role', row.id), title, description, tier, permissions, ...managedBy(row.managed_by), etag: etagOf(row.version) };
}

/** The roles that an organization has defined, oldest first. */
export async function readDefinedRoles(db: Db, organizationId: string): Promise<DefinedRole[]> {
  const rows: RoleRow[] = await db('roles')
    .where({ org_id: toUuid('organization', organizationId) })
    .orderBy('id');
  return rows.map(toDefined);
}

interface RoleKey {
  readonly organizationId: string;
  readonly roleId: string;
}

interface NewRole {
  readonly title: string;
  readonly description?: string | undefined;
  readonly tier: string;
  readonly permissions: readonly string[];
}

/** The manifest that a role is made by, and its name there. */
interface RoleManager {
  readonly managedBy: ManagedBy;
  readonly name: string;
}

/** What is left out comes from the preset of the blueprint that is named. */
type PresetRole = Pick<NewRole, 'title'> & { [K in 'description' | 'tier' | 'permissions']?: NewRole[K] | undefined } & {
  preset?: string | undefined;
};

/**
 * Defines a role. Asks for `assign` on its tier and for everything that is put into it. Throws InvalidInput for what a role of this kind of organization
 * cannot hold, AlreadyExists for a title that is taken, and LimitExceeded.
 */
export async function createRole(
  db: Db,
  actor: Actor,
  input: PresetRole & { organizationId: string; manager?: RoleManager },
): Promise<DefinedRole> {
  const { organizationId, manager } = input;
  const custom = await customRolesFor(actor, organizationId);
  const definition = toDefinition(fromPreset(custom, input));
  checkDefinition(custom, definition);
  await holdRoles(db, actor, { organizationId });
  await requireTier(actor, organizationId, definition.tier, ['assign']);
  await requireHeld(actor, organizationId, definition);
  const org_id = toUuid('organization', organizationId);
  await refuseTooMany(db, org_id, custom);
  await spendChange(db, organizationId);
  const id = newId('role');
  const [row] = await titled(definition.title, () =>
    db('roles')
      .insert({
        ...{ org_id, id: toUuid('role', id), ...definition },
        ...(manager && { managed_by: JSON.stringify(manager.managedBy), manifest_name: manager.name }),
      })
      .returning<RoleRow[]>('*'),
  );
  const role = toDefined(row!);
  const revision = await writePolicy(db, actor, organizationId, custom, `createRole ${id}`);
  const after = { ...definition, ...managedBy(row!.managed_by), revision };
  await record(db, actor, { organizationId, action: 'role.create', target: id, after });
  return role;
}

/**
 * Says anew what a role is; it holds from the next request of whoever has it. Asks for `assign` and `unassign` on its tier and on its new one, and for everything that is
 * in it and that is put into it, because its holders lose the one and get the other. Throws as createRole, NotFound, and managed-by for a manifest's.
 */
export async function replaceRole(
  db: Db,
  actor: Actor,
  input: NewRole & RoleKey & { preconditions?: Preconditions | undefined },
): Promise<DefinedRole> {
  const { organizationId, roleId } = input;
  const definition = toDefinition(input);
  const custom = await customRolesFor(actor, organizationId);
  const before = await findRow(db, input);
  checkPreconditions(input.preconditions ?? {}, etagOf(before.version));
  refuseManaged(before.managed_by, actor);
  checkDefinition(custom, definition);
  if (levelOfTier(definition.tier) !== levelOfTier(before.tier)) {
    throw new InvalidInput('A role stays where it is held, in the organization or in projects.', [
      { pointer: '#/tier', detail: `must be a tier of the same level as ${before.tier}` },
    ]);
  }
  await holdRoles(db, actor, { organizationId });
  for (const tier of new Set([before.tier, definition.tier])) await requireTier(actor, organizationId, tier, ['assign', 'unassign']);
  if (!isSame(before, definition)) {
    await requireHeld(actor, organizationId, before);
    await requireHeld(actor, organizationId, definition);
    // Others can give it then, and with it what is given to its holders.
    if (before.tier !== definition.tier) await requireThrough(db, actor, { organizationId }, roleId);
  } else if (before.title === definition.title && before.description === definition.description) return toDefined(before);
  await spendChange(db, organizationId);
  const [row] = await titled(definition.title, () =>
    db('roles')
      .where({ org_id: before.org_id, id: before.id })
      .update({ ...definition, ...nextVersion(db) })
      .returning<RoleRow[]>('*'),
  );
  const revision = await writePolicy(db, actor, organizationId, custom, `replaceRole ${roleId}`);
  const { title, description, tier, permissions } = before;
  const events = { before: { title, description, tier, permissions }, after: { ...definition, revision } };
  await record(db, actor, { organizationId, action: 'role.update', target: roleId, ...events });
  return toDefined(row!);
}

/**
 * Deletes a role. Asks for `unassign` on its tier. As long as something holds it or is offered it, throws role-in-use with what that is; a `successor`
 * takes its place in all of that, which asks for what giving the successor asks for. Throws managed-by for a manifest's.
 */
export async function deleteRole(
  db: Db,
  actor: Actor,
  input: RoleKey & { successor?: string | undefined; preconditions?: Preconditions | undefined },
): Promise<void> {
  const { organizationId, roleId, successor } = input;
  const custom = await customRolesFor(actor, organizationId);
  const before = await findRow(db, input);
  checkPreconditions(input.preconditions ?? {}, etagOf(before.version));
  refuseManaged(before.managed_by, actor);
  await holdRoles(db, actor, { organizationId });
  await requireTier(actor, organizationId, before.tier, ['unassign']);
  const role = { id: roleId, level: levelOfTier(before.tier) };
  if (successor === undefined) await refuseInUse(db, organizationId, role);
  else await handOverRole(db, actor, { organizationId, role, successor });
  await spendChange(db, organizationId);
  await db('roles').where({ org_id: before.org_id, id: before.id }).delete();
  const revision = await writePolicy(db, actor, organizationId, custom, `deleteRole ${roleId}`);
  const { title, description, tier, permissions } = before;
  const after = { revision, ...(successor !== undefined && { successor }) };
  await record(db, actor, {
    organizationId,
    action: 'role.delete',
    target: roleId,
    before: { title, description, tier, permissions },
    after,
  });
}

function toDefinition({ title, description = '', tier, permissions }: NewRole): RoleDefinition & { permissions: string[] } {
  return { title, description, tier, permissions: [...permissions] };
}

/** Throws InvalidInput for a preset that the blueprint has not, and where neither it nor the request says what the role is. */
function fromPreset({ presets }: CustomRoles, { preset: name, ...said }: PresetRole): NewRole {
  const preset = presets.find((one) => one.name === name);
  if (name !== undefined && !preset) {
    const detail = presets.length > 0 ? `must be one of ${presets.map((one) => one.name).join(', ')}` : 'must be left out: there are none';
    throw new InvalidInput('There is no such preset.', [{ pointer: '#/preset', detail }]);
  }
  const { title, description = preset?.description, tier = preset?.tier, permissions = preset?.permissions } = said;
  if (tier !== undefined && permissions !== undefined) return { title, description, tier, permissions };
  const missing = [...(tier === undefined ? ['tier'] : []), ...(permissions === undefined ? ['permissions'] : [])];
  const errors = missing.map((member) => ({ pointer: `#/${member}`, detail: 'is required without a preset' }));
  throw new InvalidInput('The role is not complete.', errors);
}

function isSame(row: RoleRow, { tier, permissions }: RoleDefinition): boolean {
  return row.tier === tier && row.permissions.join() === permissions.join();
}

/** What the kind of organization says about roles of its own. Throws FailedPrecondition where it has none. */
async function customRolesFor(actor: Actor, organizationId: string): Promise<CustomRoles> {
  const blueprint = (await actor.engine({ organizationId })).blueprint!;
  const custom = customRolesOf(blueprint);
  if (custom) return custom;
  const detail = `An organization of this kind (${blueprint.title}) has the roles of its kind and defines none itself.`;
  throw new FailedPrecondition('failed-precondition', detail);
}

async function findRow(db: Db, { organizationId, roleId }: RoleKey): Promise<RoleRow> {
  // A role of the blueprint is there and cannot be changed.
  if (!roleId.startsWith('role_'))
    throw new FailedPrecondition('failed-precondition', `${roleId} belongs to the kind of organization. Its roles stay as they are.`);
  const row: RoleRow | undefined = await db('roles')
    .where({ org_id: toUuid('organization', organizationId), id: toUuid('role', roleId) })
    .first();
  if (!row) throw new NotFound();
  return row;
}

/** Throws InvalidInput with a pointer to each part that a role of this kind of organization cannot have. */
function checkDefinition(custom: CustomRoles, { tier, permissions }: RoleDefinition): void {
  const errors = definitionProblems(custom, tier, permissions).map(({ path, detail }) => ({ pointer: `#/${path.join('/')}`, detail }));
  if (errors.length > 0) throw new InvalidInput('An organization of this kind cannot define such a role.', errors);
}

async function requireTier(actor: Actor, organizationId: string, tier: string, actions: readonly ('assign' | 'unassign')[]): Promise<void> {
  const { snapshot, engine } = await reachOf(actor, organizationId, tier);
  for (const action of actions) {
    const decision = decideWith(engine, snapshot, roleObject(tier), action);
    if (!decision.allowed) throw await refuse(actor, decision);
  }
}

/** An author puts into a role what they hold themselves, where its holders will. */
async function requireHeld(actor: Actor, organizationId: string, { tier, permissions }: RoleDefinition): Promise<void> {
  const { snapshot, engine } = await reachOf(actor, organizationId, tier);
  const offered = offeredPermissions(customRolesOf(engine.blueprint!)!);
  const held = permissions.map((permission): HeldPermission => ({ permission, level: offered.get(permission)?.level ?? 'org' }));
  const missing = findMissing(engine, snapshot, { tier, permissions: held });
  if (missing) throw await refuse(actor, missing, 'A role holds what its author holds.');
}

/** Where holders of a role of this tier are: in the organization, or in all of its projects. */
async function reachOf(actor: Actor, organizationId: string, tier: string) {
  const place = { organizationId };
  const [snapshot, engine] = await Promise.all([actor.snapshot(place), actor.engine(place)]);
  return { engine, snapshot: levelOfTier(tier) === 'org' ? snapshot : { ...snapshot, domain: anyProjectOf(place) } };
}

/** The organization is locked, so no other one is made meanwhile. */
async function refuseTooMany(db: Db, org_id: string, { atMost }: CustomRoles): Promise<void> {
  const [{ count }] = (await db('roles').where({ org_id }).count('* as count')) as [{ count: string }];
  if (Number(count) >= atMost)
    throw new LimitExceeded(`An organization of this kind defines ${atMost} roles at most.`, atMost, Number(count));
}

async function spendChange(db: Db, organizationId: string): Promise<void> {
  const refusal = `An organization changes its roles ${changesPerDay} times in a day (UTC) at most.`;
  await spend(db, [{ kind: 'role-changes', subject: organizationId, amount: 1, limit: changesPerDay, refusal }]);
}

async function titled<T>(title: string, write: () => PromiseLike<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!breaches(error, 'roles_title')) throw error;
    const errors = [{ pointer: '#/title', detail: 'is the title of another role' }];
    throw new AlreadyExists(`The organization has a role with the title ${JSON.stringify(title)} already.`, { errors }, { cause: error });
  }
}
