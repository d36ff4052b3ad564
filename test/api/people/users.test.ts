import { expect } from 'chai';
import { eventually } from '../../helpers/eventually.ts';
import { foundOrganization, givePlatformRoles, join, type Person, signIn } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

describe('users, by operators', function () {
  this.timeout(30_000);
  let a: TestTenet;
  /** Two more replicas: the same database, and the same issuer. */
  let replicas: TestTenet[];
  let operator: Person;
  let auditor: Person;
  let organizationId: string;
  let people = 0;

  before(async () => {
    a = await startTenet();
    const more = () => startTenet({ DATABASE_URL: a.databaseUrl, TENET_DATA_DIR: a.dataDir });
    replicas = [a, await more(), await more()];
    operator = await holding('platform/operator');
    auditor = await holding('platform/auditor');
    organizationId = await foundOrganization(await a.as('owner@example.com'));
  });
  after(async () => {
    for (const tenet of (replicas ?? [a]).reverse()) await tenet?.stop();
  });

  const person = () => signIn(a, `person-${++people}@example.com`);
  async function holding(...roles: string[]): Promise<Person> {
    const email = `operator-${++people}@example.com`;
    await givePlatformRoles(a, email, ...roles);
    return signIn(a, email);
  }
  const of = (userId: string) => ({ params: { path: { userId } } });
  const read = (userId: string, by: Caller = operator) => by.client.GET('/v1/users/{userId}', of(userId));
  const list = (query: { q?: string; state?: 'ACTIVE' | 'SUSPENDED'; pageSize?: number; pageToken?: string }, by: Caller = operator) =>
    by.client.GET('/v1/users', { params: { query } });
  const suspend = (userId: string, by: Caller = operator, reason = 'The laptop was stolen.') =>
    by.client.POST('/v1/users/{userId}/suspend', { ...of(userId), body: { reason } });
  const resume = (userId: string, by: Caller = operator) => by.client.POST('/v1/users/{userId}/resume', of(userId));
  const signOut = (userId: string, by: Caller = operator) => by.client.POST('/v1/users/{userId}/sign-out', of(userId));
  const onAll = (token: string, path: string) =>
    Promise.all(
      replicas.map(async (tenet) => {
        const response = await tenet.bearing(token).raw(path);
        return [response.status, ((await response.json()) as { code?: string }).code];
      }),
    );
  const everywhere = <T>(one: T) => replicas.map(() => one);
  const decide = async (tenet: TestTenet, token: string, consistency: string, id: string) => {
    const response = await tenet.bearing(token).raw('/access/v1/evaluation', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'tenet-consistency': consistency },
      body: JSON.stringify({
        subject: { type: 'user', id },
        action: { name: 'read' },
        resource: { type: 'organization', id: '*', properties: { organizationId } },
      }),
    });
    return [response.status, ((await response.json()) as { decision?: boolean }).decision];
  };
  const events = async (target: string) => {
    const { data } = await auditor.client.GET('/v1/audit-events', { params: { query: { target } } });
    return data!.items.map(({ action, actor, before, after }) => ({ action, actor, before, after }));
  };

  it('are listed in pages, found by the beginning of a name or an address, and by state', async () => {
    const found = await person();
    await found.client.PATCH('/v1/me', { body: { displayName: 'Zenobia Nought' } });
    for (const q of ['zeno', `person-${people}@EX`]) {
      const { data } = await list({ q });
      expect(data!.items.map(({ id }) => id)).to.deep.equal([found.id]);
    }
    expect((await list({ q: 'nought' })).data!.items).to.deep.equal([]);
    expect((await list({ q: '%' })).data!.items).to.deep.equal([]);
    await suspend(found.id);
    expect((await list({ q: 'zeno', state: 'ACTIVE' })).data!.items).to.deep.equal([]);
    expect((await list({ state: 'SUSPENDED' })).data!.items.map(({ id }) => id)).to.include(found.id);

    const all: string[] = [];
    let pageToken: string | undefined;
    do {
      const { data } = await list({ pageSize: 2, ...(pageToken !== undefined && { pageToken }) });
      all.push(...data!.items.map(({ id }) => id));
      pageToken = data!.nextPageToken;
    } while (pageToken !== undefined);
    expect(new Set(all).size).to.equal(all.length);
    expect(all).to.include.members([operator.id, auditor.id, found.id]);
  });

  it('show what an operator needs to know, and have an ETag that changes with all of it', async () => {
    const { id } = await person();
    const tags = new Set<string>();
    const tag = async () => tags.add((await read(id)).response.headers.get('etag')!);
    const { data } = await read(id);
    expect(data).to.deep.include({ id, email: `person-${people}@example.com`, state: 'ACTIVE', platformRoles: [] });
    await tag();
    await signOut(id);
    await tag();
    await givePlatformRoles(a, `person-${people}@example.com`, 'platform/auditor');
    await tag();
    await suspend(id);
    await tag();
    expect(tags.size).to.equal(4);
    expect((await read(id)).data).to.deep.include({ state: 'SUSPENDED', platformRoles: ['platform/auditor'] });
    const same = await operator.raw(`/v1/users/${id}`, { headers: { 'if-none-match': [...tags].at(-1)! } });
    expect(same.status).to.equal(304);
  });

  it('who are suspended are refused everything on every replica, with tokens and keys, until they are resumed', async () => {
    const { id, token, client } = await join(a, { organizationId }, `person-${++people}@example.com`, 'org.manager');
    const { data: key } = await client.POST('/v1/organizations/{organizationId}/api-keys', {
      params: { path: { organizationId } },
      body: { name: 'Program', type: 'SECRET' },
    });
    const secret = key!.secret!;
    const organization = `/v1/organizations/${organizationId}`;
    for (const each of [token, secret]) expect(await onAll(each, organization)).to.deep.equal(everywhere([200, undefined]));
    for (const tenet of replicas) expect(await decide(tenet, token, 'minimize_latency', id)).to.deep.equal([200, true]);

    const { data, response } = await suspend(id);
    expect(data).to.deep.include({ id, state: 'SUSPENDED' });
    expect(data!.suspension).to.include({ reason: 'The laptop was stolen.', by: operator.id });
    expect(response.headers.get('etag')).to.equal(data!.etag);
    expect(await onAll(token, '/v1/me')).to.deep.equal(everywhere([403, 'user-suspended']));
    for (const each of [token, secret]) expect(await onAll(each, organization)).to.deep.equal(everywhere([403, 'user-suspended']));
    for (const tenet of replicas) {
      expect(await decide(tenet, token, 'fully_consistent', id)).to.deep.equal([403, undefined]);
      // What a replica has in memory goes with the notification of the change.
      await eventually(async () => expect(await decide(tenet, token, 'minimize_latency', id)).to.deep.equal([403, undefined]));
    }

    expect((await resume(id)).data)
      .to.deep.include({ id, state: 'ACTIVE' })
      .and.to.not.have.property('suspension');
    for (const each of [token, secret]) expect(await onAll(each, organization)).to.deep.equal(everywhere([200, undefined]));
    for (const tenet of replicas)
      await eventually(async () => expect(await decide(tenet, token, 'minimize_latency', id)).to.deep.equal([200, true]));
  });

  it('are suspended and resumed with the reason in the audit log of the platform; the same again is no event', async () => {
    const { id } = await person();
    for (const reason of ['Unclear.', 'Unclear.', 'Fraud.']) expect((await suspend(id, operator, reason)).response.status).to.equal(200);
    for (let again = 0; again < 2; again++) expect((await resume(id)).response.status).to.equal(200);
    const [first, second, third, ...rest] = await events(id);
    expect(rest).to.deep.equal([]);
    expect([first!.action, second!.action, third!.action]).to.have.members(['user.suspend', 'user.suspend', 'user.resume']);
    const suspensions = [first, second, third].filter((event) => event!.action === 'user.suspend').map((event) => event!.after);
    expect(JSON.stringify(suspensions)).to.contain('Unclear.').and.to.contain('Fraud.');
    for (const event of [first, second, third]) expect(event!.actor).to.equal(operator.id);
  });

  it('are signed out of everything on every replica, and what they sign in with next counts', async () => {
    const { id, token, email } = await person();
    expect(await onAll(token, '/v1/me')).to.deep.equal(everywhere([200, undefined]));
    const { data } = await signOut(id);
    expect(data).to.have.all.keys('userId', 'tokensFrom');
    expect((await onAll(token, '/v1/me')).map(([status]) => status)).to.deep.equal(everywhere(401));
    expect((await onAll((await a.as(email)).token, '/v1/me')).map(([status]) => status)).to.deep.equal(everywhere(200));
    expect((await events(id)).map(({ action }) => action)).to.deep.equal(['user.sign-out']);
  });

  it('who hold roles of the platform are touched by those alone who may take these, and resumed by those who may give them', async () => {
    const policyAdmin = await holding('platform/policy-admin');
    const another = await holding('platform/policy-admin');
    for (const ask of [suspend, signOut]) {
      const { error } = await ask(policyAdmin.id, operator);
      expect(error).to.include({ code: 'permission-denied', requiredPermission: 'role:platform/policy-admin:unassign' });
    }
    const both = await holding('platform/operator', 'platform/policy-admin');
    expect((await suspend(policyAdmin.id, both)).response.status).to.equal(200);
    expect((await resume(policyAdmin.id, operator)).error).to.include({ requiredPermission: 'role:platform/policy-admin:assign' });
    expect((await another.client.GET('/v1/policies')).response.status).to.equal(200);
    expect((await policyAdmin.client.GET('/v1/policies')).response.status).to.equal(403);
    expect((await resume(policyAdmin.id, both)).response.status).to.equal(200);
    expect((await policyAdmin.client.GET('/v1/policies')).response.status).to.equal(200);
  });

  it('are for operators; auditors read and change nothing, others learn nothing', async () => {
    const { id } = await person();
    const other = await person();
    expect((await list({}, auditor)).response.status).to.equal(200);
    expect((await read(id, auditor)).response.status).to.equal(200);
    for (const ask of [suspend, resume, signOut]) {
      expect((await ask(id, auditor)).error).to.include({ code: 'permission-denied', requiredPermission: 'user:suspend' });
      expect((await ask(id, other)).response.status).to.equal(403);
    }
    const unknown = 'user_01h455vb4pex5vsknk084sn02q';
    expect((await read(id, other)).error).to.include({ code: 'permission-denied', requiredPermission: 'user:read' });
    expect((await read(unknown, other)).error).to.include({ code: 'permission-denied', requiredPermission: 'user:read' });
    expect((await list({}, other)).response.status).to.equal(403);
    for (const ask of [read, suspend, resume, signOut]) expect((await ask(unknown, operator)).response.status).to.equal(404);
  });
});
