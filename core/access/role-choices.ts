import type { Actor } from '../authorization/decisions/actor.ts';
import { type CustomRoles, customRolesOf } from '../authorization/policy/custom-roles.ts';
import { numberKey, type Page, type PageQuery, pageOf, readPage } from '../base/pages.ts';
import { levelOf, type Role } from './roles.ts';

/** Permissions that belong together on a page of checkboxes. */
export interface PermissionGroup {
  readonly name: string;
  readonly title: string;
  /** Where its permissions hold: in the organization itself, or in projects. */
  readonly level: Role['level'];
  readonly permissions: string[];
}

/** A role to begin with. */
export interface RolePreset {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly tier: string;
  readonly permissions: string[];
}

/** What a role of this kind of organization can hold; nothing where organizations of this kind define no roles. */
export async function listPermissionGroups(actor: Actor, input: { organizationId: string } & PageQuery): Promise<Page<PermissionGroup>> {
  const list = `permission groups of ${input.organizationId}`;
  const page = readPage(input, list, numberKey);
  const custom = await customRolesIn(actor, input);
  const groups = (custom?.permissionGroups ?? []).map(({ level, ...group }) => ({ ...group, level: levelOf(level) }));
  return pageOf(groups, page, list);
}

/** Configurations that the kind of organization has, for createRole. */
export async function listRolePresets(actor: Actor, input: { organizationId: string } & PageQuery): Promise<Page<RolePreset>> {
  const list = `role presets of ${input.organizationId}`;
  const page = readPage(input, list, numberKey);
  return pageOf([...((await customRolesIn(actor, input))?.presets ?? [])], page, list);
}

async function customRolesIn(actor: Actor, place: { organizationId: string }): Promise<CustomRoles | undefined> {
  return customRolesOf((await actor.engine(place)).blueprint!);
}
