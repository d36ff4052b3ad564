import { z } from 'zod';
import { description, permissionPattern, roleId, title, word } from './blueprint-words.ts';
import type { PolicyContent, Row } from './content.ts';
import { limits } from './limits.ts';
import { splitPermission } from './vocabulary.ts';

const permission = z.string().regex(permissionPattern, 'must be <resource>:<action>, for example member:list');
const permissions = z.array(permission).max(limits.named);

/** What organizations of a kind may define roles of their own with. */
export const customRolesSchema = z.strictObject({
  /** Roles of the blueprint whose `assign` and `unassign` rows decide who gives and takes a role of the organization. */
  tiers: z.array(roleId).min(1).max(limits.roles),
  /** How many an organization has at most. */
  atMost: z.number().int().min(1).max(limits.customRoles),
  /**
   * What such a role may hold, as a page of checkboxes shows it. `level` says where: in the organization itself, or in projects. Without groups
   * a role holds no permission: it names its holders, and is given access to projects.
   */
  permissionGroups: z
    .array(z.strictObject({ name: word, title, level: z.enum(['org', 'project']), permissions: permissions.min(1) }))
    .max(limits.permissionGroups)
    .default([]),
  /** Roles to begin with, each organization for itself. */
  presets: z
    .array(z.strictObject({ name: word, title, description, tier: roleId, permissions }))
    .max(limits.roles)
    .default([]),
});

/** What organizations of a kind may define roles of their own with. */
export type CustomRoles = z.infer<typeof customRolesSchema>;

/** Where a permission holds for whoever has a role with it. */
export interface OfferedPermission {
  readonly level: 'org' | 'project';
  readonly group: string;
}

/** Every permission that a role of an organization may hold. */
export function offeredPermissions({ permissionGroups }: CustomRoles): ReadonlyMap<string, OfferedPermission> {
  return new Map(permissionGroups.flatMap(({ name: group, level, permissions: held }) => held.map((one) => [one, { level, group }])));
}

/** The level of a tier, and of the roles that carry it. */
export function levelOfTier(tier: string): 'org' | 'project' {
  return tier.startsWith('org.') ? 'org' : 'project';
}

/** What of a list cannot be held by a role of this tier, with the reason; a role in a project holds nothing in the organization. */
export function unfitPermissions(custom: CustomRoles, tier: string, held: readonly string[]): { index: number; detail: string }[] {
  const offered = offeredPermissions(custom);
  const foreign =
    offered.size === 0
      ? 'cannot be held: roles of this kind of organization have no permissions of their own, so leave the list empty'
      : 'is in none of the permission groups of this kind of organization (listPermissionGroups)';
  return held.flatMap((one, index) => {
    const found = offered.get(one);
    if (!found) return [{ index, detail: foreign }];
    if (held.indexOf(one) !== index) return [{ index, detail: 'is listed twice' }];
    const isTooHigh = found.level === 'org' && levelOfTier(tier) === 'project';
    return isTooHigh ? [{ index, detail: 'holds in the organization, and a role of this tier is held in projects' }] : [];
  });
}

/** What a role of this kind of organization cannot be, each with its place in the role. */
export function definitionProblems(
  custom: CustomRoles,
  tier: string,
  held: readonly string[],
): { path: readonly (string | number)[]; detail: string }[] {
  if (!custom.tiers.includes(tier)) return [{ path: ['tier'], detail: `must be one of ${custom.tiers.join(', ')}` }];
  return unfitPermissions(custom, tier, held).map(({ index, detail }) => ({ path: ['permissions', index], detail }));
}

/** What the policy of an organization says of its roles: a row for each permission, at the level of its group. */
export function policyOfRoles(
  custom: CustomRoles,
  roles: readonly { readonly id: string; readonly tier: string; readonly permissions: readonly string[] }[],
): Pick<PolicyContent, 'rows' | 'sources' | 'customRoles'> {
  const offered = offeredPermissions(custom);
  const placed = roles.flatMap(({ id, permissions: held }) =>
    held.map((one, index) => {
      const { resource, action } = splitPermission(one);
      const row: Row = [id, offered.get(one)?.level ?? 'org', resource, action, 'allow'];
      return { row, source: { file: `roles/${id}`, line: index + 1 } };
    }),
  );
  return {
    rows: placed.map(({ row }) => row),
    sources: placed.map(({ source }) => source),
    customRoles: Object.fromEntries(roles.map(({ id, tier }) => [id, { tier }])),
  };
}

interface Checked {
  readonly roles: readonly { readonly id: string; readonly holders?: unknown }[];
  readonly customRoles?: CustomRoles | undefined;
}

type Report = (path: (string | number)[], message: string) => void;

/** What contradicts itself in the custom roles of a blueprint. */
export function reportCustomRoles({ roles, customRoles }: Checked, context: z.RefinementCtx): void {
  if (customRoles === undefined) return;
  const report: Report = (path, message) => context.addIssue({ code: 'custom', path: ['customRoles', ...path], message });
  const { tiers, permissionGroups, presets } = customRoles;
  const known = new Set(roles.filter(({ holders }) => !holders).map(({ id }) => id));
  for (const [index, tier] of tiers.entries()) {
    if (!known.has(tier)) report(['tiers', index], `must be a role of this blueprint that can be given, not ${tier}`);
  }
  reportTwice(report, tiers, (index) => ['tiers', index]);
  reportTwice(report, names(permissionGroups), (index) => ['permissionGroups', index, 'name']);
  reportTwice(report, names(presets), (index) => ['presets', index, 'name']);
  const listed = permissionGroups.flatMap(({ permissions: held }, group) =>
    held.map((one, place) => ({ one, path: [group, 'permissions', place] })),
  );
  reportTwice(
    report,
    listed.map(({ one }) => one),
    (index) => ['permissionGroups', ...listed[index]!.path],
  );
  reportPresets(report, customRoles);
}

function names(list: readonly { readonly name: string }[]): string[] {
  return list.map(({ name }) => name);
}

function reportTwice(report: Report, list: readonly string[], pathOf: (index: number) => (string | number)[]): void {
  for (const [index, one] of list.entries()) if (list.indexOf(one) !== index) report(pathOf(index), `${one} is listed twice`);
}

function reportPresets(report: Report, customRoles: CustomRoles): void {
  for (const [index, { tier, permissions: held }] of customRoles.presets.entries()) {
    if (!customRoles.tiers.includes(tier)) report(['presets', index, 'tier'], `must be one of the tiers, not ${tier}`);
    for (const unfit of unfitPermissions(customRoles, tier, held)) {
      report(['presets', index, 'permissions', unfit.index], `${held[unfit.index]} ${unfit.detail}`);
    }
  }
}

/** What a blueprint says; undefined where there are none. Revisions of before say only whether. */
export function customRolesOf({ customRoles }: { readonly customRoles?: CustomRoles | boolean | undefined }): CustomRoles | undefined {
  return typeof customRoles === 'object' ? customRoles : undefined;
}
