import { expect } from 'chai';
import { apiHubProfile } from '../../helpers/people.ts';
import { manifestTests, refusal } from './manifests.ts';

describe('a project manifest, in the kinds of organization', () => {
  const tests = manifestTests();
  const entry = (email: string, ...roles: string[]) => ({ email, roles });

  before(async () => {
    for (const email of ['ada@example.com', 'bob@example.com']) await (await tests.tenet.as(email)).userId();
  });

  it('makes none where there are none, and says so', async () => {
    await tests.applyOrganization('hub', {
      blueprint: 'api-hub',
      profile: apiHubProfile,
      members: [entry('ada@example.com', 'org.admin')],
    });
    const { code, message } = await refusal(tests.applyProject('website', 'hub'));
    expect(code).to.equal('failed-precondition');
    expect(message).to.include('has no projects');
  });

  it('deletes a project with the grants that it made, and not while others are left', async () => {
    const [ada, bob] = ['ada@example.com', 'bob@example.com'];
    await tests.applyOrganization('groups', { blueprint: 'teams', members: [entry(ada, 'org.admin'), entry(bob, 'org.default')] });
    const { result } = await tests.applyProject('website', 'groups', { members: [entry(bob, 'project.read')] });
    const admin = await tests.tenet.as(ada);
    const path = { organizationId: result.organizationId!, projectId: result.id! };
    const { data } = await admin.client.POST('/v1/organizations/{organizationId}/projects/{projectId}/grants', {
      params: { path },
      body: { subject: { type: 'ROLE', id: 'org.default' }, role: 'project.write' },
    });
    expect((await refusal(tests.releaseProject('website', 'Delete'))).code).to.equal('grants-remain');
    await admin.client.POST('/v1/organizations/{organizationId}/projects/{projectId}/grants/{grantId}/revoke', {
      params: { path: { ...path, grantId: data!.id } },
    });
    await tests.releaseProject('website', 'Delete');
    const gone = await admin.client.GET('/v1/organizations/{organizationId}/projects/{projectId}', { params: { path } });
    expect(gone.response.status).to.equal(404);
  });

  it('S001-21, S001-16: gives several roles in the organization and one in a project', async () => {
    const two = entry('bob@example.com', 'org.default', 'org.admin');
    const organization = await tests.applyOrganization('many', { blueprint: 'teams', members: [two] });
    expect(organization.result.problems).to.deep.equal([]);
    const levels = [entry('bob@example.com', 'project.read', 'project.write')];
    const { result } = await tests.applyProject('shop', 'many', { members: levels });
    expect(result.problems.map(({ path }) => path)).to.deep.equal(['spec.members[0].roles']);
  });
});
