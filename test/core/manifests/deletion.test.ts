import { expect } from 'chai';
import { auditTrail } from '../../helpers/people.ts';
import type { Caller } from '../../helpers/tenet.ts';
import { manifestTests, refusal } from './manifests.ts';

describe('a manifest that goes', () => {
  const tests = manifestTests();
  const members = [{ email: 'ada@example.com', roles: ['org.admin'] }];
  let ada: Caller;

  before(async () => {
    ada = await tests.tenet.as('ada@example.com');
    await ada.userId();
  });

  const read = (id: string) => ada.client.GET('/v1/organizations/{organizationId}', { params: { path: { organizationId: id } } });

  describe('with Archive', () => {
    it('leaves an organization whose owner can read why everything is denied, and who ends that', async () => {
      const { id } = (await tests.applyOrganization('archived', { members })).result;
      await tests.releaseOrganization('archived', 'Archive');
      expect((await read(id!)).data).to.include({ state: 'SUSPENDED' });
      const path = { organizationId: id! };
      const denied = await ada.client.POST('/v1/organizations/{organizationId}/projects', { params: { path }, body: { name: 'Website' } });
      expect(denied.response.status).to.equal(403);
      const { detail, decisionId } = denied.error as unknown as { detail: string; decisionId: string };
      expect(detail).to.match(/The organization is suspended\. If a manifest archived it, applying that manifest again resumes it/);
      const decision = await ada.client.GET('/v1/organizations/{organizationId}/decisions/{decisionId}', {
        params: { path: { ...path, decisionId } },
      });
      expect(decision.response.status).to.equal(200);
      const explained = await ada.client.POST('/v1/organizations/{organizationId}/decisions/explain', {
        params: { path },
        body: { resource: 'project', action: 'create' },
      });
      expect(explained.data!.state).to.include({ name: 'state/suspended', problem: 'organization-suspended' });
    });

    it('is resumed when it is applied again, also as a new object, with what it had', async () => {
      const { id } = (await tests.applyOrganization('back', { members })).result;
      await tests.releaseOrganization('back', 'Archive');
      tests.remake('back');
      const { result, done } = await tests.applyOrganization('back', { members });
      expect(result).to.include({ id, memberCount: 1 });
      expect(done[0]).to.equal('resume the organization back, which this manifest archived');
      expect((await read(id!)).data).to.deep.include({ state: 'ACTIVE', managedBy: { kind: 'Organization', name: 'back' } });
      expect((await auditTrail(ada, id!)).map(({ action }) => action)).to.include.members(['organization.suspend', 'organization.resume']);
    });

    it('is not resumed by another manifest, nor when somebody else has suspended it', async () => {
      await tests.applyOrganization('kept', { members });
      await tests.releaseOrganization('kept', 'Archive');
      expect((await refusal(tests.applyOrganization('other', { slug: 'kept' }))).code).to.equal('already-exists');
      const { id } = (await tests.applyOrganization('stopped', { members })).result;
      await tests.tenet.database.write('platform', (db) => db('organizations').where({ slug: 'stopped' }).update({ state: 'SUSPENDED' }));
      await tests.releaseOrganization('stopped', 'Archive');
      expect((await refusal(tests.applyOrganization('stopped', { members }))).code).to.equal('already-exists');
      expect((await read(id!)).data).to.include({ state: 'SUSPENDED' });
    });

    it('gives a project back with its roles', async () => {
      await tests.applyOrganization('shop', { members });
      const project = { members: [{ email: 'ada@example.com', roles: ['project.member'] }] };
      const { id } = (await tests.applyProject('website', 'shop', project)).result;
      await tests.releaseProject('website', 'Archive');
      expect((await refusal(tests.applyProject('copy', 'shop', { slug: 'website' }))).code).to.equal('already-exists');
      tests.remake('team-a/website');
      const { result, done } = await tests.applyProject('website', 'shop', project);
      expect(result).to.include({ id, memberCount: 1 });
      expect(done[0]).to.equal('restore the project website, which this manifest archived');
    });
  });

  describe('with Delete', () => {
    it('frees the slug: it can be applied again, and another one that waited for it gets it', async () => {
      const { id } = (await tests.applyOrganization('again', { members })).result;
      expect((await refusal(tests.applyOrganization('waiting', { slug: 'again' }))).code).to.equal('already-exists');
      await tests.releaseOrganization('again', 'Delete');
      tests.remake('again');
      const next = (await tests.applyOrganization('again', { members })).result;
      expect(next).to.include({ slug: 'again' });
      expect(next.id).not.to.equal(id);
      await tests.releaseOrganization('again', 'Delete');
      expect((await tests.applyOrganization('waiting', { slug: 'again' })).result).to.include({ slug: 'again' });
    });

    it('lets a Project go whose organization is deleted already', async () => {
      const { id } = (await tests.applyOrganization('gone', { members })).result;
      await tests.applyProject('left', 'gone');
      await tests.tenet.database.write('platform', (db) =>
        db('organizations')
          .where({ slug: 'gone' })
          .update({ state: 'DELETED', slug: `gone-${id!.slice(-4)}`, managed_by: null }),
      );
      await tests.releaseProject('left', 'Delete');
    });
  });

  it('waits only for those Projects that have a project in it', async () => {
    await tests.applyOrganization('parent', { members });
    await tests.applyProject('child', 'parent');
    const uids = [tests.projectRef('child').uid, tests.projectRef('foreigner').uid];
    expect(await tests.releaseOrganization('parent', 'Delete', uids)).to.deep.equal([tests.projectRef('child').uid]);
    await tests.releaseProject('child', 'Delete');
    expect(await tests.releaseOrganization('parent', 'Delete', uids)).to.deep.equal([]);
  });

  it('by force and comes again as another organization does not get the projects of the old one', async () => {
    const { id } = (await tests.applyOrganization('moving', { members })).result;
    const { id: projectId } = (await tests.applyProject('stays', 'moving')).result;
    tests.remake('moving');
    await tests.applyOrganization('moving', { slug: 'moving-two', members });
    const refused = await refusal(tests.applyProject('stays', 'moving'));
    expect(refused.code).to.equal('organization-changed');
    expect(refused.message).to.include(`${projectId} is in ${id}`).and.to.include(`tenet.dev/adopt: ${id}`);
  });
});
