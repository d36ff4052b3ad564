import { expect } from 'chai';
import { toUuid } from '../../../core/base/ids.ts';
import { inDatabase, join } from '../../helpers/people.ts';
import type { Caller } from '../../helpers/tenet.ts';
import { manifestTests, refusal } from './manifests.ts';

const organizationPath = '/v1/organizations/{organizationId}';
const projectPath = '/v1/organizations/{organizationId}/projects/{projectId}';

describe('labels of manifests', () => {
  const tests = manifestTests();
  const adminOf = (organizationId: string): Promise<Caller> => join(tests.tenet, { organizationId }, 'admin@example.com', 'org.admin');
  const patch = async (by: Caller, organizationId: string, labels: Record<string, string | null>) =>
    by.client.PATCH(organizationPath, { params: { path: { organizationId } }, body: { labels } });

  it('a manifest that says labels says all of them, and the API cannot change them meanwhile', async () => {
    const { result, done } = await tests.applyOrganization('said', { labels: { env: 'prod' } });
    expect(done).to.deep.equal(['create the organization said']);
    const admin = await adminOf(result.id!);
    const path = { organizationId: result.id! };
    expect((await patch(admin, result.id!, { mine: 'x' })).error).to.include({ code: 'managed-by' });
    const again = await tests.applyOrganization('said', { labels: { tier: 'web' } });
    expect(again.done.filter((step) => !step.startsWith('note'))).to.deep.equal(['set labels']);
    expect((await admin.client.GET(organizationPath, { params: { path } })).data!.labels).to.deep.equal({ tier: 'web' });
    // What was changed behind its back is put right.
    await inDatabase(tests.tenet, result.id!, `update organizations set labels = '{"a":"b"}' where id = ?`, [
      toUuid('organization', result.id!),
    ]);
    await tests.applyOrganization('said', { labels: { tier: 'web' } });
    expect((await admin.client.GET(organizationPath, { params: { path } })).data!.labels).to.deep.equal({ tier: 'web' });
  });

  it("without the field they are the API's, and stay when a manifest stops saying them", async () => {
    const { result } = await tests.applyOrganization('free');
    const admin = await adminOf(result.id!);
    expect((await patch(admin, result.id!, { mine: 'x' })).data!.labels).to.deep.equal({ mine: 'x' });
    const same = await tests.applyOrganization('free');
    expect(same.done.filter((step) => !step.startsWith('note'))).to.deep.equal([]);
    await tests.applyOrganization('free', { labels: { env: 'dev' } });
    expect((await patch(admin, result.id!, { mine: 'x' })).response.status).to.equal(409);
    await tests.applyOrganization('free');
    expect((await patch(admin, result.id!, { mine: 'y' })).data!.labels).to.deep.equal({ env: 'dev', mine: 'y' });
  });

  it('a Project has them too; one that only looks says that they differ', async () => {
    const { result: organization } = await tests.applyOrganization('with-project');
    const { result } = await tests.applyProject('site', 'with-project', { labels: { env: 'dev' } });
    const admin = await adminOf(organization.id!);
    const path = { organizationId: organization.id!, projectId: result.id! };
    expect((await admin.client.GET(projectPath, { params: { path } })).data!.labels).to.deep.equal({ env: 'dev' });
    const refused = await admin.client.PATCH(projectPath, { params: { path }, body: { labels: { env: null } } });
    expect(refused.error).to.include({ code: 'managed-by' });
    const looked = await tests.applyProject('site', 'with-project', { labels: {}, manage: false });
    expect(looked.result.differences).to.deep.equal(['set labels']);
    const { done } = await tests.applyProject('site', 'with-project', { labels: {} });
    expect(done.filter((step) => !step.startsWith('note'))).to.deep.equal(['set labels']);
  });

  it("members and service accounts have those that their entries say, and the others are the API's", async () => {
    const email = 'bob@example.com';
    const userId = await (await tests.tenet.as(email)).userId();
    const entries = (labels?: Record<string, string>) => ({
      members: [{ email, roles: ['org.member'], labels }],
      serviceAccounts: [{ name: 'ci', roles: [], labels }],
    });
    const { result } = await tests.applyOrganization('labelled', entries({ team: 'a' }));
    const organizationId = result.id!;
    const admin = await adminOf(organizationId);
    const serviceAccountId = result.serviceAccounts[0]!.id!;
    const member = { params: { path: { organizationId, userId } } };
    const account = { params: { path: { organizationId, serviceAccountId } } };
    const shown = async () => [
      (await admin.client.GET('/v1/organizations/{organizationId}/members/{userId}', member)).data!.labels,
      (await admin.client.GET('/v1/organizations/{organizationId}/service-accounts/{serviceAccountId}', account)).data!.labels,
    ];
    const relabel = async (body: { labels: Record<string, string> }) => [
      await admin.client.PATCH('/v1/organizations/{organizationId}/members/{userId}', { ...member, body }),
      await admin.client.PATCH('/v1/organizations/{organizationId}/service-accounts/{serviceAccountId}', { ...account, body }),
    ];
    expect(await shown()).to.deep.equal([{ team: 'a' }, { team: 'a' }]);
    for (const { error } of await relabel({ labels: { mine: 'x' } })) expect(error).to.include({ code: 'managed-by' });
    const steps = async (labels?: Record<string, string>) =>
      (await tests.applyOrganization('labelled', entries(labels))).done.filter((step) => !step.startsWith('note'));
    expect(await steps({ team: 'b' })).to.deep.equal([`set the labels of ${email}`, 'set the labels of the service account ci']);
    expect(await steps({ team: 'b' })).to.deep.equal([]);
    expect(await shown()).to.deep.equal([{ team: 'b' }, { team: 'b' }]);
    await steps();
    for (const { response } of await relabel({ labels: { mine: 'x' } })) expect(response.status).to.equal(200);
    expect(await steps()).to.deep.equal([]);
    expect(await shown()).to.deep.equal([
      { team: 'b', mine: 'x' },
      { team: 'b', mine: 'x' },
    ]);
    const wrong = await tests.applyOrganization('labelled', entries({ 'tenet.dev/x': 'y' }));
    expect(wrong.result.members[0]).to.include({ state: 'Refused' });
    expect(wrong.result.serviceAccounts[0]).to.include({ state: 'Refused' });
  });

  it('what an older schema has let in is refused with its place', async () => {
    const { message } = await refusal(tests.applyOrganization('wrong', { labels: { 'tenet.dev/x': 'y' } }));
    expect(message).to.equal('These are no labels.');
  });
});

