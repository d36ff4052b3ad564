import { expect } from 'chai';
import { toUuid } from '../../../core/base/ids.ts';
import { auditTrail, foundProject, inDatabase, join } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

const projectPath = '/v1/organizations/{organizationId}/projects/{projectId}';
const grantsPath = '/v1/organizations/{organizationId}/projects/{projectId}/grants';
const revokePath = '/v1/organizations/{organizationId}/projects/{projectId}/grants/{grantId}/revoke';

describe('projects in the kinds of organization', () => {
  let tenet: TestTenet;
  let admin: Caller;
  let organizationId: string;
  let projectId: string;
  const remove = () => admin.client.DELETE(projectPath, { params: { path: { organizationId, projectId } } });
  const give = async (subject: { type: 'USER' | 'ROLE'; id: string }): Promise<string> =>
    (
      await admin.client.POST(grantsPath, {
        params: { path: { organizationId, projectId } },
        body: { subject, role: 'project.read' },
      })
    ).data!.id;
  const take = (grantId: string) => admin.client.POST(revokePath, { params: { path: { organizationId, projectId, grantId } } });

  before(async () => {
    tenet = await startTenet();
    admin = await tenet.as('admin@example.com');
  });
  after(() => tenet.stop());
  beforeEach(async () => {
    organizationId = (await admin.client.POST('/v1/organizations', { body: { name: 'Acme', blueprint: 'teams' } })).data!.id;
    projectId = await foundProject(admin, organizationId);
  });

  it('S001-11 to S001-13, S001-28: a project that nobody has access to is deleted for good', async () => {
    expect((await remove()).response.status).to.equal(204);
    expect((await admin.client.GET(projectPath, { params: { path: { organizationId, projectId } } })).response.status).to.equal(404);
    expect(await foundProject(admin, organizationId)).to.not.equal(projectId);
  });

  it('S001-12, S001-14: one with grants is not, those to roles without holders included, and the problem lists them', async () => {
    const member = await join(tenet, { organizationId }, 'member@example.com');
    const [toPerson, toRole] = [
      await give({ type: 'USER', id: member.id }),
      // DEFAULT has no holder in this organization.
      await give({ type: 'ROLE', id: 'org.default' }),
    ];
    const { response, error } = await remove();
    expect(response.status).to.equal(409);
    expect(error).to.deep.include({
      code: 'grants-remain',
      blockers: [
        { grantId: toPerson, subject: { type: 'USER', id: member.id }, role: 'project.read' },
        { grantId: toRole, subject: { type: 'ROLE', id: 'org.default' }, role: 'project.read' },
      ],
    });
    expect(error!.detail).to.include('2 grants');
    await take(toPerson);
    expect((await remove()).error!.detail).to.include('one grant');
    await take(toRole);
    expect((await remove()).response.status).to.equal(204);
    const trail = await auditTrail(admin, organizationId, 'project.delete');
    expect(trail.map(({ outcome }) => outcome)).to.deep.equal(['SUCCEEDED']);
  });

  it('a grant that has ended is not in the way, and one that is given at the same time is', async () => {
    const member = await join(tenet, { organizationId, projectId }, 'member@example.com', 'project.read');
    const ended = "update grants set until = now() - interval '1 second' where user_id = ?";
    await inDatabase(tenet, organizationId, ended, [toUuid('user', member.id)]);
    const given = admin.client.POST(grantsPath, {
      params: { path: { organizationId, projectId } },
      body: { subject: { type: 'USER', id: member.id }, role: 'project.write' },
    });
    const [{ response: deletion }, { response: grant }] = await Promise.all([remove(), given]);
    expect([deletion.status, grant.status]).to.be.deep.oneOf([
      [204, 404],
      [409, 201],
    ]);
  });
});
