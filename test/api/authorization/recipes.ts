import { newId } from '../../../core/base/ids.ts';
import { slugOfDeleted } from '../../../core/base/slugs.ts';
import { appRecipes } from './app-recipes.ts';
import { billingRecipes } from './billing-recipes.ts';
import { grantRecipes } from './grant-recipes.ts';
import { keyRecipes } from './key-recipes.ts';
import { memberRecipes } from './member-recipes.ts';
import { platformRecipes } from './platform-recipes.ts';
import { policyStoreRecipes } from './policy-store-recipes.ts';
import { publicRecipes } from './public-recipes.ts';
import { type Ask, type Asker, nothing, ofAccount, offer, offerInProject, type Recipe, takeBack, takeBackInProject } from './recipe.ts';
import { resourceRecipes } from './resource-recipes.ts';
import { settingRecipes } from './setting-recipes.ts';
import { usageRecipes } from './usage-recipes.ts';
import { webhookRecipes } from './webhook-recipes.ts';
import { siteName } from './world.ts';

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

const ofEverything = ['organization:read'];
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
const conditionIn = ({ blueprint }: Asker['world']) => ({
  on: 'THRESHOLD',
  meter: blueprint.meters?.[0]?.name ?? 'none',
  quantity: 1,
  period: 'DAY',
});
const alerted = async ({ world, site }: Asker): Promise<Ask> => ({ params: { alertId: await world.makeAlert(site) } });
const restricted = async ({ world, site }: Asker): Promise<Ask> => ({ params: { restrictionId: await world.makeRestriction(site) } });
const exported =
  (kind: string) =>
  async ({ world, site }: Asker): Promise<Ask> => ({ params: { exportId: await world.makeExport(site, kind) } });

const linkedTo =
  (kind: string) =>
  async (cell: Asker): Promise<Ask> => ({ ...(await exported(kind)(cell)), body: {} });

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
  {
    operationId: 'eraseMe',
    // Others depend on them.
    excludes: ({ isOwner, orgRole, platformRoles }, { blueprint }) => isOwner || orgRole === blueprint.topRole || platformRoles.length > 0,
    // Other cells need the person, and have left organizations and offers to them.
    ask: async ({ world, persona }) => {
      await world.tenet.database.write('platform', async (db) => {
        await db('ownership_transfers').where({ recipient_id: persona.uuid, state: 'OFFERED' }).update({ state: 'CANCELLED' });
        const own = db('members').where({ user_id: persona.uuid }).select('org_id');
        const rows: { id: string; slug: string }[] = await db('organizations')
          .where({ name: 'Throwaway', state: 'ACTIVE' })
          .whereIn('id', own);
        for (const { id, slug } of rows) {
          const deleted = { state: 'DELETED', slug: slugOfDeleted(id), deleted_slug: slug, deleted_at: db.fn.now() };
          await db('organizations').where({ id }).update(deleted);
        }
      });
      return { query: { validateOnly: 'true' }, headers: { 'if-match': '*' } };
    },
  },
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
  {
    operationId: 'offerSupportAccess',
    needsSupport: true,
    ask: async (cell) => {
      const [{ organizationId }, { id }] = [await cell.anotherSite(), cell.world.freeOperator];
      return {
        params: { organizationId },
        body: { operatorId: id, role: cell.world.supportRole || cell.world.orgRole, reason: 'A ticket.', minutes: 60 },
      };
    },
  },
  { operationId: 'getOrganizationSupportAccess', ask: supportRequest },
  { operationId: 'approveSupportAccess', ask: supportRequest },
  { operationId: 'denySupportAccess', ask: supportRequest },
  { operationId: 'endOrganizationSupportAccess', ask: supportRequest },

  ...memberRecipes,
  ...policyStoreRecipes,
  ...settingRecipes,

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

  { operationId: 'getBillingProfile', ask: nothing },
  { operationId: 'updateBillingProfile', ask: async () => ({ body: { taxId: 'DE123456789' } }) },
  { operationId: 'getSummary', ask: nothing },
  // Alerts
  { operationId: 'listAlerts', ask: nothing },
  { operationId: 'listAlertFirings', ask: nothing },
  {
    operationId: 'createAlert',
    needsMeters: true,
    ask: async ({ world }) => ({ body: { title: 'Much', condition: conditionIn(world) } }),
  },
  { operationId: 'getAlert', ask: alerted },
  { operationId: 'updateAlert', ask: async (cell) => ({ ...(await alerted(cell)), body: { title: 'More' } }) },
  { operationId: 'deleteAlert', ask: alerted },
  // Restrictions
  { operationId: 'listRestrictions', ask: nothing },
  {
    operationId: 'createRestriction',
    needsRestrictable: true,
    ask: async ({ world: { blueprint } }) => {
      const resourceType = blueprint.resourceTypes.find(({ restrictable }) => restrictable)!.name;
      return { body: { resourceType, resourceId: newId('restriction'), reason: 'test' } };
    },
  },
  { operationId: 'getRestriction', ask: restricted },
  { operationId: 'deleteRestriction', ask: restricted },
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
  {
    operationId: 'createExport',
    title: 'of usage',
    further: () => ['usage:read'],
    ask: async (cell) => ({ ...(await another(cell)), body: { kind: 'USAGE', format: 'CSV' } }),
  },
  {
    operationId: 'createExport',
    title: 'of everything',
    further: () => ofEverything,
    ask: async (cell) => ({ ...(await another(cell)), body: { kind: 'ORGANIZATION', format: 'NDJSON' } }),
  },
  { operationId: 'getExport', ask: exported('AUDIT_EVENTS') },
  { operationId: 'deleteExport', ask: exported('AUDIT_EVENTS') },
  { operationId: 'downloadExport', further: () => ['audit-event:list', 'audit-event:export'], ask: exported('AUDIT_EVENTS') },
  { operationId: 'downloadExport', title: 'of the access report', further: () => ['access-report:read'], ask: exported('ACCESS_REPORT') },
  { operationId: 'downloadExport', title: 'of usage', further: () => ['usage:read'], ask: exported('USAGE') },
  { operationId: 'downloadExport', title: 'of everything', further: () => ofEverything, ask: exported('ORGANIZATION') },
  { operationId: 'createExportLink', further: () => ['audit-event:list', 'audit-event:export'], ask: linkedTo('AUDIT_EVENTS') },
  { operationId: 'createExportLink', title: 'to the access report', further: () => ['access-report:read'], ask: linkedTo('ACCESS_REPORT') },
  { operationId: 'createExportLink', title: 'to usage', further: () => ['usage:read'], ask: linkedTo('USAGE') },
  { operationId: 'createExportLink', title: 'to everything', further: () => ofEverything, ask: linkedTo('ORGANIZATION') },

  ...billingRecipes,
  ...grantRecipes,
  ...resourceRecipes,
  ...webhookRecipes,
  ...usageRecipes,
  ...keyRecipes,
  ...appRecipes,

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
