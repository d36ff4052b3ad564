import { expect } from 'chai';
import { toUuid } from '../../../core/base/ids.ts';
import {
  type InvitationScene,
  invitationSteps,
  listPath,
  memberPath,
  onePath,
  removePath,
  revokePath,
  startInviting,
} from '../../helpers/invitations.ts';
import { auditTrail, foundOrganization, foundProject, inDatabase, join, type Person } from '../../helpers/people.ts';
import { tokenIn } from '../../helpers/smtp.ts';
import type { Caller } from '../../helpers/tenet.ts';

const inProject = '/v1/organizations/{organizationId}/projects/{projectId}/invitations';
const organizationPath = '/v1/organizations/{organizationId}';

describe('invitations to a project', () => {
  let scene: InvitationScene;
  let stop: () => Promise<void>;
  let projectId: string;
  let admin: Person;
  const { place, path, address, create, accept, mailTo, byToken } = invitationSteps(() => scene);

  before(async () => {
    const started = await startInviting();
    scene = { ...started, organizationId: '' };
    stop = started.stop;
  });
  after(() => stop?.());
  beforeEach(async () => {
    const organizationId = await foundOrganization(scene.owner);
    scene = { ...scene, organizationId };
    projectId = await foundProject(scene.owner, organizationId);
    // A member of the organization like any other, and the admin of the project.
    admin = await join(scene.tenet, place(), address('admin'), 'org.member');
    await give(admin.id, 'project.admin');
  });

  const projectPlace = () => ({ params: { path: { ...place(), projectId } } });
  const one = (invitationId: string, project = projectId) => ({ params: { path: { ...place(), projectId: project, invitationId } } });
  const give = (id: string, role: string) =>
    scene.owner.client.POST('/v1/organizations/{organizationId}/projects/{projectId}/grants', {
      ...projectPlace(),
      body: { subject: { type: 'USER', id }, role },
    });
  const offer = (by: Caller, email: string, role = 'project.member') =>
    by.client.POST(inProject, { ...projectPlace(), body: { invitees: [{ email }], role } });
  const invite = async (email: string, role?: string) => (await offer(admin, email, role)).data!.items[0]!;
  const allowOutsiders = (projectInvitesMayAddMembers: boolean) =>
    scene.owner.client.PATCH(organizationPath, { params: { path: place() }, body: { projectInvitesMayAddMembers } });
  const projectRolesOf = async (subjectId: string) => {
    const { data } = await scene.owner.client.GET('/v1/organizations/{organizationId}/projects/{projectId}/grants', {
      params: { ...projectPlace().params, query: { subjectId } },
    });
    return data!.items.map(({ role }) => role);
  };

  it('PICA-40, PICA-42, PICA-43, D4: somebody from outside joins both, with the lowest role there, and both are recorded', async () => {
    const email = address('guest');
    const { data, response } = await offer(admin, email, 'project.manager');
    expect(response.status).to.equal(201);
    expect(data!.items[0]).to.deep.include({ projectId, email, roles: [], projectRoles: [{ projectId, role: 'project.manager' }] });
    const guest = await scene.tenet.as(email);
    const joined = await byToken(guest, tokenIn(await mailTo(email)));
    expect(joined.data!.roles.map(({ role }) => role)).to.deep.equal(['org.member']);
    const id = await guest.userId();
    expect(await projectRolesOf(id)).to.deep.equal(['project.manager']);
    const events = (await auditTrail(scene.owner, scene.organizationId)).slice(-3);
    expect(events.map(({ action }) => action)).to.deep.equal(['invitation.accept', 'member.create', 'grant.create']);
  });

  it('PICA-44: adds nobody to an organization that does not want it, neither by a new invitation nor by an old one', async () => {
    const email = address('guest');
    const { id } = await invite(email);
    expect((await allowOutsiders(false)).data!.projectInvitesMayAddMembers).to.equal(false);
    const refused = await offer(admin, address('guest'));
    expect(refused.response.status).to.equal(409);
    expect(refused.error!.errors![0]!.pointer).to.equal('#/invitees/0/email');
    const guest = await scene.tenet.as(email);
    const tooLate = await accept(guest, id);
    expect(tooLate.response.status).to.equal(409);
    expect(tooLate.error!.detail).to.contain('invites members of the organization only');
    await allowOutsiders(true);
    expect((await accept(guest, id)).response.status).to.equal(200);
  });

  it('PICA-44: members are invited all the same, and get the role in the project alone', async () => {
    await allowOutsiders(false);
    const member = await join(scene.tenet, place(), address('member'), 'org.manager');
    const { id } = await invite(member.email);
    const joined = await accept(member, id);
    expect(joined.data!.roles.map(({ role }) => role)).to.deep.equal(['org.manager']);
    expect(await projectRolesOf(member.id)).to.deep.equal(['project.member']);
    expect(await auditTrail(scene.owner, scene.organizationId, 'member.create')).to.deep.equal([]);
  });

  it('PICA-30: an admin of the project invites; its managers and members do not, nor list, read, resend or revoke', async () => {
    const { id } = await invite(address('guest'));
    for (const role of ['project.manager', 'project.member']) {
      const caller = await join(scene.tenet, place(), address('x'), 'org.member');
      await give(caller.id, role);
      const answers = [
        await offer(caller, address('y')),
        await caller.client.GET(inProject, projectPlace()),
        await caller.client.GET(`${inProject}/{invitationId}`, one(id)),
        await caller.client.POST(`${inProject}/{invitationId}/resend`, one(id)),
        await caller.client.POST(`${inProject}/{invitationId}/revoke`, one(id)),
      ];
      expect(
        answers.map(({ response }) => response.status),
        role,
      ).to.deep.equal([403, 403, 403, 403, 403]);
    }
    // Inviting to the organization is not for who runs a project.
    expect((await create(admin, [address('y')])).response.status).to.equal(403);
  });

  it('are listed, read, sent again and revoked in their project; the organization sees them all, and takes them back', async () => {
    const [first, second] = [await invite(address('a')), await invite(address('b'))];
    const sibling = await foundProject(scene.owner, scene.organizationId, 'Sibling');
    const ofOrganization = (await create(scene.owner, [address('c')])).data!.items[0]!;
    const ids = ({ data }: { data?: { items: { id: string }[] } }) => data!.items.map(({ id }) => id);
    expect(ids(await admin.client.GET(inProject, projectPlace()))).to.deep.equal([first.id, second.id]);
    expect(ids(await scene.owner.client.GET(inProject, { params: { path: { ...place(), projectId: sibling } } }))).to.deep.equal([]);
    const all = await scene.owner.client.GET(listPath, { params: { path: place() } });
    expect(ids(all)).to.deep.equal([first.id, second.id, ofOrganization.id]);
    expect((await scene.owner.client.GET(`${inProject}/{invitationId}`, one(first.id, sibling))).response.status).to.equal(404);
    expect((await scene.owner.client.GET(`${inProject}/{invitationId}`, one(ofOrganization.id))).response.status).to.equal(404);
    expect((await admin.client.POST(`${inProject}/{invitationId}/resend`, one(first.id))).response.status).to.equal(200);
    const revoked = await admin.client.POST(`${inProject}/{invitationId}/revoke`, one(first.id));
    expect(revoked.data).to.include({ id: first.id, state: 'REVOKED' });
    expect((await scene.owner.client.POST(revokePath, path(second.id))).data!.state).to.equal('REVOKED');
    expect((await scene.owner.client.GET(onePath, path(second.id))).data).to.include({ projectId, state: 'REVOKED' });
  });

  it('an address has one pending invitation in the organization, and the answer says so', async () => {
    const email = address('guest');
    await invite(email);
    for (const again of [await offer(admin, email), await create(scene.owner, [email])]) {
      expect(again.response.status).to.equal(409);
      expect(again.error!.detail).to.contain('has a pending invitation to this organization already');
    }
  });

  it('who has a role in the project is not invited to it, and who gets one meanwhile keeps it', async () => {
    const member = await join(scene.tenet, place(), address('member'), 'org.member');
    const { id } = await invite(member.email, 'project.manager');
    await give(member.id, 'project.member');
    expect((await accept(member, id)).response.status).to.equal(409);
    expect(await projectRolesOf(member.id)).to.deep.equal(['project.member']);
    const other = await join(scene.tenet, place(), address('other'), 'org.member');
    await give(other.id, 'project.member');
    const { response, error } = await offer(admin, other.email);
    expect(response.status).to.equal(409);
    expect(error!.detail).to.contain('has a role in this project already');
  });

  it('a role that has run out is no role, and can be offered again', async () => {
    const member = await join(scene.tenet, place(), address('member'), 'org.member');
    await give(member.id, 'project.member');
    await inDatabase(
      scene.tenet,
      scene.organizationId,
      "update grants set until = now() - interval '1 second' where user_id = ? and project_id is not null",
      [toUuid('user', member.id)],
    );
    const { id } = await invite(member.email);
    expect((await accept(member, id)).response.status).to.equal(200);
    expect(await projectRolesOf(member.id)).to.deep.equal(['project.member']);
  });

  it('are worth what the inviter may do now, and nothing once the project is deleted', async () => {
    const [first, second] = [address('first'), address('second')];
    const offered = await invite(first);
    const byOwner = (await offer(scene.owner, second)).data!.items[0]!;
    await scene.owner.client.POST(removePath, { params: { path: { ...place(), userId: admin.id } }, body: {} });
    const lost = await accept(await scene.tenet.as(first), offered.id);
    expect(lost.response.status).to.equal(409);
    expect(lost.error!.detail).to.contain('may not offer the role project.member any more');
    await scene.owner.client.DELETE('/v1/organizations/{organizationId}/projects/{projectId}', projectPlace());
    const gone = await accept(await scene.tenet.as(second), byOwner.id);
    expect(gone.response.status).to.equal(409);
    expect(gone.error!.detail).to.contain('was deleted');
  });

  it('do not bring back a member who was switched off', async () => {
    const member = await join(scene.tenet, place(), address('member'), 'org.member');
    const { id } = await invite(member.email);
    await scene.owner.client.PATCH(memberPath, { params: { path: { ...place(), userId: member.id } }, body: { state: 'INACTIVE' } });
    expect((await accept(member, id)).response.status).to.equal(409);
    expect(await projectRolesOf(member.id)).to.deep.equal([]);
  });

  it('offer roles of a project and nothing else', async () => {
    const { response, error } = await offer(scene.owner, address('guest'), 'org.member');
    expect(response.status).to.equal(400);
    expect(error!.errors![0]!.pointer).to.equal('#/role');
  });
});
