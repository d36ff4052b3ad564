import { expect } from 'chai';
import { toUuid } from '../../../core/base/ids.ts';
import { auditTrail, foundOrganization, foundProject, inDatabase, join, type Person, signIn } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

const grantsPath = '/v1/organizations/{organizationId}/grants';
const grantPath = '/v1/organizations/{organizationId}/grants/{grantId}/revoke';
const projectGrantsPath = '/v1/organizations/{organizationId}/projects/{projectId}/grants';

describe('grants that begin later', () => {
  let tenet: TestTenet;
  let owner: Person;
  let organizationId: string;
  const place = () => ({ organizationId });
  const user = (id: string) => ({ type: 'USER' as const, id });
  const give = (by: Caller, id: string, role: string, times: { from?: string; until?: string } = {}) =>
    by.client.POST(grantsPath, { params: { path: place() }, body: { subject: user(id), role, ...times } });
  const take = (by: Caller, grantId: string) => by.client.POST(grantPath, { params: { path: { organizationId, grantId } } });

  before(async () => {
    tenet = await startTenet();
    owner = await signIn(tenet, 'owner@example.com');
  });
  after(() => tenet.stop());
  beforeEach(async () => {
    organizationId = await foundOrganization(owner);
  });

  const from = '2098-01-01T08:00:00.000Z';
  const until = '2099-01-01T08:00:00.000Z';
  const begin =
    "update grants set from_at = now() - interval '1 second', begins_at = now() - interval '1 second' where user_id = ? and begins_at is not null";
  const begins = (id: string) => inDatabase(tenet, organizationId, begin, [toUuid('user', id)]);
  const itemsOf = async (subjectId: string) =>
    (await owner.client.GET(grantsPath, { params: { path: place(), query: { subjectId } } })).data!.items;
  const memberOf = async (userId: string) =>
    (await owner.client.GET('/v1/organizations/{organizationId}/members/{userId}', { params: { path: { organizationId, userId } } })).data!;
  const statusFor = async (caller: Caller) =>
    (await caller.client.GET('/v1/organizations/{organizationId}/members', { params: { path: place() } })).response.status;

  it('are listed and recorded with their time, give nothing before it and count from it on', async () => {
    const member = await join(tenet, place(), 'member@example.com');
    expect(await statusFor(member)).to.equal(403);
    const { data, response } = await give(owner, member.id, 'org.manager', { from, until });
    expect(response.status).to.equal(201);
    expect(data).to.deep.include({ from, until, role: 'org.manager' });
    expect((await itemsOf(member.id)).map(({ id, from: start }) => [id, start])).to.deep.equal([[data!.id, from]]);
    expect((await memberOf(member.id)).roles).to.deep.equal([]);
    expect(await statusFor(member)).to.equal(403);
    const report = await owner.client.GET('/v1/organizations/{organizationId}/access-report', { params: { path: place() } });
    expect(report.data!.items.find(({ grantId }) => grantId === data!.id)).to.include({ from, until });
    expect(report.data!.summary!.roles.map(({ role }) => role)).to.not.include('org.manager');
    const [event] = await auditTrail(owner, organizationId, 'grant.create');
    expect(event!.target).to.equal(data!.id);
    await begins(member.id);
    expect((await memberOf(member.id)).roles.map(({ role }) => role)).to.deep.equal(['org.manager']);
    expect(await statusFor(member)).to.equal(200);
    expect((await itemsOf(member.id))[0]).to.not.have.property('from');
  });

  it('are in a plan with their time, when they are given and when they are revoked before', async () => {
    const member = await join(tenet, place(), 'member@example.com');
    const planOf = async (path: string, body?: object) => {
      const init = { method: 'POST', headers: { 'content-type': 'application/json' }, ...(body && { body: JSON.stringify(body) }) };
      const response = await owner.raw(`/v1/organizations/${organizationId}/grants${path}?validateOnly=true`, init);
      return ((await response.json()) as { affected: { items: { rolesGained: object[]; rolesLost: object[] }[] } }).affected.items;
    };
    const planned = await planOf('', { subject: user(member.id), role: 'org.manager', from, until });
    expect(planned.map(({ rolesGained }) => rolesGained)).to.deep.equal([[{ role: 'org.manager', from, until }]]);
    const { data } = await give(owner, member.id, 'org.manager', { from });
    const revoked = await planOf(`/${data!.id}/revoke`);
    expect(revoked.map(({ rolesLost }) => rolesLost)).to.deep.equal([[{ role: 'org.manager', from }]]);
    const now = await planOf('', { subject: user(member.id), role: 'org.member' });
    expect(now.map(({ rolesGained, rolesLost }) => [rolesGained, rolesLost])).to.deep.equal([
      [[{ role: 'org.member' }], [{ role: 'org.manager', from }]],
    ]);
  });

  it('are revoked before, moved, and replaced by what is given meanwhile', async () => {
    const member = await join(tenet, place(), 'member@example.com');
    const first = await give(owner, member.id, 'org.manager', { from: until });
    expect((await give(owner, member.id, 'org.manager', { from, until })).data).to.include({ from, until });
    const [moved] = await itemsOf(member.id);
    expect(moved!.id).to.not.equal(first.data!.id);
    expect((await take(owner, moved!.id)).response.status).to.equal(204);
    await give(owner, member.id, 'org.manager', { from });
    expect((await give(owner, member.id, 'org.member')).response.status).to.equal(201);
    expect((await itemsOf(member.id)).map(({ role }) => role)).to.deep.equal(['org.member']);
  });

  it('do not begin earlier because one that ended before them is revoked', async () => {
    const member = await join(tenet, place(), 'member@example.com');
    await give(owner, member.id, 'org.manager', { from });
    const passing = await give(owner, member.id, 'org.member', { until });
    expect((await itemsOf(member.id)).map(({ role, from: start }) => [role, start])).to.deep.equal([
      ['org.manager', until],
      ['org.member', undefined],
    ]);
    expect((await take(owner, passing.data!.id)).response.status).to.equal(204);
    expect((await itemsOf(member.id)).map(({ role, from: start }) => [role, start])).to.deep.equal([['org.manager', from]]);
    expect(await statusFor(member)).to.equal(403);
  });

  it('begin in the future and before they end', async () => {
    const member = await join(tenet, place(), 'member@example.com');
    for (const times of [{ from: '2020-01-01T00:00:00Z' }, { from: until, until: from }, { from, until: from }]) {
      const { response, error } = await give(owner, member.id, 'org.manager', times);
      expect(response.status).to.equal(400);
      expect(error!.errors![0]).to.include({ pointer: '#/from' });
    }
  });

  it('take the place of none: refused for the same role, and for another one where a subject has one', async () => {
    const member = await join(tenet, place(), 'member@example.com', 'org.member');
    for (const role of ['org.member', 'org.manager']) {
      const { response, error } = await give(owner, member.id, role, { from });
      expect(response.status).to.equal(409);
      expect(error!.detail).to.contain('takes the place of none');
    }
    expect((await itemsOf(member.id)).map(({ role }) => role)).to.deep.equal(['org.member']);
  });

  it('count beside the others where a subject has several roles', async () => {
    const teams = await foundOrganization(owner, 'Teams', 'teams');
    const member = await join(tenet, { organizationId: teams }, 'member@example.com', 'org.default');
    const path = { organizationId: teams };
    const body = { subject: user(member.id), role: 'org.admin', from };
    expect((await owner.client.POST(grantsPath, { params: { path }, body })).response.status).to.equal(201);
    const { data } = await owner.client.GET(grantsPath, { params: { path, query: { subjectId: member.id } } });
    expect(data!.items.map(({ role, from: start }) => [role, start])).to.deep.equal([
      ['org.default', undefined],
      ['org.admin', from],
    ]);
  });

  it('keep no member at the top level before they begin, and do afterwards', async () => {
    const heir = await join(tenet, place(), 'heir@example.com');
    expect((await give(owner, heir.id, 'org.admin', { from })).response.status).to.equal(201);
    await inDatabase(tenet, organizationId, 'update organizations set owner_id = null');
    const [held] = await itemsOf(owner.id);
    const refused = await take(owner, held!.id);
    expect(refused.error).to.include({ code: 'last-owner' });
    await begins(heir.id);
    expect((await take(owner, held!.id)).response.status).to.equal(204);
  });

  it('of a project are for a person who has no role there', async () => {
    const projectId = await foundProject(owner, organizationId);
    const member = await join(tenet, place(), 'member@example.com', 'org.member');
    const path = { organizationId, projectId };
    const body = { subject: user(member.id), role: 'project.member', from };
    const { data } = await owner.client.POST(projectGrantsPath, { params: { path }, body });
    expect(data).to.include({ from, projectId });
    const project = () => member.client.GET('/v1/organizations/{organizationId}/projects/{projectId}', { params: { path } });
    expect((await project()).response.status).to.equal(404);
    await begins(member.id);
    expect((await project()).response.status).to.equal(200);
  });
});
