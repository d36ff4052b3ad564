import { expect } from 'chai';
import { allowLess, foundOrganization } from '../../helpers/people.ts';
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
      body: { emails: ['admin@example.com'], role: 'org.admin' },
    });
    const { response } = await owner.client.DELETE('/v1/organizations/{organizationId}/invitations/{invitationId}', {
      params: { path: { organizationId, invitationId: data!.items[0]!.id } },
    });
    expect(response.status).to.equal(204);
  });
});
