import { readInstant } from '../../core/base/instants.ts';
import type { DesiredMember } from '../../core/manifests/member-status.ts';
import type { OrganizationManifest } from '../../core/manifests/organization.ts';
import type { ProjectManifest } from '../../core/manifests/project.ts';
import type { DesiredRole } from '../../core/manifests/role-definitions.ts';
import type { DesiredServiceAccount } from '../../core/manifests/service-accounts.ts';
import type { Settings } from '../../core/manifests/settings.ts';
import type { ObjectMeta } from '../resources/resource.ts';
import {
  adoptAnnotation,
  type MemberSpec,
  type OrganizationSpec,
  type ProjectSpec,
  type RoleSpec,
  type ServiceAccountSpec,
} from '../resources/types.ts';

/** What counts of an object besides its spec. */
type Metadata = Pick<ObjectMeta, 'name' | 'annotations'>;

/** What core wants to know of an Organization. Throws InvalidInput for a time that an older schema has let into the cluster. */
export function desiredOrganization({ metadata, spec }: { metadata: Metadata; spec: OrganizationSpec }): Omit<OrganizationManifest, 'ref'> {
  return {
    displayName: spec.displayName,
    slug: spec.slug ?? metadata.name,
    blueprint: spec.blueprint,
    profile: profileOf(spec),
    labels: spec.labels,
    settings: settingsOf(spec),
    roles: desiredRoles(spec.roles),
    restrictions: spec.restrictions ?? [],
    limits: spec.limits ?? [],
    instances: (spec.instances ?? []).map(({ priceKind, ...instance }) => ({ ...instance, priceKind: priceKind && priceWords[priceKind] })),
    members: desiredMembers(spec.members),
    membersPolicy: spec.membersPolicy,
    serviceAccounts: desiredServiceAccounts(spec.serviceAccounts),
    settingValues: spec.settings ?? {},
    resources: (spec.resources ?? []).map(({ type, name, data }) => ({ type, name, data })),
    adopt: metadata.annotations?.[adoptAnnotation],
    manage: spec.managementPolicy === 'Full',
  };
}

/** The same of a Project. */
export function desiredProject({
  metadata,
  spec,
}: {
  metadata: Metadata;
  spec: ProjectSpec;
}): Omit<ProjectManifest, 'ref' | 'organization'> {
  return {
    displayName: spec.displayName,
    slug: spec.slug ?? metadata.name,
    labels: spec.labels,
    members: desiredMembers(spec.members),
    membersPolicy: spec.membersPolicy,
    serviceAccounts: desiredServiceAccounts(spec.serviceAccounts),
    settingValues: spec.settings ?? {},
    // What the Secrets say is not known here.
    resources: (spec.resources ?? []).map(({ secrets = [], ...resource }) => ({
      ...resource,
      secrets: secrets.map(({ field }) => ({ field })),
    })),
    adopt: metadata.annotations?.[adoptAnnotation],
    manage: spec.managementPolicy === 'Full',
  };
}

function desiredMembers(members: readonly MemberSpec[] | undefined): DesiredMember[] {
  return (members ?? []).map(({ email, roles, labels, until }, index) => ({
    email,
    roles,
    labels,
    until: until === undefined ? undefined : readInstant(until, { pointer: `spec.members[${index}].until` }),
  }));
}

function desiredServiceAccounts(accounts: readonly ServiceAccountSpec[] | undefined): DesiredServiceAccount[] {
  return (accounts ?? []).map(({ name, description, labels, roles = [] }) => ({ name, description, labels, roles }));
}

function desiredRoles(roles: readonly RoleSpec[] | undefined): DesiredRole[] {
  return (roles ?? []).map(({ permissions = [], permissionGroups = [], ...role }) => ({ ...role, permissions, permissionGroups }));
}

/** What the manifest says of the profile. */
function profileOf({ legalName, description, logoUrl, alertingEmail, invoicingEmail }: OrganizationSpec) {
  return {
    ...(legalName !== undefined && { legalName }),
    ...(description !== undefined && { description }),
    ...(logoUrl !== undefined && { logoUrl }),
    ...(alertingEmail !== undefined && { alertingEmail }),
    ...(invoicingEmail !== undefined && { invoicingEmail }),
  };
}

const externalsWords = { Forbid: 'FORBID', AutoAdd: 'AUTO_ADD', Allow: 'ALLOW' } as const;
const mfaWords = { Optional: 'OPTIONAL', Required: 'REQUIRED' } as const;

const priceWords = { Monthly: 'MONTHLY', Annual: 'ANNUAL', OneTime: 'ONE_TIME', Lifetime: 'LIFETIME' } as const;

/** The switches that the manifest says, in the words of the API. */
function settingsOf({ mfa, externals, language }: OrganizationSpec): Settings {
  return {
    ...(language !== undefined && { language }),
    ...(mfa && { mfa: mfaWords[mfa] }),
    ...(externals && { externals: externalsWords[externals] }),
  };
}

/** Whether the owners of an organization let Projects of a namespace with these labels in; no Project joins without their consent. */
export function admits({ allowedProjects }: OrganizationSpec, labels: Readonly<Record<string, string>>): boolean {
  const { namespaces } = allowedProjects ?? {};
  if (!namespaces || namespaces.from === 'None') return false;
  if (namespaces.from === 'All') return true;
  const wanted = Object.entries(namespaces.selector?.matchLabels ?? {});
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}

/** Why a Project is not taken in. */
export function notAdmitted(organization: string, namespace: string): string {
  return `The Organization ${organization} does not take Projects from this namespace. Its spec.allowedProjects.namespaces must admit the namespace ${namespace}.`;
}
