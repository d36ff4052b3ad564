import { expect } from 'chai';
import { foundOrganization, foundProject, join, type Person, signIn } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

const grantsPath = '/v1/organizations/{organizationId}/grants';
const projectGrantsPath = '/v1/organizations/{organizationId}/projects/{projectId}/grants';

describe('who administers access without holding what it opens', () => {
  let tenet: TestTenet;
  let owner: Person;

  before(async () => {
    tenet = await startTenet();
    owner = await signIn(tenet, 'owner@example.com');
  });
  after(() => tenet.stop());

  async function lastGrant(organizationId: string): Promise<Record<string, unknown>> {
    const { data } = await owner.client.GET('/v1/organizations/{organizationId}/audit-events', {
      params: { path: { organizationId }, query: { action: 'grant.create', pageSize: 1 } },
    });
    return data!.items[0]!.after as Record<string, unknown>;
  }

  describe('D12: ADMIN of teams', () => {
    let organizationId: string;
    let projectId: string;
    before(async () => {
      organizationId = await foundOrganization(owner, 'Teams', 'teams');
      projectId = await foundProject(owner, organizationId);
    });
    const give = (subject: { type: 'USER' | 'ROLE'; id: string }, role: string) =>
      owner.client.POST(projectGrantsPath, { params: { path: { organizationId, projectId } }, body: { subject, role } });
    const mayRead = async (by: Caller) => {
      const resource = { type: 'artifact', id: '*', properties: { organizationId, projectId } };
      return (
        await by.client.POST('/access/v1/evaluation', {
          body: { subject: { type: 'user', id: await by.userId() }, action: { name: 'read' }, resource },
        })
      ).data!.decision;
    };

    it('gives access to a project whose content they do not see', async () => {
      const grace = await join(tenet, { organizationId }, 'grace@example.com', 'org.default');
      expect(await mayRead(owner)).to.equal(false);
      expect((await give({ type: 'USER', id: grace.id }, 'project.read')).response.status).to.equal(201);
      expect(await mayRead(grace)).to.equal(true);
      expect(await mayRead(owner)).to.equal(false);
      expect(await lastGrant(organizationId)).not.to.have.property('toSelf');
    });

    it('gives it to themselves too, and the audit event says so', async () => {
      expect((await give({ type: 'USER', id: owner.id }, 'project.write')).response.status).to.equal(201);
      expect(await mayRead(owner)).to.equal(true);
      expect(await lastGrant(organizationId)).to.include({ role: 'project.write', toSelf: true });
    });

    it('gives it to themselves by a role of theirs, which the audit event says as well', async () => {
      expect((await give({ type: 'ROLE', id: 'org.default' }, 'project.read')).response.status).to.equal(201);
      expect(await lastGrant(organizationId)).not.to.have.property('toSelf');
      expect((await give({ type: 'ROLE', id: 'org.admin' }, 'project.read')).response.status).to.equal(201);
      expect(await lastGrant(organizationId)).to.include({ role: 'project.read', toSelf: true });
    });

    it('who holds what they give is not marked', async () => {
      const lead = await join(tenet, { organizationId, projectId }, 'lead@example.com', 'project.owner');
      const { response } = await lead.client.POST(projectGrantsPath, {
        params: { path: { organizationId, projectId } },
        body: { subject: { type: 'ROLE', id: 'project.owner' }, role: 'project.read' },
      });
      expect(response.status).to.equal(201);
      expect(await lastGrant(organizationId)).not.to.have.property('toSelf');
    });
  });

  describe('support of api-hub', () => {
    it('MIN-15: makes an admin a member, which nobody in the organization may', async () => {
      const organizationId = await foundOrganization(owner, 'Hub', 'api-hub');
      const admin = await join(tenet, { organizationId }, 'admin@example.com', 'org.admin');
      const support = await join(tenet, { organizationId }, 'support@example.com', 'org.support');
      const demote = (by: Caller) =>
        by.client.POST(grantsPath, {
          params: { path: { organizationId } },
          body: { subject: { type: 'USER', id: admin.id }, role: 'org.member' },
        });
      for (const by of [owner, admin]) {
        expect((await demote(by)).error).to.include({ status: 403, requiredPermission: 'role:org.admin:unassign' });
      }
      expect((await demote(support)).response.status).to.equal(201);
      const { data } = await owner.client.GET('/v1/organizations/{organizationId}/members/{userId}', {
        params: { path: { organizationId, userId: admin.id } },
      });
      expect(data!.roles.map(({ role }) => role)).to.deep.equal(['org.member']);
    });

    it('gives it neither to themselves nor to their role', async () => {
      const organizationId = await foundOrganization(owner, 'Hub', 'api-hub');
      const support = await join(tenet, { organizationId }, 'support@example.com', 'org.support');
      for (const subject of [
        { type: 'USER' as const, id: support.id },
        { type: 'ROLE' as const, id: 'org.support' },
      ]) {
        const { error } = await support.client.POST(grantsPath, {
          params: { path: { organizationId } },
          body: { subject, role: 'org.member' },
        });
        expect(error, subject.type).to.include({ status: 403, code: 'not-to-oneself' });
      }
    });
  });
});
