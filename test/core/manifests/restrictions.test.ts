import { expect } from 'chai';
import { exportOrganization } from '../../../core/manifests/export.ts';
import type { DesiredRestriction } from '../../../core/manifests/restrictions.ts';
import { auditTrail, changePolicy, join } from '../../helpers/people.ts';
import type { Caller } from '../../helpers/tenet.ts';
import { manifestTests } from './manifests.ts';

const listPath = '/v1/organizations/{organizationId}/restrictions';
const onePath = '/v1/organizations/{organizationId}/restrictions/{restrictionId}';

describe('the restrictions that a manifest says', () => {
  const tests = manifestTests();
  const reason = 'Not approved yet';
  const said = (...restrictions: DesiredRestriction[]) => ({ blueprint: 'ai-spaces', restrictions });
  const off = (resourceId: string, where: Partial<DesiredRestriction> = {}) => ({ resourceType: 'model', resourceId, reason, ...where });
  const changes = (done: readonly string[]): string[] => done.filter((step) => !step.startsWith('note'));
  const apply = async (name: string, ...restrictions: DesiredRestriction[]) => {
    const { result, done } = await tests.applyOrganization(name, said(...restrictions));
    return { ...result, done: changes(done) };
  };
  const adminOf = (organizationId: string): Promise<Caller> => join(tests.tenet, { organizationId }, 'admin@example.com', 'org.admin');
  const list = async (by: Caller, organizationId: string) =>
    (await by.client.GET(listPath, { params: { path: { organizationId } } })).data!.items;
  const create = (by: Caller, organizationId: string, body: { resourceType: string; resourceId?: string; reason: string }) =>
    by.client.POST(listPath, { params: { path: { organizationId } }, body });
  const lift = (by: Caller, organizationId: string, restrictionId: string) =>
    by.client.DELETE(onePath, { params: { path: { organizationId, restrictionId } } });

  it('PUL-25: are in force and recorded, the API does not lift them, and they are lifted when they are not said any more', async () => {
    const { id = '', done } = await apply('off', off('gpt-x'));
    expect(done).to.deep.equal(['create the organization off', 'switch off model gpt-x']);
    const admin = await adminOf(id);
    const [made] = await list(admin, id);
    const manager = { kind: 'Organization', name: 'off' };
    expect(made).to.deep.include({ resourceId: 'gpt-x', reason, createdBy: 'manifest:Organization/off@1', managedBy: manager });
    const refused = await lift(admin, id, made!.id);
    expect(refused.error).to.include({ code: 'managed-by' }).and.deep.include({ managedBy: manager });
    const { data: own } = await create(admin, id, { resourceType: 'tool', reason });
    expect(own).not.to.have.property('managedBy');
    expect((await apply('off', off('gpt-x'))).done).to.deep.equal([]);
    expect((await apply('off', off('gpt-x', { reason: 'It leaks' }))).done).to.deep.equal(['switch off model gpt-x for another reason']);
    expect((await apply('off')).done).to.deep.equal(['lift the restriction of model gpt-x']);
    expect((await list(admin, id)).map((one) => one.id)).to.deep.equal([own!.id]);
    expect((await auditTrail(admin, id, 'restriction.delete')).length).to.equal(2);
    // What the API has switched off becomes the manifest's when it says the same, and the API's again without the manifest.
    expect((await apply('off', { resourceType: 'tool', reason })).done).to.deep.equal([]);
    expect((await lift(admin, id, own!.id)).error).to.include({ code: 'managed-by' });
    await tests.releaseOrganization('off', 'Retain');
    expect((await lift(admin, id, own!.id)).response.status).to.equal(204);
  });

  it('PUL-26: name projects by slug; what they hit stays off while an entry about it cannot be carried out', async () => {
    const { id = '' } = await apply('spaces', off('gpt-x', { projects: ['web'] }), off('gpt-y'));
    const admin = await adminOf(id);
    const ids = async () => (await list(admin, id)).map(({ resourceId }) => resourceId);
    expect(await ids(), 'the project comes later').to.deep.equal(['gpt-y']);
    const { result: web } = await tests.applyProject('web', 'spaces');
    const { result: api } = await tests.applyProject('api', 'spaces');
    const where = { projects: ['web'] };
    expect((await apply('spaces', off('gpt-x', where), off('gpt-y'))).done).to.deep.equal(['switch off model gpt-x in web']);
    expect((await list(admin, id)).map((one) => one.projectIds)).to.deep.equal([undefined, [web.id]]);
    const wrong = await apply('spaces', off('gpt-x', { projects: ['web', 'none'] }), off('gpt-y'));
    expect(wrong).to.deep.include({
      done: [],
      refusals: [{ path: 'spec.restrictions[0].projects[1]', detail: 'The organization has no project with the slug none.' }],
    });
    expect(await ids()).to.have.members(['gpt-x', 'gpt-y']);
    const other = await apply('spaces', off('gpt-x', { exceptProjects: ['api'] }), off('gpt-y'));
    expect(other.done).to.deep.equal(['switch off model gpt-x but in api', 'lift the restriction of model gpt-x']);
    expect((await list(admin, id)).find(({ resourceId }) => resourceId === 'gpt-x')).to.deep.include({ exceptProjectIds: [api.id] });
    const exported = await tests.tenet.database.read('platform', (db) => exportOrganization(db, id, { namespace: 'team-a' }));
    expect(exported.manifests[0]!.spec['restrictions']).to.deep.equal([off('gpt-y'), off('gpt-x', { exceptProjects: ['api'] })]);
  });

  it('that its kind does not have or that are said twice are named by their place, and everything else is done', async () => {
    const { done, problems, refusals } = await apply(
      'wrong',
      { resourceType: 'modle', reason },
      off('gpt-x'),
      off('gpt-x', { reason: 'again' }),
      off('gpt-y', { projects: ['a'], exceptProjects: ['a'] }),
      off('res_none'),
    );
    expect(done).to.deep.equal(['create the organization wrong', 'switch off model gpt-x']);
    expect(problems.map(({ path }) => path)).to.deep.equal([
      'spec.restrictions[0].resourceType',
      'spec.restrictions[2]',
      'spec.restrictions[3].exceptProjects',
    ]);
    expect(problems[0]!.detail).to.match(/^It is no resource type .*did you mean "model"/);
    expect(problems[1]!.detail).to.equal('The same is switched off by spec.restrictions[1] already.');
    expect(refusals).to.have.length(1);
    expect(refusals[0]).to.include({ path: 'spec.restrictions[4]' });
    expect(refusals[0]!.detail).to.match(/^There is no such resource\. must be the id of a resource/);
    const { result: plain } = await tests.applyOrganization('plain', { blueprint: 'teams', restrictions: [off('x')] });
    expect(plain.problems.map(({ path }) => path)).to.deep.equal(['spec.restrictions[0].resourceType']);
  });

  it('are refused where the policy does not let manifests do it, and one that only looks says what differs', async () => {
    await apply('looks');
    const looked = await tests.applyOrganization('looks', { ...said(off('gpt-x')), manage: false });
    expect(looked.result.differences).to.deep.equal(['switch off model gpt-x']);
    await apply('looks', off('gpt-y'));
    const denied = ['platform/controller', 'org', 'restriction', '*', 'deny'] as const;
    await changePolicy(tests.tenet, [[...denied]], () => true, 'blueprint/ai-spaces');
    const { done, refusals } = await apply('looks', off('gpt-x'));
    expect(done).to.deep.equal([]);
    expect(refusals).to.deep.equal([
      { path: 'spec.restrictions', detail: 'The policy does not let manifests do this (restriction:delete).' },
      { path: 'spec.restrictions[0]', detail: 'The policy does not let manifests do this (restriction:create).' },
    ]);
  });
});
