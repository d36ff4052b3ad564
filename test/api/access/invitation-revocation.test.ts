import { expect } from 'chai';
import { allowLess, foundOrganization, foundProject } from '../../helpers/people.ts';
import { startTenet, type TestTenet } from '../../helpers/tenet.ts';

describe('the revocation of an invitation', () => {
  let tenet: TestTenet;

  before(async () => {
    tenet = await startTenet();
  });
  after(() => tenet?.stop());

  it('is for whoever may give the role, also where nobody may take it', async () => {
    const owner = await tenet.as('owner@example.com');
    const organizationId = await foundOrganization(owner);
    await allowLess(tenet, ([, , object, action]) => object !== 'role:org.admin' || action !== 'unassign');
    const { data } = await owner.client.POST('/v1/organizations/{organizationId}/invitations', {
      params: { path: { organizationId } },
      body: { invitees: [{ email: 'admin@example.com' }], roles: ['org.admin'] },
    });
    const { response } = await owner.client.POST('/v1/organizations/{organizationId}/invitations/{invitationId}/revoke', {
      params: { path: { organizationId, invitationId: data!.items[0]!.id } },
    });
    expect(response.status).to.equal(200);
  });

  it('and every offered role is asked for in its own place', async () => {
    const owner = await tenet.as('owner@example.com');
    const organizationId = await foundOrganization(owner, 'Places');
    const projectId = await foundProject(owner, organizationId);
    const create = () =>
      owner.client.POST('/v1/organizations/{organizationId}/invitations', {
        params: { path: { organizationId } },
        body: { invitees: [{ email: 'guest@example.com' }], roles: ['org.member'], projectRoles: [{ projectId, role: 'project.admin' }] },
      });
    const { data } = await create();
    await allowLess(tenet, ([, , object]) => object !== 'role:project.admin');
    const revoked = await owner.client.POST('/v1/organizations/{organizationId}/invitations/{invitationId}/revoke', {
      params: { path: { organizationId, invitationId: data!.items[0]!.id } },
    });
    for (const { response, error } of [revoked, await create()]) {
      expect(response.status).to.equal(403);
      expect(error!.requiredPermission).to.equal('role:project.admin:assign');
    }
  });
});
