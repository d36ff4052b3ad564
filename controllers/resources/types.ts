import type { Condition } from './conditions.ts';
import type { KubeObject, ResourceType } from './resource.ts';

/** `organizations.tenet.dev`, cluster-scoped. */
export const organizationType: ResourceType = {
  group: 'tenet.dev',
  version: 'v1alpha1',
  kind: 'Organization',
  plural: 'organizations',
  namespaced: false,
};

/** `projects.tenet.dev`, namespaced. */
export const projectType: ResourceType = { group: 'tenet.dev', version: 'v1alpha1', kind: 'Project', plural: 'projects', namespaced: true };

/** `policyrevisions.tenet.dev`, namespaced; those of one namespace count. */
export const policyRevisionType: ResourceType = {
  group: 'tenet.dev',
  version: 'v1alpha1',
  kind: 'PolicyRevision',
  plural: 'policyrevisions',
  namespaced: true,
};

/** Core ConfigMaps, which hold files of policies. */
export const configMapType: ResourceType = { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };

/** Core Secrets, which hold sensitive fields of resources. */
export const secretType: ResourceType = { group: '', version: 'v1', kind: 'Secret', plural: 'secrets', namespaced: true };

/** Core namespaces, whose labels an Organization may select. */
export const namespaceType: ResourceType = { group: '', version: 'v1', kind: 'Namespace', plural: 'namespaces', namespaced: false };

/** A member as a manifest lists them. */
export interface MemberSpec {
  readonly email: string;
  readonly roles: readonly string[];
  /** RFC 3339. */
  readonly until?: string;
  /** In an Organization only. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** A service account as a manifest lists it. */
export interface ServiceAccountSpec {
  readonly name: string;
  readonly description?: string;
  readonly roles?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
}

/** The value of a setting as a manifest says it. Which values it takes is said by the kind of organization. */
export interface SettingSpec {
  readonly value: boolean | number | string;
  /** In an Organization only. */
  readonly locked?: boolean;
}

/** A resource as a manifest lists it. Which fields it has is said by the kind of organization. */
export interface ResourceSpec {
  readonly type: string;
  readonly name: string;
  readonly data?: Readonly<Record<string, unknown>>;
  /** In a Project only: sensitive fields, from Secrets of its namespace. */
  readonly secrets?: readonly { readonly field: string; readonly secretRef: { readonly name: string; readonly key: string } }[];
}

/** A type of resource, or one resource, that a manifest switches off. */
export interface RestrictionSpec {
  readonly resourceType: string;
  readonly resourceId?: string;
  /** Slugs of projects. */
  readonly projects?: readonly string[];
  readonly exceptProjects?: readonly string[];
  readonly reason: string;
}

/** A limit of an organization in the place of that of its plan. */
export interface LimitSpec {
  readonly name: string;
  readonly soft?: number;
  readonly hard?: number;
  readonly reason?: string;
}

/** An application of the catalogue that a manifest has installed. */
export interface InstanceSpec {
  readonly name: string;
  readonly displayName?: string;
  readonly item: string;
  readonly priceKind?: 'Monthly' | 'Annual' | 'OneTime' | 'Lifetime';
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, { readonly resource: string; readonly field: string }>>;
  readonly running?: boolean;
}

/** A role of the organization's own as a manifest lists it. */
export interface RoleSpec {
  readonly name: string;
  readonly title: string;
  readonly description?: string;
  readonly tier: string;
  readonly permissions?: readonly string[];
  readonly permissionGroups?: readonly string[];
}

/** What Organization and Project have in common. What has a default in the CRD is always there. */
interface CommonSpec {
  readonly displayName: string;
  readonly slug?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly members?: readonly MemberSpec[];
  readonly membersPolicy: 'Additive' | 'Exact';
  readonly serviceAccounts?: readonly ServiceAccountSpec[];
  readonly settings?: Readonly<Record<string, SettingSpec>>;
  readonly resources?: readonly ResourceSpec[];
  readonly deletionPolicy: 'Retain' | 'Archive' | 'Delete';
  readonly managementPolicy: 'Full' | 'ObserveOnly';
}

export interface OrganizationSpec extends CommonSpec {
  readonly blueprint?: string;
  readonly legalName?: string;
  readonly description?: string;
  readonly logoUrl?: string;
  readonly alertingEmail?: string;
  readonly invoicingEmail?: string;
  readonly mfa?: 'Optional' | 'Required';
  readonly language?: string;
  readonly externals?: 'Forbid' | 'AutoAdd' | 'Allow';
  readonly roles?: readonly RoleSpec[];
  readonly restrictions?: readonly RestrictionSpec[];
  readonly limits?: readonly LimitSpec[];
  readonly instances?: readonly InstanceSpec[];
  readonly allowedProjects: {
    readonly namespaces?: {
      readonly from: 'None' | 'All' | 'Selector';
      readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
    };
  };
}

export interface ProjectSpec extends CommonSpec {
  readonly organizationRef: { readonly name: string };
}

export interface PolicyRevisionSpec {
  /** `platform`, or `blueprint.` and the name of a kind of organization. */
  readonly scopes: readonly string[];
  /** Named as in a policy directory. */
  readonly files?: Readonly<Record<string, string>>;
  readonly filesFrom?: readonly {
    readonly configMapRef: { readonly name: string };
    /** The folder whose files the keys are. */
    readonly folder?: string;
  }[];
  readonly reason: string;
  readonly gitCommit?: string;
  readonly signatures?: readonly { readonly scope: string; readonly signature: string }[];
  readonly activate: 'WhenPlanned' | 'Never';
  readonly stage: 'Shadow' | 'Canary' | 'All';
  readonly canary?: { readonly share?: number; readonly organizationIDs?: readonly string[] };
  readonly planFailOn?: readonly ('Gain' | 'SensitiveGain' | 'Loss')[];
  readonly approvedPlan?: string;
}

export interface PolicyRevisionStatus {
  readonly observedGeneration?: number;
  /** `blueprint.teams@4`, for the column of kubectl. */
  readonly revision?: string;
  readonly revisions?: readonly { readonly scope: string; readonly revision: number; readonly sha256: string }[];
  readonly plan?: {
    readonly id: string;
    readonly digest: string;
    readonly gains: number;
    readonly sensitiveGains?: number;
    readonly losses: number;
  };
  readonly sha256?: string;
  readonly conditions?: readonly Condition[];
}

export type PolicyRevisionObject = KubeObject<PolicyRevisionSpec, PolicyRevisionStatus>;

interface CommonStatus {
  readonly observedGeneration?: number;
  readonly id?: string;
  readonly slug?: string;
  readonly memberCount?: number;
  readonly members?: readonly { readonly email: string; readonly state: string; readonly message?: string }[];
  readonly serviceAccounts?: readonly { readonly name: string; readonly id?: string; readonly state: string; readonly message?: string }[];
  readonly conditions?: readonly Condition[];
}

export interface OrganizationStatus extends CommonStatus {
  readonly blueprint?: string;
  readonly projectCount?: number;
  readonly roles?: readonly { readonly name: string; readonly id?: string; readonly state: string; readonly message?: string }[];
}

export interface ProjectStatus extends CommonStatus {
  readonly organizationID?: string;
}

export type OrganizationObject = KubeObject<OrganizationSpec, OrganizationStatus>;
export type ProjectObject = KubeObject<ProjectSpec, ProjectStatus>;

/** The annotation that names the id of an existing row that the object takes over. */
export const adoptAnnotation = 'tenet.dev/adopt';

/** The finalizer that keeps an object until its deletionPolicy has been carried out. */
export const finalizer = 'tenet.dev/finalizer';
