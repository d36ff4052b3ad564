import { expect } from 'chai';
import { newId, toUuid } from '../../../core/base/ids.ts';
import { auditTrail, foundOrganization, foundProject, inDatabase, join } from '../../helpers/people.ts';
import type { Caller } from '../../helpers/tenet.ts';
import { cluster, manifestTests, refusal } from './manifests.ts';

describe('the consent to a manifest', () => {
  const tests = manifestTests();
  let ada: Caller;

  before(async () => {
    ada = await tests.tenet.as('ada@example.com');
    await ada.userId();
  });

  const consent = async (path: { organizationId: string; projectId?: string }, name: string, mode: 'ADOPT' | 'OBSERVE', on = cluster) => {
    const { organizationId, projectId } = path;
    const { response } =
      projectId === undefined
        ? await ada.client.PUT('/v1/organizations/{organizationId}/hand-over', {
            params: { path: { organizationId } },
            body: { mode, cluster: on, name },
          })
        : await ada.client.PUT('/v1/organizations/{organizationId}/projects/{projectId}/hand-over', {
            params: { path: { organizationId, projectId } },
            body: { mode, cluster: on, namespace: 'team-a', name },
          });
    expect(response.status).to.equal(200);
  };

  describe('for an organization', () => {
    it('is what adoption needs, for exactly this manifest, and is used up by it', async () => {
      const id = await foundOrganization(ada, 'owned');
      const adopt = { adopt: id };
      const refused = await refusal(tests.applyOrganization('owned', adopt));
      expect(refused.code).to.equal('not-handed-over');
      expect(refused.message).to.include(`PUT /v1/organizations/${id}/hand-over`).and.to.include(cluster);
      await consent({ organizationId: id }, 'owned', 'OBSERVE');
      await consent({ organizationId: id }, 'other', 'ADOPT');
      await consent({ organizationId: id }, 'owned', 'ADOPT', 'directory:/etc/tenet');
      await consent({ organizationId: id }, 'owned', 'OBSERVE');
      expect((await refusal(tests.applyOrganization('owned', adopt))).code).to.equal('not-handed-over');
      await consent({ organizationId: id }, 'owned', 'ADOPT');
      expect((await tests.applyOrganization('owned', adopt)).result.id).to.equal(id);
      const read = await ada.client.GET('/v1/organizations/{organizationId}/hand-over', { params: { path: { organizationId: id } } });
      expect(read.response.status).to.equal(404);
      const actions = (await auditTrail(ada, id)).map(({ action }) => action);
      expect(actions).to.deep.equal(['organization.create', ...Array(5).fill('organization.hand-over'), 'organization.adopt']);
    });

    it('says the same of an organization that does not exist, so that an id tells nothing', async () => {
      const unknown = newId('organization');
      const id = await foundOrganization(ada, 'Unseen');
      for (const manage of [true, false]) {
        const of = async (adopt: string) =>
          (await refusal(tests.applyOrganization('curious', { adopt, manage }))).message.replaceAll(adopt, 'org_...');
        expect(await of(id)).to.equal(await of(unknown));
      }
    });

    it('is what looking needs, by id and by slug', async () => {
      const id = await foundOrganization(ada, 'Looked at');
      const look = { slug: 'looked-at', manage: false };
      expect((await tests.applyOrganization('watcher', look)).result)
        .to.deep.include({ memberCount: 0, projectCount: 0, members: [] })
        .and.not.have.property('id');
      expect((await refusal(tests.applyOrganization('watcher', { ...look, adopt: id }))).code).to.equal('not-handed-over');
      await consent({ organizationId: id }, 'watcher', 'OBSERVE');
      expect((await tests.applyOrganization('watcher', look)).result).to.include({ id, memberCount: 1 });
      expect((await tests.applyOrganization('watcher', { ...look, adopt: id })).result).to.include({ id, memberCount: 1 });
    });

    it('moves an organization from a cluster that is gone to another manifest', async () => {
      const members = [{ email: 'ada@example.com', roles: ['org.admin'] }];
      const { id } = (await tests.applyOrganization('moved', { members })).result;
      await consent({ organizationId: id! }, 'moved-here', 'ADOPT');
      expect((await tests.applyOrganization('moved-here', { slug: 'moved', adopt: id, members })).result.id).to.equal(id);
      expect((await refusal(tests.applyOrganization('moved', { members }))).code).to.equal('already-exists');
    });

    it('to another manifest is not lost when the former one comes back', async () => {
      const { id } = (await tests.applyOrganization('returned')).result;
      await join(tests.tenet, { organizationId: id! }, 'ada@example.com', 'org.admin');
      await consent({ organizationId: id! }, 'heir-of-it', 'ADOPT');
      tests.remake('returned');
      expect((await tests.applyOrganization('returned', { adopt: id })).result.id).to.equal(id);
      expect((await tests.applyOrganization('heir-of-it', { slug: 'returned', adopt: id })).result.id).to.equal(id);
    });

    it('is worth what its author may do now', async () => {
      const id = await foundOrganization(ada, 'Left');
      const eve = await join(tests.tenet, { organizationId: id }, 'eve@example.com', 'org.admin');
      const params = { path: { organizationId: id } };
      for (const [name, mode] of [
        ['hers', 'ADOPT'],
        ['watch', 'OBSERVE'],
      ] as const) {
        const put = await eve.client.PUT('/v1/organizations/{organizationId}/hand-over', { params, body: { mode, cluster, name } });
        expect(put.response.status).to.equal(200);
        await inDatabase(tests.tenet, id, `update members set state = 'INACTIVE' where user_id = '${toUuid('user', eve.id)}'`);
        const take = tests.applyOrganization(name, { slug: 'left', adopt: id, manage: mode === 'ADOPT' });
        expect((await refusal(take)).code).to.equal('not-handed-over');
        await inDatabase(tests.tenet, id, `update members set state = 'ACTIVE' where user_id = '${toUuid('user', eve.id)}'`);
      }
      expect((await tests.applyOrganization('watch', { slug: 'left', adopt: id, manage: false })).result.id).to.equal(id);
    });

    it('is not needed by a manifest that was deleted by force and made again', async () => {
      const { id } = (await tests.applyOrganization('phoenix')).result;
      tests.remake('phoenix');
      expect((await refusal(tests.applyOrganization('phoenix'))).code).to.equal('already-exists');
      expect((await tests.applyOrganization('phoenix', { adopt: id })).result.id).to.equal(id);
    });
  });

  describe('for a project', () => {
    it('keeps whoever may write Projects in an admitted namespace from a sibling that the API owns', async () => {
      const members = [{ email: 'ada@example.com', roles: ['org.admin'] }];
      const { id: organizationId } = (await tests.applyOrganization('shop', { members })).result;
      const projectId = await foundProject(ada, organizationId!, 'Payroll');
      const take = { slug: 'payroll', adopt: projectId, membersPolicy: 'Exact' as const, members: [] };
      expect((await refusal(tests.applyProject('thief', 'shop', take))).code).to.equal('not-handed-over');
      expect((await refusal(tests.applyProject('thief', 'shop', { slug: 'payroll' }))).code).to.equal('already-exists');
      expect((await refusal(tests.applyProject('thief', 'shop', { ...take, manage: false }))).code).to.equal('not-handed-over');
      const looked = await tests.applyProject('thief', 'shop', { slug: 'payroll', manage: false });
      expect(looked.result).to.deep.include({ organizationId, memberCount: 0, members: [] }).and.not.have.property('id');

      await consent({ organizationId: organizationId!, projectId }, 'heir', 'ADOPT');
      expect((await refusal(tests.applyProject('thief', 'shop', take))).code).to.equal('not-handed-over');
      expect((await tests.applyProject('heir', 'shop', { slug: 'payroll', manage: false })).result).to.include({ id: projectId });
      expect((await tests.applyProject('heir', 'shop', { slug: 'payroll', adopt: projectId })).result).to.include({ id: projectId });
    });

    it('that another manifest owns is given by who may hand the organization over, and not by an admin of the project', async () => {
      const members = [{ email: 'ada@example.com', roles: ['org.admin'] }];
      const { id: organizationId } = (await tests.applyOrganization('guild', { members })).result;
      const { id: projectId } = (await tests.applyProject('hall', 'guild')).result;
      const path = { organizationId: organizationId!, projectId: projectId! };
      const eve = await join(tests.tenet, path, 'eve@example.com', 'project.admin');
      const ask = (mode: 'ADOPT' | 'OBSERVE') =>
        eve.client.PUT('/v1/organizations/{organizationId}/projects/{projectId}/hand-over', {
          params: { path },
          body: { mode, cluster, namespace: 'team-a', name: 'eves' },
        });
      const take = () => tests.applyProject('eves', 'guild', { slug: 'hall', adopt: projectId });
      const refused = await ask('ADOPT');
      expect(refused.error).to.include({ code: 'permission-denied', requiredPermission: 'organization:hand-over' });
      expect((await ask('OBSERVE')).response.status).to.equal(200);
      expect((await refusal(take())).code).to.equal('not-handed-over');
      await consent(path, 'eves', 'ADOPT');
      expect((await take()).result).to.include({ id: projectId });
    });
  });
});
