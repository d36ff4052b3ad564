import { customRolesOf } from '../../../core/authorization/policy/custom-roles.ts';
import { newId } from '../../../core/base/ids.ts';
import type { Needed } from './expectations.ts';
import { keyRecipes, keyTypeOf } from './key-recipes.ts';
import { platformRecipes } from './platform-recipes.ts';
import { publicRecipes } from './public-recipes.ts';
import { type Persona, type Site, siteName, type World } from './world.ts';

/** Who asks, and where. */
export interface Asker {
  readonly world: World;
  readonly persona: Persona;
  readonly site: Site;
  readonly projectId: string;
  /** Another organization like the site, with this person alone: for requests that leave nothing behind. */
  anotherSite(): Promise<Site>;
  /** Another project like the one of the cell. */
  anotherProject(): Promise<string>;
}

/** What is sent, beside the organization and the project of the cell. */
export interface Ask {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * How to ask for an operation so that it succeeds when it is authorized. What a request changes is made for it, so that no cell
 * disturbs another.
 */
export interface Recipe {
  readonly operationId: string;
  /** Which request it is, where an operation has several. */
  readonly title?: string;
  /** Left out where a blueprint has no kind of key for this level. */
  readonly needsKeys?: 'org' | 'project';
  /** Left out where a blueprint has no role for support. */
  readonly needsSupport?: true;
  /** Left out where a blueprint has no owner. */
  readonly needsOwner?: true;
  /** Left out where organizations define no roles. */
  readonly needsCustomRoles?: true;
  readonly needsRoleTemplates?: true;
  /** Left out for people who may ask, and of whom the operation wants something that is no permission. */
  excludes?(persona: Persona, world: World): boolean;
  /** The permissions that the operation itself asks for in the same place, in its order; of a list, one is enough. */
  further?(world: World): Needed[];
  ask(cell: Asker): Promise<Ask>;
  /** Takes back what would disturb other cells of the person who asked. */
  undo?(persona: Persona, world: World): Promise<void>;
}

/** For operations that need no more than their place. */
export const nothing = async (): Promise<Ask> => ({});
const assign = ({ orgRole }: World) => [`role:${orgRole}:assign`];
/** An invitation is made by who may assign its role or else invite with it; who may take the role may take the offer back. */
const offer = ({ orgRole }: World) => [[`role:${orgRole}:assign`, `role:${orgRole}:invite`]];
const offerInProject = ({ projectRole }: World) => [[`role:${projectRole}:assign`, `role:${projectRole}:invite`]];
const takeBackInProject = ({ projectRole }: World) => [
  [`role:${projectRole}:assign`, `role:${projectRole}:invite`, `role:${projectRole}:unassign`],
];
const takeBack = ({ orgRole }: World) => [[`role:${orgRole}:assign`, `role:${orgRole}:invite`, `role:${orgRole}:unassign`]];
const unassign = ({ orgRole }: World) => [`role:${orgRole}:unassign`];
const assignInProject = ({ projectRole }: World) => [`role:${projectRole}:assign`];
const unassignInProject = ({ projectRole }: World) => [`role:${projectRole}:unassign`];

const tierOf = ({ blueprint, orgRole }: World): string => customRolesOf(blueprint)?.tiers[0] ?? orgRole;
const assignTier = (world: World) => [`role:${tierOf(world)}:assign`];
const unassignTier = (world: World) => [`role:${tierOf(world)}:unassign`];
const customRole = async ({ world, site }: Asker): Promise<Ask> => ({ params: { roleId: await world.makeRole(site, tierOf(world)) } });
const roleTemplate = async ({ world, site }: Asker): Promise<Ask> => ({ params: { roleTemplateId: await world.makeRoleTemplate(site) } });

/** Two ends: giving a role until another time replaces the grant that has the first one. */
const earlier = new Date(Date.now() + 43_200_000);
const until = new Date(Date.now() + 86_400_000).toISOString();

const member = async ({ world, site }: Asker): Promise<Ask> => ({
  params: { userId: (await world.makeMember(site, { role: world.orgRole })).userId },
});
/** Members that are made for a cell have no address, so their id confirms it. */
const removal = async (cell: Asker): Promise<Ask> => {
  const { params } = await member(cell);
  return { params: params!, body: { confirmation: params!['userId'] } };
};
/** A member who has made an invitation, a service account, and a key of another one. */
const maker = async (cell: Asker): Promise<string> => {
  const { userId } = await cell.world.makeMember(cell.site, { role: cell.world.orgRole });
  await makeWork(cell, cell.site, userId);
  return userId;
};
const makeWork = async (cell: Asker, site: Site, by: string): Promise<void> => {
  const { world } = cell;
  await world.makeInvitation(site, { by });
  await world.makeServiceAccount(site, { role: world.orgRole, by });
  const { serviceAccountId } = await world.makeServiceAccount(site, { role: world.orgRole });
  await world.makeApiKey(site, undefined, { serviceAccountId, type: keyTypeOf(cell, 'org'), by });
};
/** A place that the person has made things in and leaves. */
const leaving = async (cell: Asker): Promise<Site> => {
  const site = await cell.anotherSite();
  await makeWork(cell, site, cell.persona.id);
  return site;
};
const allRevoked = { invitations: 'REVOKE', serviceAccounts: 'REVOKE', apiKeys: 'REVOKE' };
/** What revoking that asks for, and with the role of the member. */
const revokeOwnWork = (world: World) => [
  'invitation:revoke',
  ...takeBack(world),
  'service-account:delete',
  ...unassign(world),
  'api-key:revoke',
];
const revokeWork = (world: World) => [...unassign(world), ...revokeOwnWork(world)];
const transferred = { invitations: 'TRANSFER' };
const transferOwnWork = (world: World) => ['invitation:create', ...offer(world)];
const transferWork = (world: World) => [...unassign(world), ...transferOwnWork(world)];

const invitation = async ({ world, site }: Asker): Promise<Ask> => ({
  params: { invitationId: (await world.makeInvitation(site)).invitationId },
});
const projectInvitation = async ({ world, site, projectId }: Asker): Promise<Ask> => ({
  params: { invitationId: (await world.makeInvitation(site, { projectId })).invitationId },
});
const link = async ({ world, site }: Asker): Promise<Ask> => ({
  params: { invitationLinkId: (await world.makeLink(site)).invitationLinkId },
});
const projectLink = async ({ world, site, projectId }: Asker): Promise<Ask> => ({
  params: { invitationLinkId: (await world.makeLink(site, projectId)).invitationLinkId },
});
/** An invitation of an organization that the person has nothing to do with, so that accepting it changes nothing for other cells. */
const invited = async ({ world, persona }: Asker) => world.makeInvitation(await world.makeSite([]), { email: persona.email });

/** Reading and withdrawing need one; another cell may have withdrawn the one of the site, so it has a place of its own. */
const handOver = async (cell: Asker): Promise<Ask> => {
  const site = await cell.anotherSite();
  await cell.world.makeHandOver(site);
  return { params: { organizationId: site.organizationId } };
};
const projectHandOver = async (cell: Asker): Promise<Ask> => {
  const projectId = await cell.anotherProject();
  await cell.world.makeHandOver(cell.site, projectId);
  return { params: { projectId } };
};

const another = async (cell: Asker): Promise<Ask> => ({ params: { organizationId: (await cell.anotherSite()).organizationId } });
const elsewhere = async ({ world }: Asker): Promise<Ask> => ({ params: { organizationId: (await world.makeSite([])).organizationId } });
const deleted = async ({ world }: Asker): Promise<Ask> => ({
  params: { organizationId: (await world.makeSite([], { organization: 'DELETED' })).organizationId },
});
const deletedProject = async (cell: Asker): Promise<string> => {
  const projectId = await cell.anotherProject();
  await cell.world.deleteProject(cell.site, projectId);
  return projectId;
};
/** An offer to the person, or to somebody else, in a place of its own: there is one in each place at most. */
const transfer =
  (to: 'person' | 'another') =>
  async (cell: Asker): Promise<Ask> => {
    const { world, persona } = cell;
    const site = await cell.anotherSite();
    const isRecipient = to === 'person' && persona.isMember && site.memberIds.includes(persona.id);
    const recipientId = isRecipient ? persona.id : (await world.makeMember(site)).userId;
    return { params: { organizationId: site.organizationId, transferId: await world.makeTransfer(site, recipientId) } };
  };

/** What an operator has asked for, in a place of its own. */
const supportRequest = async (cell: Asker): Promise<Ask> => {
  const site = await cell.anotherSite();
  return { params: { organizationId: site.organizationId, supportAccessId: await cell.world.makeSupportRequest(site) } };
};
const exported =
  (kind: string) =>
  async ({ world, site }: Asker): Promise<Ask> => ({ params: { exportId: await world.makeExport(site, kind) } });

const ofAccount = async ({ world, site }: Asker): Promise<Ask> => ({ params: { userId: (await world.makeMember(site)).userId } });

/** Recipes for every operation; one that is missing fails the test by name. */
export const recipes: readonly Recipe[] = [
  // Me
  { operationId: 'getMe', ask: nothing },
  {
    operationId: 'signOutEverywhere',
    ask: nothing,
    undo: async ({ uuid }, { tenet }) =>
      tenet.database.write('platform', (db) => db('users').where({ id: uuid }).update({ not_before: null })),
  },
  { operationId: 'updateMe', ask: async () => ({ body: { displayName: `Name ${newId('request').slice(-6)}` } }) },
  { operationId: 'listMyOrganizations', ask: nothing },
  { operationId: 'listMyInvitations', ask: nothing },
  { operationId: 'acceptInvitation', ask: async (cell) => ({ params: { invitationId: (await invited(cell)).invitationId } }) },
  { operationId: 'declineInvitation', ask: async (cell) => ({ params: { invitationId: (await invited(cell)).invitationId } }) },
  { operationId: 'acceptInvitationByToken', ask: async (cell) => ({ body: { token: (await invited(cell)).token } }) },
  {
    operationId: 'acceptInvitationByToken',
    title: 'of a link',
    ask: async ({ world }) => ({ body: { token: (await world.makeLink(await world.makeSite([]))).token } }),
  },
  { operationId: 'previewInvitation', ask: async (cell) => ({ body: { token: (await invited(cell)).token } }) },

  // Organizations
  { operationId: 'listOrganizations', ask: nothing },
  { operationId: 'createOrganization', ask: async ({ world }) => ({ body: { name: 'Throwaway', blueprint: world.blueprint.name } }) },
  { operationId: 'getOrganization', ask: nothing },
  // Some kinds of organization keep their name.
  { operationId: 'updateOrganization', ask: async () => ({ body: { slug: newId('request').replace('_', '-') } }) },
  {
    operationId: 'deleteOrganization',
    ask: async (cell) => ({
      params: { organizationId: (await cell.anotherSite()).organizationId },
      body: { confirmation: siteName },
    }),
  },
  // What operators do is asked on the platform, about an organization that they have nothing to do with.
  { operationId: 'suspendOrganization', ask: async (cell) => ({ ...(await elsewhere(cell)), body: { reason: 'Unpaid.' } }) },
  { operationId: 'resumeOrganization', ask: elsewhere },
  { operationId: 'restoreOrganization', ask: async (cell) => ({ ...(await deleted(cell)), body: {} }) },
  { operationId: 'purgeOrganization', ask: deleted },
  { operationId: 'archiveOrganization', ask: async (cell) => ({ ...(await another(cell)), body: {} }) },
  { operationId: 'unarchiveOrganization', ask: another },
  { operationId: 'getEntitlements', ask: elsewhere },
  { operationId: 'replaceEntitlements', ask: async (cell) => ({ ...(await elsewhere(cell)), body: { entitlements: ['organizations'] } }) },
  { operationId: 'getUserEntitlements', ask: ofAccount },
  {
    operationId: 'replaceUserEntitlements',
    ask: async (cell) => ({ ...(await ofAccount(cell)), body: { entitlements: ['organizations'] } }),
  },
  { operationId: 'listOwnershipTransfers', ask: nothing },
  {
    operationId: 'createOwnershipTransfer',
    ask: async (cell) => {
      const site = await cell.anotherSite();
      const recipient = await cell.world.makeMember(site, { role: cell.world.blueprint.topRole });
      return { params: { organizationId: site.organizationId }, body: { recipientId: recipient.userId } };
    },
  },
  { operationId: 'getOwnershipTransfer', ask: transfer('person') },
  {
    operationId: 'acceptOwnershipTransfer',
    needsOwner: true,
    excludes: ({ isMember, isOwner, orgRole }, { blueprint }) => isMember && (isOwner || orgRole !== blueprint.topRole),
    ask: transfer('person'),
  },
  { operationId: 'declineOwnershipTransfer', needsOwner: true, excludes: ({ isOwner }) => isOwner, ask: transfer('person') },
  { operationId: 'cancelOwnershipTransfer', ask: transfer('another') },
  { operationId: 'getHandOver', ask: handOver },
  { operationId: 'replaceHandOver', ask: async () => ({ body: { mode: 'OBSERVE', cluster: 'directory:/srv/tenet', name: 'acme' } }) },
  { operationId: 'withdrawHandOver', ask: handOver },
  { operationId: 'getCapabilities', ask: nothing },
  { operationId: 'listAuditEvents', ask: nothing },
  { operationId: 'verifyAuditLog', ask: nothing },
  { operationId: 'listPlatformAuditEvents', ask: nothing },
  { operationId: 'verifyPlatformAuditLog', ask: nothing },

  { operationId: 'listSupportAccesses', ask: nothing },
  {
    operationId: 'requestSupportAccess',
    needsSupport: true,
    ask: async ({ world }) => {
      const { organizationId } = await world.makeSite([]);
      return { body: { organizationId, role: world.supportRole, reason: 'A ticket.', minutes: 60 } };
    },
  },
  { operationId: 'getSupportAccess', ask: supportRequest },
  { operationId: 'endSupportAccess', ask: supportRequest },
  { operationId: 'listOrganizationSupportAccesses', ask: nothing },
  { operationId: 'getOrganizationSupportAccess', ask: supportRequest },
  { operationId: 'approveSupportAccess', ask: supportRequest },
  { operationId: 'denySupportAccess', ask: supportRequest },
  { operationId: 'endOrganizationSupportAccess', ask: supportRequest },

  // Members
  { operationId: 'listMembers', ask: nothing },
  { operationId: 'getMember', ask: member },
  { operationId: 'updateMember', title: 'naming one', ask: async (cell) => ({ ...(await member(cell)), body: { displayName: 'Ada' } }) },
  {
    operationId: 'updateMember',
    title: 'switching one off',
    further: unassign,
    ask: async (cell) => ({ ...(await member(cell)), body: { state: 'INACTIVE' } }),
  },
  {
    operationId: 'updateMember',
    title: 'with all of their work revoked',
    needsKeys: 'org',
    further: revokeWork,
    ask: async (cell) => ({ params: { userId: await maker(cell) }, body: { state: 'INACTIVE', disposition: allRevoked } }),
  },
  {
    operationId: 'updateMember',
    title: 'with their invitations transferred',
    needsKeys: 'org',
    further: transferWork,
    ask: async (cell) => ({ params: { userId: await maker(cell) }, body: { state: 'INACTIVE', disposition: transferred } }),
  },
  { operationId: 'getMemberCapabilities', ask: member },
  { operationId: 'signOutMember', further: unassign, ask: member },

  // Second factor
  { operationId: 'getMfaRequirement', ask: nothing },
  {
    operationId: 'replaceMfaRequirement',
    ask: async () => ({ headers: { 'if-match': '"1"' }, body: { requirement: 'OPTIONAL' } }),
  },
  { operationId: 'getMfaCoverage', ask: nothing },

  { operationId: 'removeMember', further: unassign, ask: removal },
  {
    operationId: 'removeMember',
    title: 'with all of their work revoked',
    needsKeys: 'org',
    further: revokeWork,
    ask: async (cell) => {
      const userId = await maker(cell);
      return { params: { userId }, body: { confirmation: userId, disposition: allRevoked } };
    },
  },
  {
    operationId: 'removeMember',
    title: 'with their invitations transferred',
    needsKeys: 'org',
    further: transferWork,
    ask: async (cell) => {
      const userId = await maker(cell);
      return { params: { userId }, body: { confirmation: userId, disposition: transferred } };
    },
  },
  {
    operationId: 'leaveOrganization',
    excludes: ({ isOwner }) => isOwner,
    ask: async (cell) => ({
      params: { organizationId: (await cell.anotherSite()).organizationId },
      body: { confirmation: siteName },
    }),
  },
  {
    operationId: 'leaveOrganization',
    title: 'with all of their work revoked',
    needsKeys: 'org',
    excludes: ({ isOwner }) => isOwner,
    further: revokeOwnWork,
    ask: async (cell) => {
      const { organizationId } = await leaving(cell);
      return { params: { organizationId }, body: { confirmation: siteName, disposition: allRevoked } };
    },
  },
  {
    operationId: 'leaveOrganization',
    title: 'with their invitations transferred',
    needsKeys: 'org',
    excludes: ({ isOwner }) => isOwner,
    further: transferOwnWork,
    ask: async (cell) => {
      const { organizationId, ownerId: successorId } = await leaving(cell);
      return { params: { organizationId }, body: { confirmation: siteName, disposition: { ...transferred, successorId } } };
    },
  },
  {
    operationId: 'removeMember',
    title: 'the owner',
    needsOwner: true,
    // Ownership is a role that nobody may take: refused to everybody, the owner included.
    further: ({ blueprint }) => [`role:${blueprint.topRole}:unassign`, 'role:org.owner:unassign'],
    ask: async ({ site }) => ({ params: { userId: site.ownerId }, body: {} }),
  },

  // Invitations
  { operationId: 'listInvitations', ask: nothing },
  {
    operationId: 'createInvitations',
    further: offer,
    ask: async ({ world }) => ({ body: { invitees: [{ email: `${newId('user')}@example.com` }], roles: [world.orgRole] } }),
  },
  { operationId: 'getInvitation', ask: invitation },
  { operationId: 'revokeInvitation', further: takeBack, ask: invitation },
  { operationId: 'resendInvitation', further: offer, ask: invitation },
  { operationId: 'listProjectInvitations', ask: nothing },
  {
    operationId: 'createProjectInvitations',
    further: offerInProject,
    ask: async ({ world }) => ({ body: { invitees: [{ email: `${newId('user')}@example.com` }], role: world.projectRole } }),
  },
  { operationId: 'getProjectInvitation', ask: projectInvitation },
  { operationId: 'revokeProjectInvitation', further: takeBackInProject, ask: projectInvitation },
  { operationId: 'resendProjectInvitation', further: offerInProject, ask: projectInvitation },
  { operationId: 'listInvitationLinks', ask: nothing },
  { operationId: 'createInvitationLink', further: offer, ask: async ({ world }) => ({ body: { roles: [world.orgRole] } }) },
  { operationId: 'getInvitationLink', ask: link },
  { operationId: 'revokeInvitationLink', further: takeBack, ask: link },
  { operationId: 'listProjectInvitationLinks', ask: nothing },
  {
    operationId: 'createProjectInvitationLink',
    further: offerInProject,
    ask: async ({ world }) => ({ body: { role: world.projectRole } }),
  },
  { operationId: 'getProjectInvitationLink', ask: projectLink },
  { operationId: 'revokeProjectInvitationLink', further: takeBackInProject, ask: projectLink },

  // Exports
  { operationId: 'listExports', ask: nothing },
  {
    operationId: 'createExport',
    further: () => ['audit-event:list', 'audit-event:export'],
    ask: async (cell) => ({ ...(await another(cell)), body: { kind: 'AUDIT_EVENTS', format: 'NDJSON' } }),
  },
  {
    operationId: 'createExport',
    title: 'of the access report',
    further: () => ['access-report:read'],
    ask: async (cell) => ({ ...(await another(cell)), body: { kind: 'ACCESS_REPORT', format: 'CSV' } }),
  },
  { operationId: 'getExport', ask: exported('AUDIT_EVENTS') },
  { operationId: 'deleteExport', ask: exported('AUDIT_EVENTS') },
  { operationId: 'downloadExport', further: () => ['audit-event:list', 'audit-event:export'], ask: exported('AUDIT_EVENTS') },
  { operationId: 'downloadExport', title: 'of the access report', further: () => ['access-report:read'], ask: exported('ACCESS_REPORT') },

  // Roles and grants
  { operationId: 'listRoles', ask: nothing },
  { operationId: 'getRole', ask: async ({ world }) => ({ params: { roleId: world.orgRole } }) },
  {
    operationId: 'createRole',
    needsCustomRoles: true,
    further: assignTier,
    ask: async ({ world }) => ({ body: { title: newId('role'), tier: tierOf(world), permissions: [] } }),
  },
  {
    operationId: 'replaceRole',
    needsCustomRoles: true,
    further: (world) => [...assignTier(world), ...unassignTier(world)],
    ask: async (cell) => ({ ...(await customRole(cell)), body: { title: newId('role'), tier: tierOf(cell.world), permissions: [] } }),
  },
  { operationId: 'deleteRole', needsCustomRoles: true, further: unassignTier, ask: customRole },
  {
    operationId: 'deleteRole',
    title: 'with a successor',
    needsCustomRoles: true,
    further: (world) => [...unassignTier(world), ...assignTier(world)],
    ask: async (cell) => ({ ...(await customRole(cell)), query: { successor: tierOf(cell.world) } }),
  },
  { operationId: 'listPermissionGroups', ask: nothing },
  { operationId: 'listRolePresets', ask: nothing },
  { operationId: 'listRoleTemplates', ask: nothing },
  { operationId: 'getRoleTemplate', ask: roleTemplate },
  {
    operationId: 'createRoleTemplate',
    needsRoleTemplates: true,
    ask: async ({ world }) => ({ body: { name: newId('roleTemplate'), roles: [world.orgRole] } }),
  },
  {
    operationId: 'replaceRoleTemplate',
    needsRoleTemplates: true,
    ask: async (cell) => ({ ...(await roleTemplate(cell)), body: { name: newId('roleTemplate'), roles: [cell.world.orgRole] } }),
  },
  { operationId: 'deleteRoleTemplate', ask: roleTemplate },
  { operationId: 'listGrants', ask: nothing },
  {
    operationId: 'createGrant',
    further: assign,
    ask: async ({ world, site }) => ({
      body: { subject: { type: 'USER', id: (await world.makeMember(site)).userId }, role: world.orgRole },
    }),
  },
  {
    operationId: 'createGrant',
    title: 'in place of another',
    further: (world) => [...assign(world), ...unassign(world)],
    ask: async ({ world, site }) => ({
      body: {
        subject: { type: 'USER', id: (await world.makeMember(site, { role: world.orgRole, until: earlier })).userId },
        role: world.orgRole,
        until,
      },
    }),
  },
  {
    operationId: 'revokeGrant',
    further: unassign,
    ask: async ({ world, site }) => ({ params: { grantId: (await world.makeMember(site, { role: world.orgRole })).grantId } }),
  },
  { operationId: 'getAccessReport', ask: nothing },
  { operationId: 'getProjectAccessReport', ask: nothing },
  { operationId: 'listProjectGrants', ask: nothing },
  {
    operationId: 'createProjectGrant',
    further: assignInProject,
    ask: async ({ world, site }) => ({
      body: { subject: { type: 'USER', id: (await world.makeMember(site)).userId }, role: world.projectRole },
    }),
  },
  {
    operationId: 'createProjectGrant',
    title: 'in place of another',
    further: (world) => [...assignInProject(world), ...unassignInProject(world)],
    ask: async ({ world, site, projectId }) => ({
      body: {
        subject: { type: 'USER', id: (await world.makeMember(site, { role: world.projectRole, projectId, until: earlier })).userId },
        role: world.projectRole,
        until,
      },
    }),
  },
  {
    operationId: 'revokeProjectGrant',
    further: unassignInProject,
    ask: async ({ world, site, projectId }) => ({
      params: { grantId: (await world.makeMember(site, { role: world.projectRole, projectId })).grantId },
    }),
  },

  ...keyRecipes,

  // Projects
  { operationId: 'listProjects', ask: nothing },
  { operationId: 'createProject', ask: async () => ({ body: { name: 'Throwaway' } }) },
  { operationId: 'getProject', ask: nothing },
  { operationId: 'updateProject', ask: async () => ({ body: { name: `Name ${newId('request').slice(-6)}` } }) },
  { operationId: 'deleteProject', ask: async (cell) => ({ params: { projectId: await cell.anotherProject() } }) },
  {
    operationId: 'restoreProject',
    excludes: (_, { projectRole }) => projectRole === '',
    ask: async (cell) => ({ params: { projectId: await deletedProject(cell) }, body: {} }),
  },
  { operationId: 'getProjectHandOver', ask: projectHandOver },
  {
    operationId: 'replaceProjectHandOver',
    ask: async () => ({ body: { mode: 'OBSERVE', cluster: 'directory:/srv/tenet', namespace: 'team-a', name: 'website' } }),
  },
  { operationId: 'withdrawProjectHandOver', ask: projectHandOver },
  { operationId: 'getProjectCapabilities', ask: nothing },

  ...platformRecipes,

  ...publicRecipes,
];
