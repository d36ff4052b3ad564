import { expect } from 'chai';
import { newId, toUuid } from '../../../core/base/ids.ts';
import { openDatabase } from '../../../core/database/database.ts';
import { liftMfaRequirement } from '../../../core/organizations/mfa-requirement.ts';
import { startIdentityProvider } from '../../helpers/identity-provider.ts';
import { auditTrail, foundOrganization, foundProject, inDatabase, join } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

type Consistency = 'fully_consistent' | 'minimize_latency';

describe('the second factor that an organization requires', () => {
  let tenet: TestTenet;
  /** The same person, signed in without a second factor and with one. */
  let ada: Caller;
  let strong: Caller;

  before(async () => {
    tenet = await startTenet();
    ada = await tenet.as('ada@example.com');
    strong = await tenet.as('ada@example.com', { amr: ['pwd', 'otp'] });
  });
  after(() => tenet?.stop());

  const found = (blueprint = 'teams') => foundOrganization(ada, 'Acme', blueprint);
  const at = (organizationId: string) => ({ params: { path: { organizationId } } });
  const read = async (by: Caller, organizationId: string) =>
    (await by.client.GET('/v1/organizations/{organizationId}/mfa-requirement', at(organizationId))).data!;

  async function replace(by: Caller, organizationId: string, requirement: 'OPTIONAL' | 'REQUIRED') {
    const etag = (
      await tenet.database.read('platform', (db) =>
        db('organizations')
          .where({ id: toUuid('organization', organizationId) })
          .first('mfa_version'),
      )
    ).mfa_version;
    return by.client.PUT('/v1/organizations/{organizationId}/mfa-requirement', {
      params: { path: { organizationId }, header: { 'If-Match': `"${etag}"` } },
      body: { requirement },
    });
  }

  /** So many days later. */
  async function pass(organizationId: string, days: number): Promise<void> {
    const earlier = `- interval '${days} days'`;
    await inDatabase(tenet, organizationId, `update mfa_requirements set began_at = began_at ${earlier}, ended_at = ended_at ${earlier}`);
    await inDatabase(tenet, organizationId, `update members set first_joined_at = first_joined_at ${earlier}`);
  }

  const get = (by: Caller, organizationId: string) => by.client.GET('/v1/organizations/{organizationId}', at(organizationId));
  const status = async (by: Caller, organizationId: string) => (await get(by, organizationId)).response.status;

  const listed = async (by: Caller) =>
    (await by.client.GET('/v1/organizations', { params: { query: { pageSize: 200 } } })).data!.items.map(({ id }) => id);

  async function may(by: Caller, organizationId: string, consistency: Consistency, subject?: string): Promise<boolean> {
    const response = await by.raw('/access/v1/evaluation', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'tenet-consistency': consistency },
      body: JSON.stringify({
        subject: { type: 'user', id: subject ?? (await by.userId()) },
        action: { name: 'read' },
        resource: { type: 'organization', id: '*', properties: { organizationId } },
      }),
    });
    expect(response.status).to.equal(200);
    return ((await response.json()) as { decision: boolean }).decision;
  }

  it('S001-06 is enforced for everybody once it is required: a sign-in without one is challenged, one with it goes through', async () => {
    const organizationId = await found();
    const bob = await join(tenet, { organizationId }, 'bob@example.com', 'org.default');
    const strongBob = await tenet.as('bob@example.com', { amr: ['mfa'] });
    expect(await read(ada, organizationId)).to.include({ requirement: 'OPTIONAL', graceDays: 14 });
    const { data } = await replace(strong, organizationId, 'REQUIRED');
    expect(data).to.deep.include({ requirement: 'REQUIRED', choices: ['OPTIONAL', 'REQUIRED'], graceDays: 14 });
    expect(data!.since).to.be.a('string');
    await pass(organizationId, 15);
    for (const weak of [ada, bob]) {
      const { error, response } = await get(weak, organizationId);
      expect(response.status).to.equal(401);
      expect(error).to.include({ code: 'mfa-required' });
      expect(response.headers.get('www-authenticate')).to.contain('error="insufficient_user_authentication"');
      expect(await listed(weak)).to.not.include(organizationId);
    }
    expect(await listed(strong)).to.include(organizationId);
    expect([await status(strong, organizationId), await status(strongBob, organizationId)]).to.deep.equal([200, 200]);
    expect(await auditTrail(strong, organizationId, 'mfa.update')).to.have.length(1);
    expect((await replace(strong, organizationId, 'OPTIONAL')).data).to.include({ requirement: 'OPTIONAL' });
    expect(await status(bob, organizationId)).to.equal(200);
  });

  it('begins no new grace for a person who had a role in a project before they became a member', async () => {
    const organizationId = await found();
    const projectId = await foundProject(strong, organizationId);
    const eve = await tenet.as('eve@example.com');
    await replace(strong, organizationId, 'REQUIRED');
    const grant = `insert into grants (org_id, id, project_id, user_id, role, source, granted_by) values (?, ?, ?, ?, 'project.member', 'DIRECT', 'test')`;
    const ids = [
      toUuid('organization', organizationId),
      toUuid('grant', newId('grant')),
      toUuid('project', projectId),
      toUuid('user', await eve.userId()),
    ];
    await inDatabase(tenet, organizationId, grant, ids);
    await pass(organizationId, 15);
    await inDatabase(tenet, organizationId, "update grants set created_at = created_at - interval '15 days'");
    await join(tenet, { organizationId }, 'eve@example.com', 'org.default');
    const frank = await join(tenet, { organizationId }, 'frank@example.com', 'org.default');
    expect([await status(eve, organizationId), await status(frank, organizationId)]).to.deep.equal([401, 200]);
  });

  it('S001-07 begins with a grace for each member, from the requirement or from when they join, and removes nobody', async () => {
    const organizationId = await found();
    const bob = await join(tenet, { organizationId }, 'bob@example.com', 'org.default');
    await replace(strong, organizationId, 'REQUIRED');
    await pass(organizationId, 13);
    const carol = await join(tenet, { organizationId }, 'carol@example.com', 'org.default');
    expect([await status(bob, organizationId), await status(carol, organizationId)]).to.deep.equal([200, 200]);
    await pass(organizationId, 2);
    expect([await status(bob, organizationId), await status(carol, organizationId)]).to.deep.equal([401, 200]);
    await pass(organizationId, 12);
    expect(await status(carol, organizationId)).to.equal(401);
    // Both are members still, and in their own account nothing has changed.
    const { data } = await bob.client.GET('/v1/me/organizations');
    const mine = data!.items.find(({ id }) => id === organizationId)!;
    expect([mine.memberState, mine.capabilities]).to.deep.equal(['ACTIVE', { member: ['leave'] }]);
    expect((await bob.client.GET('/v1/me')).response.status).to.equal(200);
  });

  it('S001-07 renews no grace when it is switched off and on, nor for a member who comes back', async () => {
    const organizationId = await found();
    const bob = await join(tenet, { organizationId }, 'bob@example.com', 'org.default');
    await replace(strong, organizationId, 'REQUIRED');
    await pass(organizationId, 15);
    await replace(strong, organizationId, 'OPTIONAL');
    // Who joins while it is off has a grace when it is on again.
    const carol = await join(tenet, { organizationId }, 'carol@example.com', 'org.default');
    await replace(strong, organizationId, 'REQUIRED');
    expect([await status(bob, organizationId), await status(carol, organizationId)]).to.deep.equal([401, 200]);
    await strong.client.POST('/v1/organizations/{organizationId}/members/{userId}/remove', {
      params: { path: { organizationId, userId: bob.id } },
      body: {},
    });
    await join(tenet, { organizationId }, 'bob@example.com', 'org.default');
    expect(await status(bob, organizationId)).to.equal(401);
  });

  it('lets a member without one leave, and do nothing else', async () => {
    const organizationId = await found();
    const bob = await join(tenet, { organizationId }, 'bob@example.com', 'org.admin');
    await replace(strong, organizationId, 'REQUIRED');
    await pass(organizationId, 15);
    for (const path of ['members', 'projects', 'mfa-requirement', 'mfa-coverage', 'audit-events', 'capabilities'])
      expect((await bob.raw(`/v1/organizations/${organizationId}/${path}`)).status, path).to.equal(401);
    expect((await replace(bob, organizationId, 'OPTIONAL')).response.status).to.equal(401);
    const left = await bob.client.POST('/v1/organizations/{organizationId}/leave', { ...at(organizationId), body: {} });
    expect(left.response.status).to.equal(204);
    expect(await status(bob, organizationId)).to.equal(404);
  });

  it('tells outsiders nothing', async () => {
    const organizationId = await found();
    await replace(strong, organizationId, 'REQUIRED');
    await pass(organizationId, 15);
    const eve = await tenet.as('eve@example.com');
    expect(await status(eve, organizationId)).to.equal(404);
  });

  describe('an admin who switches it on without one', () => {
    it('is covered by their grace, and by then another who has one can switch it off', async () => {
      const organizationId = await found();
      expect((await replace(ada, organizationId, 'REQUIRED')).response.status).to.equal(200);
      expect(await status(ada, organizationId)).to.equal(200);
      await pass(organizationId, 15);
      expect((await replace(ada, organizationId, 'OPTIONAL')).response.status).to.equal(401);
      expect((await replace(strong, organizationId, 'OPTIONAL')).response.status).to.equal(200);
    });

    it('is helped by an operator when nobody is left who can', async () => {
      const organizationId = await found();
      await replace(strong, organizationId, 'REQUIRED');
      await pass(organizationId, 15);
      expect(await status(ada, organizationId)).to.equal(401);
      const owned = openDatabase(tenet.databaseUrl, { size: 1, onError: () => undefined, role: 'owner' });
      try {
        await liftMfaRequirement(owned, { organizationId, reason: 'the provider is gone' });
        const again = await liftMfaRequirement(owned, { organizationId, reason: 'the provider is gone' }).catch((error: Error) => error);
        expect(String(again)).to.contain('requires no second factor');
      } finally {
        await owned.close();
      }
      expect(await read(ada, organizationId)).to.include({ requirement: 'OPTIONAL' });
      expect(await auditTrail(ada, organizationId, 'mfa.update')).to.have.length(2);
    });

    it('is challenged when their grace is over, and nothing is changed', async () => {
      const organizationId = await found();
      await replace(strong, organizationId, 'REQUIRED');
      await pass(organizationId, 15);
      await replace(strong, organizationId, 'OPTIONAL');
      const { error, response } = await replace(ada, organizationId, 'REQUIRED');
      expect([response.status, error!.code]).to.deep.equal([401, 'mfa-required']);
      expect(await read(ada, organizationId)).to.include({ requirement: 'OPTIONAL' });
      expect((await replace(strong, organizationId, 'REQUIRED')).response.status).to.equal(200);
    });
  });

  it('is not offered by a kind of organization without the switch', async () => {
    const organizationId = await found('integrations');
    expect(await read(strong, organizationId)).to.deep.include({ requirement: 'OPTIONAL', choices: ['OPTIONAL'] });
    const { error, response } = await replace(strong, organizationId, 'REQUIRED');
    expect(response.status).to.equal(400);
    expect(error!.errors![0]).to.include({ pointer: '#/requirement' });
  });

  it('never serves the role set of a sign-in with one to a sign-in without one, nor the reverse', async () => {
    const organizationId = await found();
    await replace(strong, organizationId, 'REQUIRED');
    await pass(organizationId, 15);
    for (const consistency of ['fully_consistent', 'minimize_latency'] as const) {
      // Each is asked first once, so that the other one would find what it left.
      for (const order of [
        [strong, ada, strong, ada],
        [ada, strong, ada, strong],
      ]) {
        const answers = [];
        for (const by of order) answers.push(await may(by, organizationId, consistency));
        expect(answers).to.deep.equal(order.map((by) => by === strong));
      }
    }
    // The first one that is asked after a change.
    await replace(strong, organizationId, 'OPTIONAL');
    await replace(strong, organizationId, 'REQUIRED');
    expect([await may(ada, organizationId, 'minimize_latency'), await may(strong, organizationId, 'minimize_latency')]).to.deep.equal([
      false,
      true,
    ]);
  });

  it('of a person about whom somebody else asks has been shown once, or not, since there is no token of theirs', async () => {
    const organizationId = await found();
    const bob = await join(tenet, { organizationId }, 'bob@example.com', 'org.default');
    const userId = await strong.userId();
    await replace(strong, organizationId, 'REQUIRED');
    await pass(organizationId, 15);
    await tenet.activity.flush();
    for (const consistency of ['fully_consistent', 'minimize_latency'] as const) {
      const asked = [await may(strong, organizationId, consistency, bob.id), await may(strong, organizationId, consistency, userId)];
      expect(asked, consistency).to.deep.equal([false, true]);
    }
  });

  it('is for a key of a person what its owner has ever shown', async () => {
    const organizationId = await found();
    const bob = await join(tenet, { organizationId }, 'bob@example.com', 'org.admin');
    const created = await bob.client.POST('/v1/organizations/{organizationId}/api-keys', {
      ...at(organizationId),
      body: { name: 'Program', type: 'STANDARD' },
    });
    const key = tenet.bearing(created.data!.secret!);
    await replace(strong, organizationId, 'REQUIRED');
    expect(await status(key, organizationId)).to.equal(200);
    await pass(organizationId, 15);
    expect(await status(key, organizationId)).to.equal(401);
    const strongBob = await tenet.as('bob@example.com', { amr: ['hwk'] });
    expect(await status(strongBob, organizationId)).to.equal(200);
    await tenet.activity.flush();
    expect(await status(key, organizationId)).to.equal(200);
  });

  it('is asked of people from outside too, who have the grace of the organization', async () => {
    const organizationId = await found();
    const projectId = await foundProject(ada, organizationId);
    const eve = await tenet.as('eve@example.com');
    const granted = await ada.client.POST('/v1/organizations/{organizationId}/projects/{projectId}/grants', {
      params: { path: { organizationId, projectId } },
      body: { subject: { type: 'USER', id: await eve.userId() }, role: 'project.read' },
    });
    expect(granted.response.status).to.equal(201);
    const project = async (by: Caller) =>
      (await by.client.GET('/v1/organizations/{organizationId}/projects/{projectId}', { params: { path: { organizationId, projectId } } }))
        .response.status;
    await replace(strong, organizationId, 'REQUIRED');
    expect(await project(eve)).to.equal(200);
    await pass(organizationId, 15);
    expect(await project(eve)).to.equal(401);
    expect(await project(await tenet.as('eve@example.com', { amr: ['fpt'] }))).to.equal(200);
  });

  it('shows who is covered, who has grace and who lacks it, in pages', async () => {
    const organizationId = await found();
    const bob = await join(tenet, { organizationId }, 'bob@example.com', 'org.default');
    await replace(strong, organizationId, 'REQUIRED');
    await pass(organizationId, 15);
    const carol = await join(tenet, { organizationId }, 'carol@example.com', 'org.default');
    await tenet.activity.flush();
    const coverage = async (query: { state?: 'COVERED' | 'IN_GRACE' | 'MISSING'; pageSize?: number; pageToken?: string } = {}) =>
      (await strong.client.GET('/v1/organizations/{organizationId}/mfa-coverage', { params: { path: { organizationId }, query } })).data!;
    const states = Object.fromEntries((await coverage()).items.map(({ userId, state }) => [userId, state]));
    expect(states).to.deep.equal({ [await ada.userId()]: 'COVERED', [bob.id]: 'MISSING', [carol.id]: 'IN_GRACE' });
    const [covered] = (await coverage({ state: 'COVERED' })).items;
    expect(covered!.secondFactorAt).to.be.a('string');
    const [missing] = (await coverage({ state: 'MISSING' })).items;
    expect(Date.parse(missing!.graceUntil!)).to.be.below(Date.now());
    const first = await coverage({ pageSize: 2 });
    const second = await coverage({ pageSize: 2, pageToken: first.nextPageToken! });
    expect([...first.items, ...second.items].map(({ userId }) => userId)).to.have.members(Object.keys(states));
    expect(second.nextPageToken).to.equal(undefined);
  });

  describe('of tokens of a real provider', () => {
    let provider: Awaited<ReturnType<typeof startIdentityProvider>>;
    let own: TestTenet;

    before(async () => {
      provider = await startIdentityProvider();
      const secondFactor = { amr: ['hwk'], acr: ['urn:example:loa:2', 'urn:example:loa:3'], maxAge: 600 };
      own = await startTenet({ TENET_ISSUERS: JSON.stringify([{ issuer: provider.issuer, audience: provider.audience, secondFactor }]) });
    });
    after(async () => {
      await own?.stop();
      await provider?.stop();
    });

    it('is what the configuration of the provider says, and young enough; the challenge says what to ask for', async () => {
      const now = Math.floor(Date.now() / 1000);
      const person = { subject: 'ada', email: 'ada@example.com' };
      const signedIn = async (how: { acr?: string; amr?: string[]; authTime?: number }) =>
        own.bearing(await provider.token({ ...person, ...how }));
      const fresh = await signedIn({ acr: 'urn:example:loa:2', authTime: now });
      await fresh.userId();
      await own.database.write('platform', (db) => db('users').update({ entitlements: ['organizations'] }));
      const organizationId = await foundOrganization(fresh, 'Acme', 'teams');
      const { data } = await fresh.client.GET('/v1/organizations/{organizationId}/mfa-requirement', at(organizationId));
      const on = await fresh.client.PUT('/v1/organizations/{organizationId}/mfa-requirement', {
        params: { path: { organizationId }, header: { 'If-Match': data!.etag } },
        body: { requirement: 'REQUIRED' },
      });
      expect(on.response.status).to.equal(200);
      await inDatabase(own, organizationId, "update mfa_requirements set began_at = began_at - interval '15 days'");
      await inDatabase(own, organizationId, "update members set first_joined_at = first_joined_at - interval '15 days'");
      const expected: [object, number][] = [
        [{ acr: 'urn:example:loa:2', authTime: now }, 200],
        [{ acr: 'urn:example:loa:3', amr: ['pwd'], authTime: now - 500 }, 200],
        [{ acr: 'urn:example:loa:1', amr: ['hwk'], authTime: now }, 200],
        [{ acr: 'urn:example:loa:2', authTime: now - 700 }, 401],
        [{ acr: 'urn:example:loa:2' }, 401],
        [{ acr: 'urn:example:loa:1', authTime: now }, 401],
        [{ amr: ['otp'], authTime: now }, 401],
        [{}, 401],
      ];
      for (const [how, answer] of expected) expect(await status(await signedIn(how), organizationId), JSON.stringify(how)).to.equal(answer);
      const { response } = await get(await signedIn({}), organizationId);
      expect(response.headers.get('www-authenticate')).to.equal(
        'Bearer realm="tenet", error="insufficient_user_authentication", error_description="A second factor is required", acr_values="urn:example:loa:2 urn:example:loa:3", max_age="600"',
      );
    });
  });
});
