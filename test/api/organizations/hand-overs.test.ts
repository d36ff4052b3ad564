import { expect } from 'chai';
import { auditTrail, foundOrganization, foundProject, join } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

const path = '/v1/organizations/{organizationId}/hand-over';
const projectPath = '/v1/organizations/{organizationId}/projects/{projectId}/hand-over';
const cluster = '0b0f1a4e-6a3c-4a7e-9c53-3f1f8d5f0a51';

describe('hand-overs', () => {
  let tenet: TestTenet;
  let owner: Caller;
  let organizationId: string;

  before(async () => {
    tenet = await startTenet();
    owner = await tenet.as('owner@example.com');
    organizationId = await foundOrganization(owner);
  });
  after(() => tenet.stop());

  it('name one manifest for the organization, are replaced and withdrawn by their version, and are recorded', async () => {
    const params = { path: { organizationId } };
    const at = (etag: string) => ({ params: { ...params, header: { 'If-Match': etag } } });
    expect((await owner.client.GET(path, { params })).response.status).to.equal(404);
    const first = await owner.client.PUT(path, { params, body: { mode: 'ADOPT', cluster, name: 'acme' } });
    expect(first.data).to.deep.include({ mode: 'ADOPT', cluster, kind: 'Organization', name: 'acme', handedOverBy: await owner.userId() });
    const { etag } = first.data!;
    expect(first.response.headers.get('etag')).to.equal(etag);
    const second = await owner.client.PUT(path, { ...at(etag), body: { mode: 'OBSERVE', cluster: 'directory:/srv/tenet', name: 'acme' } });
    expect(second.data).to.include({ mode: 'OBSERVE', cluster: 'directory:/srv/tenet' });
    expect((await owner.client.PUT(path, { ...at(etag), body: { mode: 'ADOPT', cluster, name: 'acme' } })).response.status).to.equal(412);
    expect((await owner.client.DELETE(path, at(etag))).response.status).to.equal(412);
    expect((await owner.client.GET(path, { params })).data).to.deep.equal(second.data);
    expect((await owner.client.DELETE(path, at(second.data!.etag))).response.status).to.equal(204);
    expect((await owner.client.DELETE(path, { params })).response.status).to.equal(404);
    expect(await auditTrail(owner, organizationId, 'organization.hand-over')).to.have.length(3);
  });

  it('name a namespace for a project, which its admin may, and a manager may not', async () => {
    const projectId = await foundProject(owner, organizationId);
    const place = { organizationId, projectId };
    const admin = await join(tenet, place, 'admin@example.com', 'project.admin');
    const manager = await join(tenet, place, 'manager@example.com', 'project.manager');
    const ask = (caller: Caller) =>
      caller.client.PUT(projectPath, {
        params: { path: place },
        body: { mode: 'OBSERVE', cluster, namespace: 'team-a', name: 'website' },
      });
    const refused = await ask(manager);
    expect(refused.error).to.include({ code: 'permission-denied', requiredPermission: 'project:hand-over' });
    const { data } = await ask(admin);
    expect(data).to.deep.include({ kind: 'Project', namespace: 'team-a', name: 'website' });
    expect((await admin.client.GET(projectPath, { params: { path: place } })).data).to.deep.equal(data);
    expect((await admin.client.DELETE(projectPath, { params: { path: place } })).response.status).to.equal(204);
    expect(await auditTrail(owner, organizationId, 'project.hand-over')).to.have.length(3);
  });

  for (const wrong of ['prod', 'directory:relative', '0b0f1a4e', `directory:/${'a'.repeat(1_100)}`, 'directory:/a\nb']) {
    it(`refuse a cluster like ${JSON.stringify(wrong.slice(0, 20))} with a pointer`, async () => {
      const params = { path: { organizationId } };
      const { error } = await owner.client.PUT(path, { params, body: { mode: 'ADOPT', cluster: wrong, name: 'acme' } });
      expect(error).to.include({ code: 'invalid-input' });
      expect((error as unknown as { errors: object[] }).errors[0]).to.include({ pointer: '#/cluster' });
    });
  }
});
