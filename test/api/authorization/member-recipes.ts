import { keyTypeOf } from './key-recipes.ts';
import { type Ask, type Asker, nothing, offer, type Recipe, takeBack, unassign } from './recipe.ts';
import type { Site } from './things.ts';
import { siteName, type World } from './world.ts';

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

/** Members, the second factor that they need, and their way out. */
export const memberRecipes: readonly Recipe[] = [
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
];
