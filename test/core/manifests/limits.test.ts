import { expect } from 'chai';
import { exportOrganization } from '../../../core/manifests/export.ts';
import type { DesiredLimit } from '../../../core/manifests/limits.ts';
import { auditTrail, changePolicy, givePlatformRoles, join } from '../../helpers/people.ts';
import { manifestTests, refusal } from './manifests.ts';

describe('limits of an organization, for manifests', () => {
  const tests = manifestTests();

  it('refuse a project beyond them, until another one goes', async () => {
    await givePlatformRoles(tests.tenet, 'operator@example.com', 'platform/operator');
    const operator = await tests.tenet.as('operator@example.com');
    await (await tests.tenet.as('ada@example.com')).userId();
    const entry = (email: string, role = 'org.member') => ({ email, roles: [role] });
    const { result } = await tests.applyOrganization('acme', { members: [entry('ada@example.com', 'org.admin')] });
    const limit = (limitName: string, hard: number) =>
      operator.client.PUT('/v1/organizations/{organizationId}/limits/{limitName}', {
        params: { path: { organizationId: result.id!, limitName } },
        body: { hard },
      });
    await limit('projects', 1);
    await tests.applyProject('website', 'acme');
    const { code, message } = await refusal(tests.applyProject('shop', 'acme'));
    expect(code).to.equal('limit-exceeded');
    expect(message).to.include('1 project at most');
    await tests.releaseProject('website', 'Delete');
    await tests.applyProject('shop', 'acme');
  });

  const limitPath = '/v1/organizations/{organizationId}/limits/{limitName}';
  const apply = async (name: string, ...limits: DesiredLimit[]) => {
    const { result, done } = await tests.applyOrganization(name, { limits });
    return { ...result, done: done.filter((step) => !step.startsWith('note')) };
  };
  const saidOf = async (id: string) => {
    const { manifests } = await tests.tenet.database.read('platform', (db) => exportOrganization(db, id, { namespace: 'team-a' }));
    return manifests[0]!.spec['limits'];
  };

  it('that a manifest says count, are recorded, are not changed by the API, and are taken back when it does not say them any more', async () => {
    await givePlatformRoles(tests.tenet, 'operator@example.com', 'platform/operator');
    const { client } = await tests.tenet.as('operator@example.com');
    const { id = '', done } = await apply('capped', { name: 'projects', soft: 1, hard: 2, reason: 'Agreed' });
    expect(done).to.deep.equal(['create the organization capped', 'set the limit projects to soft 1, hard 2']);
    const path = { organizationId: id };
    const admin = await join(tests.tenet, path, 'admin@example.com', 'org.admin');
    const list = async () => (await admin.client.GET('/v1/organizations/{organizationId}/limits', { params: { path } })).data!.items;
    const managedBy = { kind: 'Organization', name: 'capped' };
    const [made] = await list();
    expect(made).to.deep.include({ name: 'projects', soft: 1, hard: 2, source: 'OVERRIDE', reason: 'Agreed', managedBy });
    const params = (limitName: string) => ({ path: { ...path, limitName }, header: { 'If-Match': '*' } });
    const raised = await client.PUT(limitPath, { params: params('projects'), body: { hard: 9 } });
    expect(raised.error).to.include({ code: 'managed-by' }).and.deep.include({ managedBy });
    expect((await client.DELETE(limitPath, { params: params('projects') })).error).to.include({ code: 'managed-by' });
    const own = await client.PUT(limitPath, { params: { path: { ...path, limitName: 'members' } }, body: { hard: 50 } });
    expect(own.data).to.include({ hard: 50 }).and.not.to.have.property('managedBy');
    expect((await apply('capped', { name: 'projects', soft: 1, hard: 2, reason: 'Agreed' })).done).to.deep.equal([]);
    const changed = await apply('capped', { name: 'projects' }, { name: 'members', hard: 50 });
    expect(changed.done, 'the operator said the same of members').to.deep.equal(['set the limit projects to none']);
    expect((await client.DELETE(limitPath, { params: params('members') })).error).to.include({ code: 'managed-by' });
    expect(await saidOf(id)).to.deep.equal([{ name: 'members', hard: 50 }, { name: 'projects' }]);
    expect((await apply('capped', { name: 'members', hard: 50 })).done).to.deep.equal(['take back the limit projects']);
    expect((await list()).map(({ name }) => name)).to.deep.equal(['members']);
    expect((await auditTrail(admin, id, 'limit.delete')).map(({ target }) => target)).to.deep.equal(['projects']);
    await tests.releaseOrganization('capped', 'Retain');
    expect((await client.DELETE(limitPath, { params: params('members') })).response.status, "it is the API's again").to.equal(204);
  });

  it('that a manifest says wrongly or may not say are named by their place, and what there is stays', async () => {
    const { id = '' } = await apply('wrong', { name: 'projects', hard: 5 });
    const { done, problems } = await apply('wrong', { name: 'api-keys', hard: 1 }, { name: 'projects', soft: 9, hard: 8 });
    expect(done).to.deep.equal(['set the limit api-keys to hard 1']);
    const detail = 'The limit contradicts itself: soft must not be more than hard.';
    expect(problems).to.deep.equal([{ path: 'spec.limits[1].soft', detail }]);
    const said = [
      { name: 'api-keys', hard: 1 },
      { name: 'projects', hard: 5 },
    ];
    expect(await saidOf(id)).to.deep.equal(said);
    await changePolicy(tests.tenet, [], ([sub, , obj]) => sub !== 'platform/controller' || obj !== 'limit', 'platform');
    const { refusals } = await apply('wrong', { name: 'projects', hard: 6 });
    const denied = 'The policy does not let manifests do this (limit:update).';
    expect(refusals).to.deep.equal([
      { path: 'spec.limits', detail: denied },
      { path: 'spec.limits[0]', detail: denied },
    ]);
    expect(await saidOf(id)).to.deep.equal(said);
  });
});
