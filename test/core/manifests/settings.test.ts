import { expect } from 'chai';
import { toUuid } from '../../../core/base/ids.ts';
import { auditTrail, inDatabase, join } from '../../helpers/people.ts';
import type { Caller } from '../../helpers/tenet.ts';
import { manifestTests } from './manifests.ts';

describe('the switches that a manifest says', () => {
  const tests = manifestTests();
  const teams = { blueprint: 'teams' } as const;
  const adminOf = (organizationId: string): Promise<Caller> => join(tests.tenet, { organizationId }, 'admin@example.com', 'org.admin');
  const at = (organizationId: string) => ({ params: { path: { organizationId } } });
  const requirementOf = async (by: Caller, id: string) =>
    (await by.client.GET('/v1/organizations/{organizationId}/mfa-requirement', at(id))).data!;
  const require = async (by: Caller, id: string, requirement: 'OPTIONAL' | 'REQUIRED') => {
    const { etag } = await requirementOf(by, id);
    return by.client.PUT('/v1/organizations/{organizationId}/mfa-requirement', {
      params: { path: { organizationId: id }, header: { 'If-Match': etag } },
      body: { requirement },
    });
  };
  const changes = (done: readonly string[]): string[] => done.filter((step) => !step.startsWith('note'));

  it('a second factor is required by a manifest, recorded, shown with its manifest, and not to be changed by the API', async () => {
    const { result, done } = await tests.applyOrganization('strict', { ...teams, settings: { mfa: 'REQUIRED', externals: 'FORBID' } });
    expect(changes(done)).to.deep.equal(['create the organization strict', 'set externals to Forbid', 'set mfa to Required']);
    const id = result.id!;
    const admin = await adminOf(id);
    expect(await requirementOf(admin, id)).to.deep.include({
      requirement: 'REQUIRED',
      managedBy: { kind: 'Organization', name: 'strict' },
    });
    expect(await auditTrail(admin, id, 'mfa.update')).to.deep.equal([{ action: 'mfa.update', target: id, outcome: 'SUCCEEDED' }]);
    expect((await require(admin, id, 'OPTIONAL')).error).to.include({ code: 'managed-by' });
    const let_in = await admin.client.PATCH('/v1/organizations/{organizationId}', { ...at(id), body: { externals: 'ALLOW' } });
    expect(let_in.error).to.include({ code: 'managed-by' });
  });

  it('what was changed behind its back is put right, and one that only looks says so', async () => {
    const settings = { mfa: 'OPTIONAL', externals: 'AUTO_ADD' } as const;
    const { result } = await tests.applyOrganization('drift', { ...teams, settings });
    expect((await tests.applyOrganization('drift', { ...teams, settings })).done.map((step) => step.split(' ')[0])).to.deep.equal(['note']);
    const behind = "update organizations set externals = 'ALLOW', mfa = 'REQUIRED' where id = ?";
    await inDatabase(tests.tenet, result.id!, behind, [toUuid('organization', result.id!)]);
    const looked = await tests.applyOrganization('drift', { ...teams, settings, manage: false });
    expect(looked.result.differences).to.deep.equal(['set externals to AutoAdd', 'set mfa to Optional']);
    const { done } = await tests.applyOrganization('drift', { ...teams, settings });
    expect(changes(done)).to.deep.equal(looked.result.differences);
  });

  it('the language of its mails is one of them', async () => {
    const { result } = await tests.applyOrganization('speaking', { settings: { language: 'de' } });
    const admin = await join(tests.tenet, { organizationId: result.id! }, 'admin@example.com', 'org.admin');
    const patch = (language: string) =>
      admin.client.PATCH('/v1/organizations/{organizationId}', { params: { path: { organizationId: result.id! } }, body: { language } });
    expect((await patch('en')).error).to.include({ code: 'managed-by' });
    await tests.applyOrganization('speaking');
    expect((await patch('en')).data).to.include({ language: 'en' });
  });

  it("what it leaves out is the API's, and stays when it stops saying it", async () => {
    const { result } = await tests.applyOrganization('free', { ...teams, settings: { externals: 'AUTO_ADD' } });
    const admin = await adminOf(result.id!);
    expect((await require(admin, result.id!, 'REQUIRED')).response.status).to.equal(200);
    expect(await requirementOf(admin, result.id!)).to.not.have.property('managedBy');
    expect(changes((await tests.applyOrganization('free', teams)).done)).to.deep.equal([]);
    const patched = await admin.client.PATCH('/v1/organizations/{organizationId}', { ...at(result.id!), body: { externals: 'ALLOW' } });
    expect(patched.data).to.include({ externals: 'ALLOW' });
    expect(changes((await tests.applyOrganization('free', teams)).done)).to.deep.equal([]);
  });

  it('what the kind of organization does not offer is named by its field, and everything else is done', async () => {
    const { result, done } = await tests.applyOrganization('plain', { settings: { mfa: 'REQUIRED', externals: 'AUTO_ADD' } });
    expect(result.problems).to.deep.equal([
      { path: 'spec.externals', detail: 'This kind of organization does not offer AutoAdd: it must be Forbid.' },
      { path: 'spec.mfa', detail: 'This kind of organization does not offer Required: it must be Optional.' },
    ]);
    expect(changes(done)).to.deep.equal(['create the organization plain']);
  });

  it('people from outside are not put out by a manifest: it is refused while they hold roles, and the rest is done', async () => {
    const { result } = await tests.applyOrganization('open', { ...teams, settings: { externals: 'ALLOW' } });
    const id = result.id!;
    const { result: project } = await tests.applyProject('site', 'open');
    const admin = await adminOf(id);
    const guest = await (await tests.tenet.as('guest@elsewhere.example')).userId();
    const given = await admin.client.POST('/v1/organizations/{organizationId}/projects/{projectId}/grants', {
      params: { path: { organizationId: id, projectId: project.id! } },
      body: { subject: { type: 'USER', id: guest }, role: 'project.read' },
    });
    expect(given.response.status).to.equal(201);
    const closed = { ...teams, displayName: 'Closed', settings: { externals: 'FORBID' } } as const;
    const { result: after, done } = await tests.applyOrganization('open', closed);
    expect(changes(done)).to.deep.equal(['set name and slug to Closed and open']);
    expect(after.refusals).to.have.length(1);
    expect(after.refusals[0]).to.include({ path: 'spec.externals' });
    expect(after.refusals[0]!.detail).to.match(/People from outside hold one grant/);
  });
});
