import { expect } from 'chai';
import { createReport } from '../../core/access-plans/change-report.ts';
import { newId, toUuid } from '../../core/base/ids.ts';
import { makeKey, pathIn, send } from '../helpers/keys.ts';
import { foundOrganization, foundProject, givePlatformRoles, join, type Person, signIn } from '../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../helpers/tenet.ts';

interface Item {
  kind: string;
  subject: { type: string; id: string };
  place: string;
  projectId?: string;
  projects?: number;
  permission: string;
  via: { role: string; source: string }[];
  before: { allowed: boolean; rule?: { file: string; line: number; row: string[] } };
  after: { allowed: boolean; rule?: { file: string; line: number; row: string[] } };
}

interface Access {
  summary: { subjects: number; gains: number; losses: number; withheld: number; partial: boolean };
  items: Item[];
  more: number;
  rails: { id: string }[];
  offered: { invitations: number; links: number; roles: object[]; items: { place: string; permission: string }[]; more: number }[];
}

const places = (access: Access): string[] => [...new Set(access.items.map(({ place }) => place))];

describe('what a request with validateOnly says about access', () => {
  let tenet: TestTenet;
  let owner: Person;
  let organizationId: string;
  const at = (rest: string) => pathIn({ organizationId }, rest);
  const plan = async (caller: Caller, method: string, path: string, body?: unknown): Promise<Access> => {
    const reply = await send(caller, method, `${path}?validateOnly=true`, body as object);
    expect(reply.status, JSON.stringify(reply.body)).to.equal(200);
    return (reply.body as { access: Access }).access;
  };
  const capabilities = async (caller: Caller, userId: string): Promise<string[]> => {
    const { body } = await send(caller, 'POST', at('/decisions/what-can'), { subject: userId });
    const map = (body as { capabilities: Record<string, string[]> }).capabilities;
    return Object.entries(map).flatMap(([resource, actions]) => actions.map((action) => `${resource}:${action}`));
  };
  const permissions = (access: Access, kind: string, place: string): string[] =>
    access.items.filter((item) => item.kind === kind && item.place === place).map(({ permission }) => permission);

  before(async () => {
    tenet = await startTenet();
    owner = await signIn(tenet, 'owner@example.com');
  });
  after(() => tenet.stop());
  beforeEach(async () => {
    organizationId = await foundOrganization(owner);
  });

  it('is what a grant adds to what its subject may do, with the rows that decide, and what its end takes away', async () => {
    const grace = await join(tenet, { organizationId }, 'grace@example.com', 'org.member');
    await foundProject(owner, organizationId);
    const body = { subject: { type: 'USER', id: grace.id }, role: 'org.admin' };
    const before = await capabilities(owner, grace.id);
    const access = await plan(owner, 'POST', at('/grants'), body);
    expect(await capabilities(owner, grace.id)).to.deep.equal(before);
    const { body: grant } = await send(owner, 'POST', at('/grants'), body);
    const now = await capabilities(owner, grace.id);
    expect(permissions(access, 'GAIN', 'ORGANIZATION')).to.have.members(now.filter((one) => !before.includes(one)));
    expect(permissions(access, 'LOSS', 'ORGANIZATION')).to.have.members(before.filter((one) => !now.includes(one)));
    expect(places(access)).to.deep.equal(['ORGANIZATION', 'OTHER_PROJECTS']);
    const removes = access.items.find(({ permission }) => permission === 'member:remove')!;
    expect(removes).to.deep.include({
      kind: 'GAIN',
      subject: { type: 'USER', id: grace.id },
      via: [{ role: 'org.admin', source: 'GRANT' }],
    });
    expect(removes.before).to.deep.equal({ allowed: false });
    const { file, line, row } = removes.after.rule!;
    expect({ file, row }).to.deep.equal({
      file: 'blueprints/integrations/policy.csv',
      row: ['integrations/org.admin', 'org', 'member', 'remove', 'allow'],
    });
    expect(line).to.be.above(0);

    const end = at(`/grants/${(grant as { id: string }).id}/revoke`);
    const ended = await plan(owner, 'POST', end, {});
    expect((await send(owner, 'POST', end, {})).status).to.equal(204);
    const left = await capabilities(owner, grace.id);
    expect(permissions(ended, 'LOSS', 'ORGANIZATION')).to.have.members(now.filter((one) => !left.includes(one)));
    expect(ended.summary).to.deep.include({ subjects: 1, gains: 0, withheld: 0, partial: false });
  });

  it('is what a member loses who rests, and what their keys lose', async () => {
    const grace = await join(tenet, { organizationId }, 'grace@example.com', 'org.manager');
    const { id: key } = await makeKey(grace, { organizationId });
    const before = await capabilities(owner, grace.id);
    const rest = (query: string) => send(owner, 'PATCH', at(`/members/${grace.id}${query}`), { state: 'INACTIVE' });
    const { access } = (await rest('?validateOnly=true')).body as { access: Access };
    const ofGrace = { ...access, items: access.items.filter(({ subject }) => subject.id === grace.id) };
    expect((await rest('')).status).to.equal(200);
    const left = await capabilities(owner, grace.id);
    expect(permissions(ofGrace, 'LOSS', 'ORGANIZATION')).to.have.members(before.filter((one) => !left.includes(one)));
    expect(access.items.some(({ subject }) => subject.id === key)).to.equal(true);
    expect(ofGrace.items.every(({ via }) => via.some(({ role }) => role === 'inactive-member'))).to.equal(true);
  });

  it('says of others only what the caller may ask about them, and counts the others', async () => {
    const projectId = await foundProject(owner, organizationId);
    const lead = await join(tenet, { organizationId, projectId }, 'lead@example.com', 'project.admin');
    const grace = await join(tenet, { organizationId }, 'grace@example.com', 'org.member');
    const path = pathIn({ organizationId, projectId }, '/grants');
    const access = await plan(lead, 'POST', path, { subject: { type: 'USER', id: grace.id }, role: 'project.member' });
    // They may evaluate decisions in the project, and explain none.
    expect(access.summary).to.deep.include({ subjects: 1, withheld: 0 });
    expect(access.items.every(({ place, before: old, after: now }) => place === 'PROJECT' && !old.rule && !now.rule)).to.equal(true);

    await givePlatformRoles(tenet, 'operator@example.com', 'platform/operator');
    const operator = await tenet.as('operator@example.com');
    const suspended = await plan(operator, 'POST', at('/suspend'), { reason: 'Unpaid.' });
    expect(suspended.items).to.deep.equal([]);
    expect(suspended.summary).to.deep.include({ subjects: 0, gains: 0, losses: 0 });
    expect(suspended.summary.withheld).to.be.above(1);
    expect(suspended.rails).to.deep.equal([]);
  });

  it('is what a person gets who accepts an invitation, and what those lose who are in a project that closes', async () => {
    await send(owner, 'POST', at('/invitations'), { invitees: [{ email: 'ada@example.com' }], roles: ['org.manager'] });
    const ada = await tenet.as('ada@example.com');
    const { items } = (await send(ada, 'GET', '/v1/me/invitations')).body as { items: { id: string }[] };
    const accepted = await plan(ada, 'POST', `/v1/me/invitations/${items.at(-1)!.id}/accept`);
    expect(permissions(accepted, 'GAIN', 'ORGANIZATION')).to.include('member:list');
    const adaId = await ada.userId();
    expect(accepted.items.every(({ subject, after: now }) => subject.id === adaId && !now.rule)).to.equal(true);

    const projectId = await foundProject(owner, organizationId);
    const closed = await plan(owner, 'DELETE', pathIn({ organizationId, projectId }, ''));
    expect(closed.summary.gains).to.equal(0);
    const lost = closed.items.map((item) => [item.subject.id, item.place, item.projectId, item.kind]);
    expect(lost).to.deep.include([owner.id, 'PROJECT', projectId, 'LOSS']);
    expect(closed.rails.map(({ id }) => id)).to.include('OWN_ACCESS');
  });

  it('says apart from it what invitations and links offer, which is what a person may do who has accepted', async () => {
    const projectId = await foundProject(owner, organizationId);
    const invitees = ['ada@example.com', 'bob@example.com'].map((email) => ({ email }));
    const body = { invitees, roles: ['org.manager'], projectRoles: [{ projectId, role: 'project.member' }] };
    const invited = await plan(owner, 'POST', at('/invitations'), body);
    expect(invited.summary).to.deep.include({ subjects: 0, gains: 0, losses: 0, withheld: 0 });
    expect(invited.items).to.deep.equal([]);
    expect(invited.offered.map(({ items: _, ...one }) => one)).to.deep.equal([
      { organizationId, invitations: 2, links: 0, roles: [{ role: 'org.manager' }, { role: 'project.member', projectId }], more: 0 },
    ]);
    const offered = invited.offered[0]!.items.map(({ place, permission }) => `${place} ${permission}`);
    await send(owner, 'POST', at('/invitations'), body);
    const ada = await tenet.as('ada@example.com');
    const { items } = (await send(ada, 'GET', '/v1/me/invitations')).body as { items: { id: string }[] };
    const accept = `/v1/me/invitations/${items.at(-1)!.id}/accept`;
    const accepted = await plan(ada, 'POST', accept);
    expect(offered).to.have.members(accepted.items.map(({ place, permission }) => `${place} ${permission}`));
    expect(accepted.offered).to.deep.equal([]);
    await send(ada, 'POST', accept);
    const adaMay = await capabilities(owner, await ada.userId());
    expect(offered.filter((one) => one.startsWith('ORGANIZATION '))).to.have.members(adaMay.map((one) => `ORGANIZATION ${one}`));

    const link = { role: 'project.member', expiresInDays: 1 };
    const linked = await plan(owner, 'POST', pathIn({ organizationId, projectId }, '/invitation-links'), link);
    expect(linked.offered.map(({ links, invitations, roles }) => ({ links, invitations, roles }))).to.deep.equal([
      { links: 1, invitations: 0, roles: [{ role: 'org.member' }, { role: 'project.member', projectId }] },
    ]);
    const grace = await join(tenet, { organizationId }, 'grace@example.com', 'org.member');
    const given = await plan(owner, 'POST', at('/grants'), { subject: { type: 'USER', id: grace.id }, role: 'org.admin' });
    expect(given.offered).to.deep.equal([]);
  });

  it('names in an offer only projects that the caller may read, and says that there are others', async () => {
    const organization = await foundOrganization(owner, 'Narrow', 'app-workspace');
    const role = { title: 'Lister', tier: 'org.member', permissions: ['role:list'] };
    const made = await send(owner, 'POST', `/v1/organizations/${organization}/roles`, role);
    expect(made.status, JSON.stringify(made.body)).to.equal(201);
    const lister = await join(tenet, { organizationId: organization }, 'lister@example.com', (made.body as { id: string }).id);
    const projectId = newId('project');
    const offer = {
      ...{ organizationId: organization, invitations: 1, links: 0, more: 0 },
      roles: [{ role: 'org.member' }, { role: 'project.user', projectId }],
      items: [
        { place: 'ORGANIZATION' as const, permission: 'member:list' },
        { place: 'PROJECT' as const, projectId, permission: 'project:read' },
      ],
    };
    const principal = { subject: { type: 'user' as const, id: lister.id, uuid: toUuid('user', lister.id) }, issuedAt: 0 };
    const offered = await tenet.database.read('platform', async (db) => {
      const report = createReport(db, { policies: tenet.policies, principal, requestId: 'test' });
      await report.offer([offer]);
      return report.finish({ isPartial: false }).offered;
    });
    expect(offered).to.deep.equal([{ ...offer, roles: offer.roles.slice(0, 1), items: offer.items.slice(0, 1), partial: true }]);
  });

  it('is what all holders of a role of the organization lose when it loses a permission', async () => {
    const organization = await foundOrganization(owner, 'Work', 'app-workspace');
    const role = { title: 'Reader', tier: 'org.member', permissions: ['member:list', 'member:read'] };
    const made = await send(owner, 'POST', `/v1/organizations/${organization}/roles`, role);
    expect(made.status, JSON.stringify(made.body)).to.equal(201);
    const { id, etag } = made.body as { id: string; etag: string };
    const holder = await join(tenet, { organizationId: organization }, 'holder@example.com', id);
    const path = `/v1/organizations/${organization}/roles/${id}?validateOnly=true`;
    const reply = await send(owner, 'PUT', path, { ...role, permissions: ['member:read'] }, { 'if-match': etag });
    expect(reply.status, JSON.stringify(reply.body)).to.equal(200);
    const { access } = reply.body as { access: Access };
    expect(access.items.map((item) => [item.subject.id, item.kind, item.place, item.permission])).to.deep.equal([
      [holder.id, 'LOSS', 'ORGANIZATION', 'member:list'],
    ]);
    expect(access.items[0]!.via).to.deep.equal([{ role: id, source: 'GRANT' }]);
  });

  it('asks in 100 projects whether the caller may know, withholds what changes in further ones, and says so', async function () {
    this.timeout(120_000);
    await join(tenet, { organizationId }, 'grace@example.com', 'org.manager');
    const found = (number: number) => foundProject(owner, organizationId, `Project ${number}`);
    for (let number = 0; number < 100; number += 20) await Promise.all(Array.from({ length: 20 }, (_, more) => found(number + more)));
    const deleted = () => plan(owner, 'POST', at('/delete'), {});
    expect((await deleted()).summary).to.deep.include({ withheld: 0, partial: false });
    await foundProject(owner, organizationId, 'One more');
    const { summary, items, more } = await deleted();
    // Of oneself one sees everything.
    expect(summary).to.deep.include({ subjects: 2, gains: 0, withheld: 1, partial: true });
    expect(items.length + more).to.equal(summary.losses);
  });
});
