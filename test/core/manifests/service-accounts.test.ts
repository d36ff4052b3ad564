import { expect } from 'chai';
import { apiHubProfile, auditTrail, join } from '../../helpers/people.ts';
import type { Caller } from '../../helpers/tenet.ts';
import { manifestTests } from './manifests.ts';

const accountsPath = '/v1/organizations/{organizationId}/service-accounts';
const accountPath = `${accountsPath}/{serviceAccountId}` as const;

describe('service accounts of manifests', () => {
  const tests = manifestTests();
  const adminOf = (organizationId: string): Promise<Caller> => join(tests.tenet, { organizationId }, 'admin@example.com', 'org.admin');
  const account = (name: string, ...roles: string[]) => ({ name, roles });
  const changes = (done: readonly string[]): string[] => done.filter((step) => !step.startsWith('note'));
  const list = async (by: Caller, organizationId: string) =>
    (await by.client.GET(accountsPath, { params: { path: { organizationId } } })).data!.items;
  const grantsOf = async (by: Caller, organizationId: string, subjectId: string) =>
    (await by.client.GET('/v1/organizations/{organizationId}/grants', { params: { path: { organizationId }, query: { subjectId } } })).data!
      .items;
  const create = async (by: Caller, organizationId: string, name: string) =>
    (await by.client.POST(accountsPath, { params: { path: { organizationId } }, body: { name } })).data!;

  it('are made with their roles, told with their ids, recorded, and named after their manifest', async () => {
    const wanted = { name: 'ci', description: 'Builds', roles: ['org.manager'] };
    const { result, done } = await tests.applyOrganization('made', { serviceAccounts: [wanted] });
    expect(changes(done)).to.deep.equal([
      'create the organization made',
      'create the service account ci',
      'give the service account ci org.manager',
    ]);
    const id = result.id!;
    const admin = await adminOf(id);
    const [found, ...others] = await list(admin, id);
    expect(others).to.deep.equal([]);
    expect(found).to.deep.include({ name: 'ci', description: 'Builds', managedBy: { kind: 'Organization', name: 'made' } });
    expect(result.serviceAccounts).to.deep.equal([{ name: 'ci', id: found!.id, state: 'Active' }]);
    const grants = await grantsOf(admin, id, found!.id);
    expect(grants.map(({ role, managedBy }) => [role, managedBy?.name])).to.deep.equal([['org.manager', 'made']]);
    expect(await auditTrail(admin, id, 'service-account.create')).to.have.length(1);
    expect(changes((await tests.applyOrganization('made', { serviceAccounts: [wanted] })).done)).to.deep.equal([]);
  });

  it('are not changed by the API, which makes their keys and labels', async () => {
    const { result } = await tests.applyOrganization('owned', { serviceAccounts: [account('ci', 'org.member')] });
    const organizationId = result.id!;
    const admin = await adminOf(organizationId);
    const serviceAccountId = result.serviceAccounts[0]!.id!;
    const params = { path: { organizationId, serviceAccountId } };
    const rename = await admin.client.PATCH(accountPath, { params, body: { name: 'Mine' } });
    const remove = await admin.client.DELETE(accountPath, { params });
    const subject = { type: 'SERVICE_ACCOUNT' as const, id: serviceAccountId };
    const give = await admin.client.POST('/v1/organizations/{organizationId}/grants', {
      params: { path: { organizationId } },
      body: { subject, role: 'org.manager' },
    });
    const [grant] = await grantsOf(admin, organizationId, serviceAccountId);
    const take = await admin.client.POST('/v1/organizations/{organizationId}/grants/{grantId}/revoke', {
      params: { path: { organizationId, grantId: grant!.id } },
    });
    for (const { error } of [rename, remove, give, take]) expect(error).to.include({ code: 'managed-by' });
    const labelled = await admin.client.PATCH(accountPath, { params, body: { labels: { env: 'prod' } } });
    expect(labelled.data!.labels).to.deep.equal({ env: 'prod' });
    const key = await admin.client.POST('/v1/organizations/{organizationId}/api-keys', {
      params: { path: { organizationId } },
      body: { name: 'CI', owner: subject },
    });
    expect(key.response.status).to.equal(201);
  });

  it('that are not listed any more are deleted with what they hold; those of the API stay', async () => {
    const { result } = await tests.applyOrganization('left', { serviceAccounts: [account('ci', 'org.member'), account('cd')] });
    const admin = await adminOf(result.id!);
    await create(admin, result.id!, 'by hand');
    const { done } = await tests.applyOrganization('left', { serviceAccounts: [account('cd')] });
    expect(changes(done)).to.deep.equal(['delete the service account ci']);
    expect((await list(admin, result.id!)).map(({ name }) => name)).to.deep.equal(['cd', 'by hand']);
    expect(await grantsOf(admin, result.id!, result.serviceAccounts[0]!.id!)).to.deep.equal([]);
    expect(changes((await tests.applyOrganization('left')).done)).to.deep.equal(['delete the service account cd']);
  });

  it('of no manifest become its own by their name, when one alone has it', async () => {
    const { result } = await tests.applyOrganization('taken');
    const admin = await adminOf(result.id!);
    const { id } = await create(admin, result.id!, 'ci');
    for (const _ of [1, 2]) await create(admin, result.id!, 'twin');
    const wanted = [account('ci', 'org.member'), account('twin', 'org.member')];
    const { result: after, done } = await tests.applyOrganization('taken', { serviceAccounts: wanted });
    expect(changes(done)).to.deep.equal(['manage the service account ci', 'give the service account ci org.member']);
    expect(after.serviceAccounts[0]).to.deep.equal({ name: 'ci', id, state: 'Active' });
    expect(after.serviceAccounts[1]).to.include({ name: 'twin', state: 'Refused' });
    expect(after.refusals[0]).to.include({ path: 'spec.serviceAccounts[twin]' });
    await tests.releaseOrganization('taken', 'Retain');
    expect((await list(admin, result.id!))[0]).to.not.have.property('managedBy');
  });

  it('of a project are at home there, and have its roles alone', async () => {
    const { result: organization } = await tests.applyOrganization('parent');
    const serviceAccounts = [account('deploy', 'project.admin'), account('wrong', 'org.admin')];
    const { result } = await tests.applyProject('site', 'parent', { serviceAccounts });
    expect(result.problems.map(({ path }) => path)).to.deep.equal(['spec.serviceAccounts[1].roles[0]']);
    expect(result.serviceAccounts.map(({ state }) => state)).to.deep.equal(['Active', 'Refused']);
    const admin = await adminOf(organization.id!);
    const path = { organizationId: organization.id!, projectId: result.id! };
    const { data } = await admin.client.GET('/v1/organizations/{organizationId}/projects/{projectId}/service-accounts', {
      params: { path },
    });
    expect(data!.items.map(({ name, managedBy }) => [name, managedBy?.kind])).to.deep.equal([['deploy', 'Project']]);
    const given = await admin.client.POST('/v1/organizations/{organizationId}/projects/{projectId}/grants', {
      params: { path },
      body: { subject: { type: 'SERVICE_ACCOUNT', id: data!.items[0]!.id }, role: 'project.member' },
    });
    expect(given.error).to.include({ code: 'managed-by' });
  });

  it('MIN-15 are refused by the policy of a kind that has none, to a manifest too, and hold up nothing else', async () => {
    const { result, done } = await tests.applyOrganization('hub', {
      blueprint: 'api-hub',
      profile: apiHubProfile,
      serviceAccounts: [account('ci', 'org.member')],
    });
    expect(changes(done)).to.deep.equal(['create the organization hub']);
    expect(result.serviceAccounts[0]).to.include({ state: 'Refused' });
    expect(result.refusals[0]!.detail).to.match(/\(service-account:create\)/);
  });
});
