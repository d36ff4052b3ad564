import { expect } from 'chai';
import { toUuid } from '../../../core/base/ids.ts';
import { type InvitationScene, invitationSteps, listPath, onePath, startInviting } from '../../helpers/invitations.ts';
import { auditTrail, foundOrganization, foundProject, inDatabase } from '../../helpers/people.ts';
import { rounds } from '../../helpers/rounds.ts';
import type { Caller } from '../../helpers/tenet.ts';

const myPath = '/v1/me/invitations';
const until = '2099-12-31T18:00:00.000Z';

describe('what an invitation offers', () => {
  let scene: InvitationScene;
  let stop: () => Promise<void>;
  const { place, path, address, accept } = invitationSteps(() => scene);

  before(async () => {
    const started = await startInviting();
    scene = { ...started, organizationId: '' };
    stop = started.stop;
  });
  after(() => stop?.());

  async function found(blueprint: string): Promise<void> {
    scene = { ...scene, organizationId: await foundOrganization(scene.owner, 'Acme', blueprint) };
  }
  interface Offer {
    roles?: string[];
    projectRoles?: { projectId: string; role: string }[];
    until?: string;
  }
  const offer = (invitee: { email: string; name?: string }, what: Offer, by: Caller = scene.owner) =>
    by.client.POST(listPath, { params: { path: place() }, body: { invitees: [invitee], ...what } });
  const grantsOf = async (userId: string, projectId?: string) => {
    const query = { subjectId: userId };
    const { data } =
      projectId === undefined
        ? await scene.owner.client.GET('/v1/organizations/{organizationId}/grants', { params: { path: place(), query } })
        : await scene.owner.client.GET('/v1/organizations/{organizationId}/projects/{projectId}/grants', {
            params: { path: { ...place(), projectId }, query },
          });
    return data!.items.map(({ role, until, source }) => ({ role, until, source }));
  };

  it('S001-19, S001-24, S001-25, PUL-44: the role that goes without saying, unless another one is named', async () => {
    for (const [blueprint, lowest, other] of [
      ['teams', 'org.default', 'org.admin'],
      ['ai-spaces', 'org.viewer', 'org.editor'],
    ] as const) {
      await found(blueprint);
      for (const [what, expected] of [
        [{}, lowest],
        [{ roles: [] }, lowest],
        [{ roles: [other] }, other],
      ] as const) {
        const email = address('guest');
        const { data } = await offer({ email }, { ...what } as Offer);
        expect(data!.items[0]!.roles, blueprint).to.deep.equal([expected]);
        const joined = await accept(await scene.tenet.as(email), data!.items[0]!.id);
        expect(joined.data!.roles.map(({ role }) => role)).to.deep.equal([expected]);
      }
    }
  });

  it('an organization whose kind gives no role by itself asks for one', async () => {
    await found('integrations');
    const { response, error } = await offer({ email: address('guest') }, {});
    expect(response.status).to.equal(400);
    expect(error!.errors![0]!.pointer).to.equal('#/roles');
  });

  it('S001-21: several roles at once where members have several, and one elsewhere', async () => {
    await found('teams');
    const email = address('guest');
    const roles = ['org.admin', 'org.default'];
    const { data } = await offer({ email }, { roles });
    const joined = await accept(await scene.tenet.as(email), data!.items[0]!.id);
    expect(joined.data!.roles.map(({ role }) => role)).to.have.members(roles);
    await found('integrations');
    const { response, error } = await offer({ email: address('guest') }, { roles: ['org.admin', 'org.member'] });
    expect(response.status).to.equal(400);
    expect(error!.errors![0]!.pointer).to.equal('#/roles');
  });

  it('S003-04: a name, which the member has from then on, where the kind of organization takes one', async () => {
    await found('app-workspace');
    const email = address('guest');
    const { data } = await offer({ email, name: 'Grace Hopper' }, { roles: ['org.member'] });
    expect(data!.items[0]!.name).to.equal('Grace Hopper');
    const joined = await accept(await scene.tenet.as(email), data!.items[0]!.id);
    expect(joined.data!.displayName).to.equal('Grace Hopper');
    await found('integrations');
    const { response, error } = await offer({ email: address('guest'), name: 'Grace Hopper' }, { roles: ['org.member'] });
    expect(response.status).to.equal(400);
    expect(error!.errors![0]!.pointer).to.equal('#/invitees/0/name');
  });

  it('PICA-40: roles in projects too, all of them until the end of the offer; the invited person sees them by name', async () => {
    await found('integrations');
    const projectId = await foundProject(scene.owner, scene.organizationId, 'Website');
    const email = address('guest');
    const projectRoles = [{ projectId, role: 'project.manager' }];
    const { data, response } = await offer({ email }, { roles: ['org.member'], projectRoles, until });
    expect(response.status).to.equal(201);
    const invitation = data!.items[0]!;
    expect(invitation).to.deep.include({ roles: ['org.member'], projectRoles, until });
    expect((await scene.owner.client.GET(onePath, path(invitation.id))).data).to.deep.include({ roles: ['org.member'], projectRoles });
    const guest = await scene.tenet.as(email);
    const [mine] = (await guest.client.GET(myPath)).data!.items;
    expect(mine).to.deep.include({ roles: ['org.member'], projectRoles: [{ ...projectRoles[0], projectName: 'Website' }], until });
    await accept(guest, invitation.id);
    const userId = await guest.userId();
    expect(await grantsOf(userId)).to.deep.equal([{ role: 'org.member', until, source: 'INVITATION' }]);
    expect(await grantsOf(userId, projectId)).to.deep.equal([{ role: 'project.manager', until, source: 'INVITATION' }]);
    expect((await auditTrail(scene.owner, scene.organizationId)).slice(-3).map(({ action }) => action)).to.deep.equal([
      'invitation.accept',
      'member.create',
      'grant.create',
    ]);
  });

  it('a role in a project that is deleted meanwhile is offered no more, the others are', async () => {
    await found('integrations');
    const projectId = await foundProject(scene.owner, scene.organizationId);
    const email = address('guest');
    const { data } = await offer({ email }, { roles: ['org.member'], projectRoles: [{ projectId, role: 'project.member' }] });
    await inDatabase(scene.tenet, scene.organizationId, "update projects set state = 'DELETED' where id = ?", [
      toUuid('project', projectId),
    ]);
    const guest = await scene.tenet.as(email);
    expect((await guest.client.GET(myPath)).data!.items[0]!.projectRoles).to.deep.equal([]);
    const joined = await accept(guest, data!.items[0]!.id);
    expect(joined.data!.roles.map(({ role }) => role)).to.deep.equal(['org.member']);
  });

  describe('refused', () => {
    let projectId: string;

    beforeEach(async () => {
      await found('integrations');
      projectId = await foundProject(scene.owner, scene.organizationId);
    });

    it('roles in projects that are not there, of another organization, twice, or no roles of a project', async () => {
      const here = scene.organizationId;
      const elsewhere = await foundProject(scene.owner, await foundOrganization(scene.owner, 'Other'));
      for (const [projectRoles, pointer] of [
        [[{ projectId: elsewhere, role: 'project.member' }], '#/projectRoles/0/projectId'],
        [[{ projectId: 'prj_01h455vb4pex5vsknk084sn02q', role: 'project.member' }], '#/projectRoles/0/projectId'],
        [[{ projectId, role: 'org.member' }], '#/projectRoles/0/role'],
        [
          [
            { projectId, role: 'project.member' },
            { projectId, role: 'project.admin' },
          ],
          '#/projectRoles/1/projectId',
        ],
      ] as const) {
        const { response, error } = await offer({ email: address('guest') }, { roles: ['org.member'], projectRoles: [...projectRoles] });
        expect(response.status, pointer).to.equal(400);
        expect(error!.errors![0]!.pointer).to.equal(pointer);
      }
      expect((await scene.owner.client.GET(listPath, { params: { path: { organizationId: here } } })).data!.items).to.deep.equal([]);
    });

    it('an end that has passed', async () => {
      const { response, error } = await offer({ email: address('guest') }, { roles: ['org.member'], until: '2020-01-01T00:00:00.000Z' });
      expect(response.status).to.equal(400);
      expect(error!.errors![0]!.pointer).to.equal('#/until');
    });
  });

  it('of 50 acceptances at once one counts (soak)', async () => {
    await found('integrations');
    const projectId = await foundProject(scene.owner, scene.organizationId);
    let done = 0;
    for (const _ of rounds(2, 100)) {
      done += 1;
      const email = address('many');
      const { data } = await offer({ email }, { roles: ['org.member'], projectRoles: [{ projectId, role: 'project.member' }] });
      const guest = await scene.tenet.as(email);
      const userId = await guest.userId();
      const answers = await Promise.all(Array.from({ length: 50 }, () => accept(guest, data!.items[0]!.id)));
      const statuses = answers.map(({ response }) => response.status);
      expect(statuses.filter((status) => status === 200)).to.have.length(1);
      expect(statuses.filter((status) => status === 409 || status === 503)).to.have.length(49);
      expect(await grantsOf(userId)).to.have.length(1);
      expect(await grantsOf(userId, projectId)).to.have.length(1);
    }
    expect(await auditTrail(scene.owner, scene.organizationId, 'invitation.accept')).to.have.length(done);
    expect(await auditTrail(scene.owner, scene.organizationId, 'member.create')).to.have.length(done);
  }).timeout(600_000);
});
