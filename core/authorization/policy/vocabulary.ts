import { z } from 'zod';
import type { Blueprint } from './blueprint.ts';
import type { Level } from './domain.ts';
import { flagsSchema, joinFlags } from './flags.ts';
import { limits, recordOf } from './limits.ts';
import { joinSeparation, separationSchema } from './separation.ts';
import { settingActions, settingObject } from './settings.ts';
import { stateSchema } from './states.ts';

const word = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be lower-case words joined by hyphens');
/** A resource type, or the giving and taking of a role of the platform. */
const resourceType = z
  .string()
  .regex(/^(role:platform\/)?[a-z][a-z0-9-]{0,62}$/, 'must be lower-case words joined by hyphens, or role:platform/<name>');
const title = z.string().min(1).max(200);
const level = z.enum(['platform', 'org', 'project']);

/** Who owns an organization holds this in it: a reserved subject, like `member/self`, that no grant can give. */
export const ownerRole = 'org.owner';

/** What Tenet is while it does what a manifest says. What it may do stands in the policies like everything else. */
export const controllerRole = 'platform/controller';

/** A stored role as policy rows name it: `integrations/org.admin`; the id of a custom role is its name. */
export function qualifiedRole(blueprint: string, role: string): string {
  return role.startsWith('role_') ? role : `${blueprint}/${role}`;
}

/** The stored role behind a name of policy rows: qualifiedRole the other way round. */
export function storedRole(name: string): string {
  return name.startsWith('role_') ? name : name.slice(name.indexOf('/') + 1);
}

/** permissions.yaml: everything that can be asked, and every name that may hold something, outside blueprints. */
export const vocabularySchema = z.strictObject({
  /** Resource type -> action -> levels at which it can be asked. */
  resources: recordOf(
    resourceType,
    z.strictObject({ title, actions: recordOf(word, z.array(level).min(1).max(3), limits.actions) }),
    limits.resourceTypes,
  ),
  /** Roles and scopes that no blueprint owns, with what they are: `platform/user`, `member/self`, `scope/policy-store`; and states, with the problem that a denial by each becomes. */
  roles: recordOf(
    z.string().regex(/^(platform|member|scope)\/[a-z][a-z0-9-]{0,62}$/, 'must be platform/<name>, member/<name> or scope/<name>'),
    title,
    limits.roles,
  ),
  states: recordOf(z.string().regex(/^state\/[a-z][a-z0-9-]{0,62}$/, 'must be state/<name>'), stateSchema, limits.states),
  /** What access plans say of permissions; revisions of before have none. */
  flags: flagsSchema.optional(),
  /** Permissions that no subject is to have both of; revisions of before have none. */
  separation: separationSchema.optional(),
});

/** The closed vocabulary: resource type -> action -> levels, and the names of roles and states. */
export type Vocabulary = z.infer<typeof vocabularySchema>;

/** One pair of the vocabulary. `index` is its place in the list of all pairs. */
export interface Permission {
  readonly index: number;
  readonly resource: string;
  readonly action: string;
  readonly levels: readonly Level[];
}

/** `role:<level>`: the object under which giving and taking a role is allowed or denied. */
export function roleObject(roleId: string): string {
  return `role:${roleId}`;
}

/** What can be asked about a role of a blueprint. */
export const roleActions = { assign: ['org', 'project'], unassign: ['org', 'project'], invite: ['org', 'project'] } satisfies Record<
  string,
  Level[]
>;

/** The roles of the platform that a person can be given: those with a role:<role> in the vocabulary. */
export function platformRolesOf({ roles, resources }: Vocabulary): string[] {
  return Object.keys(roles).filter((role) => roleObject(role) in resources);
}

/** The actions on a role that let their holder offer it in an invitation: who may `assign` it, and who may do no more than `invite` with it. */
export const offeringActions = ['assign', 'invite'] as const;

/** The vocabulary of an organization of this kind: the platform's, the blueprint's resource types and flags, one `role:<id>` for each of its roles that can be given, and one `setting:<key>` for each of its settings. */
export function vocabularyOf(platform: Vocabulary, blueprint?: Blueprint): Vocabulary {
  if (blueprint === undefined) return platform;
  const resources = { ...platform.resources };
  for (const type of blueprint.resourceTypes) resources[type.name] = { title: type.title, actions: type.actions };
  for (const role of blueprint.roles) {
    // A role that no caller gives or takes cannot be asked about.
    if (role.holders) continue;
    resources[roleObject(role.id)] = {
      title: `Giving and taking: ${role.title}`,
      actions: roleActions,
    };
  }
  for (const setting of blueprint.settings ?? [])
    resources[settingObject(setting.key)] = { title: `Setting: ${setting.title}`, actions: settingActions(setting) };
  const flags = joinFlags(platform.flags, blueprint.flags);
  const separation = joinSeparation(platform.separation, blueprint.separation);
  return { ...platform, resources, flags, ...(separation.length > 0 && { separation }) };
}

/** Every name that may stand as the subject of a row: roles, states, scopes, and the owner where there is one. */
export function subjectsOf(vocabulary: Vocabulary, blueprint?: Blueprint): string[] {
  const declared = [...Object.keys(vocabulary.roles), ...Object.keys(vocabulary.states)];
  if (blueprint === undefined) return declared;
  const ids = blueprint.roles.map(({ id }) => id);
  if (blueprint.owner === 'exactly-one') ids.push(ownerRole);
  return [...declared, ...ids.map((id) => `${blueprint.name}/${id}`), ...blueprint.scopes.map(({ name }) => `scope/${name}`)];
}

/** Whether a vocabulary has a question, at this level. */
export function canBeAsked(
  { vocabulary: { resources } }: { readonly vocabulary: Vocabulary },
  { resource, action }: { readonly resource: string; readonly action: string },
  at: Level,
): boolean {
  const actions = Object.hasOwn(resources, resource) ? resources[resource]!.actions : {};
  return Object.hasOwn(actions, action) && actions[action]!.includes(at);
}

/** All pairs of the vocabulary, in its order. */
export function permissionsOf(vocabulary: Vocabulary): Permission[] {
  const pairs = Object.entries(vocabulary.resources).flatMap(([resource, type]) =>
    Object.entries(type.actions).map(([action, levels]) => ({ resource, action, levels })),
  );
  return pairs.map((pair, index) => ({ index, ...pair }));
}

/** Splits `resource:action` at its last colon: `role:org.admin:assign` asks for `assign` on `role:org.admin`. */
export function splitPermission(permission: string): { resource: string; action: string } {
  const colon = permission.lastIndexOf(':');
  return { resource: permission.slice(0, Math.max(colon, 0)), action: permission.slice(colon + 1) };
}

/** The pairs of a vocabulary in their order, and each by its resource type and action. */
export interface PermissionIndex {
  readonly all: readonly Permission[];
  readonly by: ReadonlyMap<string, ReadonlyMap<string, Permission>>;
}

/** The index of a vocabulary. */
export function indexPermissions(vocabulary: Vocabulary): PermissionIndex {
  const all = permissionsOf(vocabulary);
  const by = new Map<string, Map<string, Permission>>();
  for (const permission of all) {
    const actions = by.get(permission.resource) ?? new Map<string, Permission>();
    by.set(permission.resource, actions.set(permission.action, permission));
  }
  return { all, by };
}
