import { expect } from 'chai';
import { auditTrail, foundProject, join, type Person, signIn } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

const grantsPath = '/v1/organizations/{organizationId}/grants';
const projectPath = '/v1/organizations/{organizationId}/projects/{projectId}';
const projectGrantsPath = '/v1/organizations/{organizationId}/projects/{projectId}/grants';
const revokePath = '/v1/organizations/{organizationId}/projects/{projectId}/grants/{grantId}/revoke';

describe('grants in the kinds of organization', () => {
  let tenet: TestTenet;
  let admin: Person;
  let organizationId: string;
  let projectId: string;

  const found = async (blueprint: string): Promise<string> =>
    (await admin.client.POST('/v1/organizations', { body: { name: 'Acme', blueprint } })).data!.id;
  const give = (by: Caller, subject: { type: 'USER' | 'ROLE'; id: string }, role: string, until?: string) =>
    by.client.POST(projectGrantsPath, {
      params: { path: { organizationId, projectId } },
      body: { subject, role, ...(until === undefined ? {} : { until }) },
    });
  const user = (id: string) => ({ type: 'USER' as const, id });
  const role = (id: string) => ({ type: 'ROLE' as const, id });
  const take = (by: Caller, grantId: string) => by.client.POST(revokePath, { params: { path: { organizationId, projectId, grantId } } });
  const levelsOf = async (subjectId: string) =>
    (await admin.client.GET(projectGrantsPath, { params: { path: { organizationId, projectId }, query: { subjectId } } })).data!.items.map(
      (grant) => grant.role,
    );
  const read = async (by: Caller) =>
    (await by.client.GET(projectPath, { params: { path: { organizationId, projectId } } })).response.status;

  before(async () => {
    tenet = await startTenet();
    admin = await signIn(tenet, 'admin@example.com');
  });
  after(() => tenet.stop());

  describe('of teams', () => {
    beforeEach(async () => {
      organizationId = await found('teams');
      projectId = await foundProject(admin, organizationId);
    });

    it('S001-21: a member holds several roles in the organization, each until it is revoked', async () => {
      const member = await join(tenet, { organizationId }, 'member@example.com', 'org.default');
      const params = { path: { organizationId } };
      const given = await admin.client.POST(grantsPath, { params, body: { subject: user(member.id), role: 'org.admin' } });
      expect(given.response.status).to.equal(201);
      const { data } = await admin.client.GET(grantsPath, { params: { ...params, query: { subjectId: member.id } } });
      expect(data!.items.map((grant) => grant.role)).to.deep.equal(['org.default', 'org.admin']);
      expect(await auditTrail(admin, organizationId, 'grant.revoke')).to.deep.equal([]);
    });

    it('S001-16, S001-27, S001-30: a person and a role have one level in a project, which a project owner changes and takes', async () => {
      const owner = await join(tenet, { organizationId, projectId }, 'owner@example.com', 'project.owner');
      const member = await join(tenet, { organizationId }, 'member@example.com', 'org.default');
      for (const subject of [user(member.id), role('org.default')]) {
        for (const level of ['project.owner', 'project.write', 'project.read']) {
          const { data, response } = await give(owner, subject, level);
          expect(response.status, level).to.equal(201);
          expect(await levelsOf(subject.id)).to.deep.equal([level]);
          if (level !== 'project.read') continue;
          expect((await take(owner, data!.id)).response.status).to.equal(204);
          expect(await levelsOf(subject.id)).to.deep.equal([]);
        }
      }
    });

    it('S001-17: what is given to a role counts for those who hold it, from the moment they do and as long as they do', async () => {
      const member = await join(tenet, { organizationId }, 'member@example.com');
      await give(admin, role('org.default'), 'project.read');
      expect(await read(member)).to.equal(404);
      const params = { path: { organizationId } };
      const given = await admin.client.POST(grantsPath, { params, body: { subject: user(member.id), role: 'org.default' } });
      expect(await read(member)).to.equal(200);
      await admin.client.POST('/v1/organizations/{organizationId}/grants/{grantId}/revoke', {
        params: { path: { organizationId, grantId: given.data!.id } },
      });
      expect(await read(member)).to.equal(404);
    });

    it("a role's level rests while another one that ends has its place, and counts again when that is revoked", async () => {
      const until = '2099-06-30T18:00:00.000Z';
      const grantsOfRole = async () =>
        (
          await admin.client.GET(projectGrantsPath, {
            params: { path: { organizationId, projectId }, query: { subjectId: 'org.default' } },
          })
        ).data!.items.map((grant) => [grant.role, grant.from]);
      await give(admin, role('org.default'), 'project.write');
      const { data } = await give(admin, role('org.default'), 'project.read', until);
      expect(await grantsOfRole()).to.deep.equal([
        ['project.write', until],
        ['project.read', undefined],
      ]);
      expect((await take(admin, data!.id)).response.status).to.equal(204);
      expect(await grantsOfRole()).to.deep.equal([['project.write', undefined]]);
    });
  });

  it('members alone hold roles in the projects of ai-spaces', async () => {
    organizationId = await found('ai-spaces');
    projectId = await foundProject(admin, organizationId);
    const { response, error } = await give(admin, role('org.viewer'), 'project.viewer');
    expect(response.status).to.equal(400);
    expect(JSON.stringify(error)).to.include('#/subject/type');
    expect((await give(admin, user(admin.id), 'project.viewer')).response.status).to.equal(201);
  });
});
