import { expect } from 'chai';
import { makeKey, pathIn, send } from '../helpers/keys.ts';
import { auditTrail, foundOrganization, foundProject, givePlatformRoles, join, type Person, signIn } from '../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../helpers/tenet.ts';

const planType = 'application/vnd.tenet.plan+json';

interface Plan {
  changes: { total: number; items: { action: string; target: string; after?: Record<string, unknown> }[] };
  affected: { total: number; items: Record<string, unknown>[] };
  places: object[];
  mails: { messages: number; recipients: number };
}

/** Sends again what had to wait for too long, as a client does: how long it takes says nothing here. */
async function patiently<T extends { status: number }>(attempt: () => Promise<T>): Promise<T> {
  for (;;) {
    const reply = await attempt();
    if (reply.status !== 503) return reply;
  }
}

describe('a request with validateOnly', () => {
  let tenet: TestTenet;
  let owner: Person;
  let organizationId: string;
  const at = (rest: string) => pathIn({ organizationId }, rest);
  const invite = (query: string, email: string, headers = {}) =>
    send(owner, 'POST', at(`/invitations${query}`), { invitees: [{ email }], roles: ['org.member'] }, headers);

  before(async () => {
    tenet = await startTenet({ TENET_MAILS_PER_ADDRESS: '20' });
    owner = await signIn(tenet, 'owner@example.com');
  });
  after(() => tenet.stop());
  beforeEach(async () => {
    organizationId = await foundOrganization(owner);
  });

  it('answers 200 and a plan of its own type, which an Accept may name or leave out', async () => {
    for (const accept of [planType, 'application/json', '*/*']) {
      const reply = await invite('?validateOnly=true', 'ada@example.com', { accept });
      expect(`${reply.status} ${reply.headers.get('content-type')}`, accept).to.equal(`200 ${planType}`);
      const plan = reply.body as Plan;
      expect(plan.changes.items.map(({ action }) => action)).to.deep.equal(['invitation.create']);
      expect(plan.mails).to.deep.equal({ messages: 1, recipients: 1 });
      expect(plan.affected).to.deep.equal({ total: 0, items: [] });
    }
    expect((await invite('', 'ada@example.com', { accept: planType })).status).to.equal(406);
    expect((await invite('?validateOnly=true', 'ada@example.com', { accept: 'text/html' })).status).to.equal(406);
    expect((await invite('?validateOnly=false', 'ada@example.com')).status).to.equal(201);
  });

  it('is refused where the contract has none, and for what is no truth value', async () => {
    for (const value of ['1', '', 'TRUE', 'true&validateOnly=true']) {
      expect((await invite(`?validateOnly=${value}`, 'ada@example.com')).status, value).to.equal(400);
    }
    expect((await send(owner, 'GET', at('/members?validateOnly=true'))).status).to.equal(400);
    expect((await send(owner, 'POST', '/v1/leaked-credentials?validateOnly=true', { credential: 'x'.repeat(60) })).status).to.equal(400);
  });

  it('says what two requests at once would meet: nothing of one is in the way of the other', async () => {
    const trail = await auditTrail(owner, organizationId);
    const replies = await Promise.all(Array.from({ length: 50 }, () => patiently(() => invite('?validateOnly=true', 'ada@example.com'))));
    expect(new Set(replies.map(({ status }) => status))).to.deep.equal(new Set([200]));
    expect(await auditTrail(owner, organizationId)).to.deep.equal(trail);
    // Its budget of mails, of which 50 would be too many, is whole.
    expect((await invite('', 'ada@example.com')).status).to.equal(201);
    const [planned, done] = [await invite('?validateOnly=true', 'ada@example.com'), await invite('', 'ada@example.com')];
    const { code, detail } = done.body as Record<string, string>;
    expect([planned.status, done.status]).to.deep.equal([409, 409]);
    expect(planned.body).to.include({ code, detail });
  });

  it('waits for the changes of the organization and they for it, so that 25 of each are all right', async () => {
    const body = (n: number) => ({ name: `Project ${n}`, slug: `project-${n}` });
    const replies = await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        patiently(() => send(owner, 'POST', at(n % 2 ? '/projects' : '/projects?validateOnly=true'), body(n))),
      ),
    );
    expect(replies.map(({ status }) => status)).to.deep.equal(replies.map((_, n) => (n % 2 ? 201 : 200)));
    const { body: list } = await send(owner, 'GET', at('/projects?pageSize=200'));
    expect((list as { items: object[] }).items).to.have.length(25);
  });

  it('neither uses up an Idempotency-Key nor is answered by what one has kept', async () => {
    const headers = { 'idempotency-key': 'one' };
    expect((await invite('?validateOnly=true', 'ada@example.com', headers)).status).to.equal(200);
    expect((await invite('', 'ada@example.com', headers)).status).to.equal(201);
    const after = await invite('?validateOnly=true', 'grace@example.com', headers);
    expect([after.status, after.headers.get('idempotent-replayed')]).to.deep.equal([200, null]);
  });

  it('holds to If-Match', async () => {
    const rename = (etag: string) => send(owner, 'PATCH', at('?validateOnly=true'), { name: 'Acme 2' }, { 'if-match': etag });
    expect((await rename('"7"')).status).to.equal(412);
    expect((await rename('"1"')).status).to.equal(200);
  });

  it('is recorded where it is denied, as the change would be', async () => {
    const manager = await join(tenet, { organizationId }, 'manager@example.com', 'org.manager');
    const denied = await send(manager, 'POST', at(`/members/${owner.id}/remove?validateOnly=true`), {});
    expect([denied.status, (denied.body as { requiredPermission: string }).requiredPermission]).to.deep.equal([403, 'member:remove']);
    expect((await auditTrail(owner, organizationId)).at(-1)).to.deep.include({ action: 'member.remove', outcome: 'DENIED' });
  });

  it('never shows a secret', async () => {
    const { text } = await send(owner, 'POST', at('/api-keys?validateOnly=true'), { name: 'Program' });
    const { secret } = await makeKey(owner, { organizationId });
    const form = new RegExp(`${secret.slice(0, 5)}[A-Za-z0-9_-]{${secret.length - 5}}`);
    expect(secret).to.match(form);
    expect(text).not.to.match(form).and.not.to.include('secret":');
  });

  it('names people only to those who may read them', async () => {
    const grace = await join(tenet, { organizationId }, 'grace@example.com', 'org.member');
    const projectId = await foundProject(owner, organizationId);
    const lead = await join(tenet, { organizationId, projectId }, 'lead@example.com', 'project.admin');
    const path = pathIn({ organizationId, projectId }, '/grants?validateOnly=true');
    const body = { subject: { type: 'USER', id: grace.id }, role: 'project.member' };
    const gained = { rolesGained: [{ role: 'project.member', projectId }], rolesLost: [] };
    const plan = async (caller: Caller) => (await send(caller, 'POST', path, body)).body as Plan;
    expect((await plan(owner)).affected.items[0]).to.deep.include({ email: 'grace@example.com', ...gained });
    const [shown] = (await plan(lead)).affected.items;
    expect(shown).to.deep.include({ subject: { type: 'USER', id: grace.id }, ...gained });
    expect(shown).not.to.have.any.keys('email', 'displayName');
  });

  it('says which places close, and counts those inside for callers who may list them', async () => {
    await join(tenet, { organizationId }, 'grace@example.com', 'org.member');
    await givePlatformRoles(tenet, 'operator@example.com', 'platform/operator');
    const operator = await tenet.as('operator@example.com');
    const body = { reason: 'Unpaid.' };
    const suspended = (await send(operator, 'POST', at('/suspend?validateOnly=true'), body)).body as Plan;
    expect(suspended.places).to.deep.equal([{ organizationId }]);
    expect(suspended.affected).to.deep.equal({ total: 0, items: [] });
    const { status, body: deleted } = await send(owner, 'POST', at('/delete?validateOnly=true'), { confirmation: 'Acme' });
    expect(status).to.equal(200);
    expect((deleted as Plan).places).to.deep.equal([{ organizationId, people: 2, serviceAccounts: 0 }]);
    expect((await send(owner, 'GET', at(''))).status).to.equal(200);
  });

  it('says who would own the organization, and who no more', async () => {
    const grace = await join(tenet, { organizationId }, 'grace@example.com', 'org.admin');
    const { body } = await send(owner, 'POST', at('/ownership-transfers'), { recipientId: grace.id });
    const reply = await send(grace, 'POST', at(`/ownership-transfers/${(body as { id: string }).id}/accept?validateOnly=true`));
    const owns = [{ role: 'org.owner' }];
    const of = ({ subject, rolesGained, rolesLost }: Record<string, unknown>) => [(subject as { id: string }).id, rolesGained, rolesLost];
    expect((reply.body as Plan).affected.items.map(of)).to.have.deep.members([
      [owner.id, [], owns],
      [grace.id, owns, []],
    ]);
  });

  it('says who gains and loses what by an organization, a key and a service account', async () => {
    const founded = (await send(owner, 'POST', '/v1/organizations?validateOnly=true', { name: 'Another' })).body as Plan;
    expect(founded.affected.items[0]).to.deep.include({
      membership: 'JOINS',
      rolesGained: [{ role: 'org.admin' }, { role: 'org.owner' }],
      rolesLost: [],
    });
    const { id } = (await send(owner, 'POST', at('/service-accounts'), { name: 'Deployment' })).body as { id: string };
    const subject = { type: 'SERVICE_ACCOUNT', id };
    await send(owner, 'POST', at('/grants'), { subject, role: 'org.member' });
    const keyed = (await send(owner, 'POST', at('/api-keys?validateOnly=true'), { name: 'Program', owner: subject })).body as Plan;
    expect(keyed.affected.items).to.deep.equal([
      { organizationId, subject, displayName: 'Deployment', rolesGained: [], rolesLost: [], keysGained: 1, keysLost: 0 },
    ]);
    await makeKey(owner, { organizationId }, { owner: subject });
    const ended = (await send(owner, 'DELETE', at(`/service-accounts/${id}?validateOnly=true`))).body as Plan;
    expect(ended.affected.items).to.deep.equal([
      {
        organizationId,
        subject,
        displayName: 'Deployment',
        rolesGained: [],
        rolesLost: [{ role: 'org.member' }],
        keysGained: 0,
        keysLost: 1,
      },
    ]);
  });

  it('tells a person who accepts what they get', async () => {
    await invite('', 'ada@example.com');
    const ada = await tenet.as('ada@example.com');
    const { items } = (await send(ada, 'GET', '/v1/me/invitations')).body as { items: { id: string }[] };
    const reply = await send(ada, 'POST', `/v1/me/invitations/${items.at(-1)!.id}/accept?validateOnly=true`);
    expect((reply.body as Plan).affected.items).to.deep.equal([
      {
        organizationId,
        subject: { type: 'USER', id: await ada.userId() },
        email: 'ada@example.com',
        membership: 'JOINS',
        rolesGained: [{ role: 'org.member' }],
        rolesLost: [],
        keysGained: 0,
        keysLost: 0,
      },
    ]);
    expect((await send(ada, 'GET', at(''))).status).to.equal(404);
  });
});