describe('the kind of an organization whose manifest names none', () => {
  const tests = manifestTests();

  it('is the default of the installation when it is made, and no drift when the default changes', async () => {
    const nameless = { blueprint: undefined };
    const first = await tests.applyOrganization('plain', nameless);
    expect(first.result.blueprint).to.equal('integrations');
    tests.context = { ...tests.context, defaultBlueprint: 'teams' };
    const second = await tests.applyOrganization('plain', nameless);
    expect(second.result.blueprint).to.equal('integrations');
    expect(second.done.filter((step) => !step.startsWith('note'))).to.deep.equal([]);
    expect((await tests.applyOrganization('later', nameless)).result.blueprint).to.equal('teams');
  });

  it('may be named afterwards, as what it is and as nothing else', async () => {
    tests.context = { ...tests.context, defaultBlueprint: 'teams' };
    await tests.applyOrganization('named', { blueprint: undefined });
    const { done } = await tests.applyOrganization('named', { blueprint: 'teams' });
    expect(done.filter((step) => !step.startsWith('note'))).to.deep.equal([]);
    const refused = await refusal(tests.applyOrganization('named', { blueprint: 'integrations' }));
    expect(refused.message).to.equal(
      'The organization has the blueprint teams, and that cannot change. Set spec.blueprint to it, or leave it out.',
    );
  });

  it('a default that does not exist is refused by its name', async () => {
    tests.context = { ...tests.context, defaultBlueprint: 'castles' };
    const refused = await refusal(tests.applyOrganization('castle', { blueprint: undefined }));
    expect(refused.message).to.match(/There is no such blueprint/);
  });
});
