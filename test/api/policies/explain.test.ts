import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { components } from '../../../api/contract/openapi.d.ts';
import { newId } from '../../../core/base/ids.ts';
import {
  allowAlso,
  foundOrganization,
  foundProject,
  givePlatformRoles,
  inDatabase,
  join,
  type Person,
  signIn,
} from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

type Explanation = components['schemas']['Explanation'];
type Question = components['schemas']['ExplainDecision'];

const explainPath = '/v1/organizations/{organizationId}/decisions/explain';
const decisionPath = '/v1/organizations/{organizationId}/decisions/{decisionId}';
const grantsPath = '/v1/organizations/{organizationId}/grants';

describe('explanations', () => {
  let tenet: TestTenet;
  let owner: Person;
  let manager: Person;
  let organizationId: string;
  let projectId: string;

  before(async () => {
    tenet = await startTenet();
    owner = await signIn(tenet, 'owner@example.com');
  });
  after(() => tenet?.stop());
  beforeEach(async () => {
    organizationId = await foundOrganization(owner);
    projectId = await foundProject(owner, organizationId);
    manager = await join(tenet, { organizationId }, 'manager@example.com', 'org.manager');
  });

  async function explain(question: Question, caller: Caller = owner): Promise<Explanation> {
    const { data, error } = await caller.client.POST(explainPath, { params: { path: { organizationId } }, body: question });
    expect(error, JSON.stringify(error)).to.equal(undefined);
    return data!;
  }
  const look = (decisionId: string, caller: Caller = owner) =>
    caller.client.GET(decisionPath, { params: { path: { organizationId, decisionId } } });
  const grantOf = async (subjectId: string) =>
    (await owner.client.GET(grantsPath, { params: { path: { organizationId }, query: { subjectId } } })).data!.items[0]!.id;
  /** The text of the line that an explanation names. */
  const lineOf = ({ rule }: Explanation) => readFileSync(`policies/${rule!.file}`, 'utf8').split('\n')[rule!.line! - 1];

  it('an allow names the file and the line of the row that decided', async () => {
    const explanation = await explain({ subject: manager.id, resource: 'connection', action: 'create' });
    expect(explanation).to.include({ decision: true, reason: 'ALLOW', subject: manager.id, organizationId });
    expect(explanation.rule).to.include({ scope: 'blueprint.integrations', file: 'blueprints/integrations/policy.csv' });
    expect(lineOf(explanation)).to.equal('p, integrations/org.manager, *, connection, create, allow');
    expect(explanation.rule!.row).to.deep.equal(['integrations/org.manager', '*', 'connection', 'create', 'allow']);
    expect(explanation.nearestRoles).to.deep.equal([]);
    expect(explanation.revisions.map(({ scope, revision }) => `${scope}@${revision}`)).to.deep.equal([
      'platform@1',
      'blueprint.integrations@1',
    ]);
  });

  it('every role comes with where it is from: membership, ownership, a grant', async () => {
    const { roles } = await explain({ resource: 'organization', action: 'delete' });
    expect(roles).to.have.deep.members([
      { role: 'member/self', source: 'MEMBERSHIP' },
      { role: 'integrations/org.owner', source: 'OWNERSHIP' },
      { role: 'integrations/org.admin', source: 'GRANT', grantId: await grantOf(owner.id) },
    ]);
  });

  it('a role that came through another role names the grant to that one', async () => {
    const member = await join(tenet, { organizationId }, 'member@example.com', 'org.member');
    const path = { organizationId, projectId };
    for (const [id, role] of [
      ['org.manager', 'project.member'],
      ['org.member', 'project.member'],
    ] as const) {
      const { response } = await owner.client.POST('/v1/organizations/{organizationId}/projects/{projectId}/grants', {
        params: { path },
        body: { subject: { type: 'ROLE', id }, role },
      });
      expect(response.status).to.equal(201);
    }
    const { data } = await owner.client.GET('/v1/organizations/{organizationId}/projects/{projectId}/grants', {
      params: { path, query: { subjectId: 'org.member' } },
    });
    const explanation = await explain({ subject: member.id, resource: 'secret', action: 'create', projectId });
    expect(explanation).to.include({ decision: true, projectId });
    expect(explanation.roles).to.have.deep.members([
      { role: 'member/self', source: 'MEMBERSHIP' },
      { role: 'integrations/org.member', source: 'GRANT', grantId: await grantOf(member.id) },
      { role: 'integrations/project.member', source: 'ROLE_GRANT', grantId: data!.items[0]!.id, via: 'org.member' },
    ]);
  });

  it('a denial that no row speaks about names the roles that would allow it, the smallest first', async () => {
    const inOrganization = await explain({ subject: manager.id, resource: 'connection', action: 'delete' });
    expect(inOrganization).to.include({ decision: false, reason: 'NO_MATCH' });
    expect(inOrganization).to.not.have.property('rule');
    expect(inOrganization.nearestRoles).to.deep.equal(['org.admin']);
    const inProject = await explain({ subject: manager.id, resource: 'secret', action: 'list', projectId });
    expect(inProject).to.include({ decision: true });
    const member = await join(tenet, { organizationId }, 'member@example.com', 'org.member');
    const { nearestRoles } = await explain({ subject: member.id, resource: 'secret', action: 'list', projectId });
    expect(nearestRoles!.slice(0, 2)).to.deep.equal(['project.member', 'org.manager']);
    expect(nearestRoles).to.have.members(['project.member', 'project.manager', 'project.admin', 'org.manager', 'org.admin']);
  });

  it('a denial by a state names the deny row, and no role would help', async () => {
    await inDatabase(
      tenet,
      organizationId,
      `update members set state = 'INACTIVE' where user_id = (select id from users where subject = ?)`,
      ['manager@example.com'],
    );
    const explanation = await explain({ subject: manager.id, resource: 'connection', action: 'create' });
    expect(explanation).to.include({ decision: false, reason: 'DENY' });
    expect(explanation.rule).to.include({ scope: 'platform', file: 'platform/policy.csv' });
    expect(lineOf(explanation)).to.equal('p, state/inactive-member, *, *, *, deny');
    expect(explanation.roles).to.deep.include({ role: 'state/inactive-member', source: 'STATE' });
    expect(explanation.nearestRoles).to.deep.equal([]);
  });

  it('what is not in the vocabulary, and who is no member, is said to be so', async () => {
    expect(await explain({ resource: 'spaceship', action: 'launch' })).to.include({ decision: false, reason: 'UNKNOWN_RESOURCE' });
    expect(await explain({ resource: 'connection', action: 'launch' })).to.include({ decision: false, reason: 'UNKNOWN_ACTION' });
    const stranger = await tenet.as('stranger@example.com');
    for (const subject of [await stranger.userId(), newId('user')]) {
      const explanation = await explain({ subject, resource: 'connection', action: 'list' });
      expect(explanation).to.include({ decision: false, reason: 'NO_MATCH' });
      expect(explanation.roles).to.deep.equal([]);
    }
  });

  it('who is not there at all is said to be so to callers who could look it up, and to others as one of another organization', async () => {
    const body = (subject: string) => ({ subject, resource: 'connection', action: 'list' });
    const refusal = async (caller: Caller, subject: string) => {
      const params = { path: { organizationId } };
      const { error } = await caller.client.POST(explainPath, { params, body: body(subject) });
      const told = await caller.client.POST('/v1/organizations/{organizationId}/decisions/what-can', { params, body: { subject } });
      expect(told.error?.errors).to.deep.equal(error?.errors);
      return error;
    };
    expect((await refusal(owner, newId('serviceAccount')))!.errors![0]).to.have.property('pointer', '#/subject');
    expect((await refusal(owner, newId('apiKey')))!.errors![0]!.detail).to.match(/^key_\w+ is no API key that is known$/);
    expect(await refusal(owner, newId('user'))).to.equal(undefined);
    // The owner, as one who may read the users of the platform as well.
    await givePlatformRoles(tenet, 'owner@example.com', 'platform/auditor');
    try {
      expect((await refusal(owner, newId('user')))!.errors![0]!.detail).to.match(/^user_\w+ is no person that is known$/);
      expect(await refusal(owner, await (await tenet.as('stranger@example.com')).userId())).to.equal(undefined);
    } finally {
      await tenet.database.write('platform', (db) => db('platform_grants').where({ role: 'platform/auditor' }).delete());
    }
  });

  it('a project of another organization is refused like one that never was', async () => {
    const stranger = await tenet.as('stranger@example.com');
    const elsewhere = await foundProject(stranger, await foundOrganization(stranger));
    const answers = [elsewhere, newId('project')].map(async (id) => {
      const body = { resource: 'project', action: 'read', projectId: id };
      const { error } = await owner.client.POST(explainPath, { params: { path: { organizationId } }, body });
      return { ...error!, instance: '', requestId: '' };
    });
    const [existing, never] = await Promise.all(answers);
    expect(existing).to.deep.equal(never);
    expect(existing).to.include({ status: 400, code: 'invalid-input' });
  });

  it('only those who hold decision:explain are told', async () => {
    const { error } = await manager.client.POST(explainPath, {
      params: { path: { organizationId } },
      body: { resource: 'connection', action: 'create' },
    });
    expect(error).to.include({ status: 403, requiredPermission: 'decision:explain' });
  });

  describe('of a refusal', () => {
    const base = () => `/v1/organizations/${organizationId}`;
    const json = { 'content-type': 'application/json' };
    const refusals: Record<string, readonly [permission: string, path: () => string, init?: () => RequestInit]> = {
      'a reading': ['audit-event:list', () => `${base()}/audit-events`],
      'a change': ['organization:update', base, () => ({ method: 'PATCH', headers: json, body: '{"name":"Mine"}' })],
      'a removal': ['member:remove', () => `${base()}/members/${owner.id}/remove`, () => ({ method: 'POST', headers: json, body: '{}' })],
      'an invitation': [
        'invitation:create',
        () => `${base()}/invitations`,
        () => ({ method: 'POST', headers: json, body: JSON.stringify({ invitees: [{ email: 'a@example.com' }], roles: ['org.member'] }) }),
      ],
      'a change in a project': ['project:delete', () => `${base()}/projects/${projectId}`, () => ({ method: 'DELETE' })],
      'the grants of a project': ['grant:list', () => `${base()}/projects/${projectId}/grants`],
    };
    for (const [title, [permission, path, init]] of Object.entries(refusals)) {
      it(`${title}: the 403 names ${permission} and a decision that getDecision explains`, async () => {
        const response = await manager.raw(path(), init?.());
        expect(response.status).to.equal(403);
        const problem = (await response.json()) as { requiredPermission: string; decisionId: string };
        expect(problem.requiredPermission).to.equal(permission);
        const { data } = await look(problem.decisionId);
        const [resource, action] = permission.split(':');
        expect(data).to.include({ decisionId: problem.decisionId, decision: false, subject: manager.id, resource, action, organizationId });
        if (path().includes('/projects/')) expect(data).to.include({ projectId });
        expect(data!.roles).to.deep.include({ role: 'integrations/org.manager', source: 'GRANT', grantId: await grantOf(manager.id) });
        expect(data!.nearestRoles).to.include('org.admin');
      });
    }

    it('a permission that an operation asks besides its own is explained as well', async () => {
      const { error } = await owner.client.POST('/v1/organizations/{organizationId}/members/{userId}/remove', {
        params: { path: { organizationId, userId: owner.id } },
        body: {},
      });
      expect(error).to.include({ status: 403, requiredPermission: 'role:org.owner:unassign' });
      const { data } = await look((error as unknown as { decisionId: string }).decisionId);
      expect(data).to.include({ resource: 'role:org.owner', action: 'unassign', decision: false, reason: 'UNKNOWN_RESOURCE' });
    });

    async function refused(): Promise<string> {
      const response = await manager.raw(`${base()}/audit-events`);
      return ((await response.json()) as { decisionId: string }).decisionId;
    }

    it('is as it was, after the roles have changed', async () => {
      const grantId = await grantOf(manager.id);
      const decisionId = await refused();
      const { response } = await owner.client.POST(grantsPath, {
        params: { path: { organizationId } },
        body: { subject: { type: 'USER', id: manager.id }, role: 'org.admin' },
      });
      expect(response.status).to.equal(201);
      const { data } = await look(decisionId);
      expect(data).to.include({ decision: false, reason: 'NO_MATCH' });
      expect(data!.roles).to.have.deep.members([
        { role: 'member/self', source: 'MEMBERSHIP' },
        { role: 'integrations/org.manager', source: 'GRANT', grantId },
      ]);
    });

    it('is as it was, after the policy has changed', async () => {
      const decisionId = await refused();
      await allowAlso(tenet, ['integrations/org.manager', 'org', 'audit-event', 'list', 'allow']);
      expect((await manager.raw(`${base()}/audit-events`)).status).to.equal(200);
      const { data } = await look(decisionId);
      expect(data).to.include({ decision: false });
      expect(data!.revisions).to.deep.include.members([{ ...data!.revisions[1]!, scope: 'blueprint.integrations', revision: 1 }]);
    });

    it('is told to nobody else: not to whom it was refused, and not to another organization', async () => {
      const response = await manager.raw(`${base()}/members/${owner.id}/remove`, { method: 'POST', headers: json, body: '{}' });
      const { decisionId } = (await response.json()) as { decisionId: string };
      expect((await look(decisionId, manager)).response.status).to.equal(403);
      const stranger = await tenet.as('stranger@example.com');
      const elsewhere = await foundOrganization(stranger);
      const { response: foreign } = await stranger.client.GET(decisionPath, {
        params: { path: { organizationId: elsewhere, decisionId } },
      });
      expect(foreign.status).to.equal(404);
    });

    it('does not name whom it was refused to callers who may not list them; they see themselves', async () => {
      const member = await join(tenet, { organizationId }, 'member@example.com', 'org.member');
      await allowAlso(tenet, ['integrations/org.member', '*', 'decision', 'explain', 'allow']);
      const renamed = async (caller: Caller) => {
        const response = await caller.raw(base(), { method: 'PATCH', headers: json, body: '{"name":"Mine"}' });
        return ((await response.json()) as { decisionId: string }).decisionId;
      };
      const [own, ofManager] = [await renamed(member), await renamed(manager)];
      const { data: named } = await look(ofManager);
      expect(named).to.include({ decision: false, subject: manager.id });
      const { subject: _, ...others } = named!;
      // Nor by the grant that led to it.
      expect(others.roles.some(({ grantId }) => grantId !== undefined)).to.equal(true);
      const roles = others.roles.map(({ role, source }) => ({ role, source }));
      expect((await look(ofManager, member)).data).to.deep.equal({ ...others, roles });
      expect((await look(own, member)).data).to.include({ decision: false, subject: member.id });
    });
  });
});
