import { expect } from 'chai';
import { newId } from '../../../core/base/ids.ts';
import { eventually } from '../../helpers/eventually.ts';
import { type ApiKey, makeAccount, makeKey, pathIn, send, withKey } from '../../helpers/keys.ts';
import { allowAlso, foundOrganization, join } from '../../helpers/people.ts';
import { rounds } from '../../helpers/rounds.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

describe('Changing API keys', () => {
  let tenet: TestTenet;
  let owner: Caller;
  let organizationId: string;
  const place = () => ({ organizationId });
  const pathOf = (key: ApiKey, rest = '') => pathIn(place(), `/api-keys/${key.id}${rest}`);

  before(async () => {
    tenet = await startTenet();
    owner = await tenet.as('owner@example.com');
    organizationId = await foundOrganization(owner);
  });

  after(() => tenet?.stop());

  const rotate = (key: ApiKey, body: object, caller = owner) =>
    send(caller, 'POST', pathOf(key, '/rotate'), body, { 'if-match': key.etag });
  const reads = async (secret: string) => (await send(tenet.bearing(secret), 'GET', pathIn(place(), ''))).status;

  it('PICA-58, PUL-24 a rotation lets both secrets work for a while, and an overlap of 0 ends the old one at once', async () => {
    const key = await makeKey(owner, place());
    const { status, body } = await rotate(key, { overlapSeconds: 60 });
    const rotated = body as ApiKey & { secret: string };
    expect(status).to.equal(200);
    expect(rotated.id).to.equal(key.id);
    expect(rotated.previousSecret?.prefix).to.equal(key.prefix);
    expect([await reads(key.secret), await reads(rotated.secret)]).to.deep.equal([200, 200]);
    const last = (await rotate(rotated, { overlapSeconds: 0 })).body as ApiKey & { secret: string };
    expect([await reads(key.secret), await reads(rotated.secret), await reads(last.secret)]).to.deep.equal([401, 401, 200]);
    expect(last.previousSecret).to.equal(undefined);
  });

  it('of 50 rotations at once one succeeds, and its secret works (soak)', async () => {
    for (const _ of rounds(2, 100)) {
      const key = await makeKey(owner, place());
      const replies = await Promise.all(Array.from({ length: 50 }, () => rotate(key, {})));
      const won = replies.filter(({ status }) => status === 200);
      expect(won).to.have.length(1);
      expect(new Set(replies.filter(({ status }) => status !== 200).map(({ status }) => status))).to.deep.equal(new Set([412]));
      expect(await reads((won[0]!.body as { secret: string }).secret)).to.equal(200);
      expect((await send(owner, 'POST', pathOf(key, '/rotate'), {})).status).to.equal(428);
    }
  }).timeout(600_000);

  it('a secret of another owner is had only by callers who may give every role that the owner holds', async () => {
    const key = await makeKey(owner, place());
    const manager = await join(tenet, place(), 'manager@example.com', 'org.manager');
    expect((await rotate(key, {}, manager)).status).to.equal(403);
    const own = await makeKey(manager, place());
    expect((await rotate(own, {}, manager)).status).to.equal(200);
    expect((await rotate(await makeKey(manager, place()), {})).status).to.equal(200);
  });

  it('a key of another owner is widened only by callers who may give every role that the owner holds, and narrowed without that', async () => {
    const manager = await join(tenet, place(), 'widening@example.com', 'org.manager');
    const update = async (key: ApiKey, body: object, caller: Caller) =>
      (await send(caller, 'PATCH', pathOf(key), body, { 'if-match': key.etag })).status;
    const wider = { allowedAddresses: ['192.0.2.0/24', '198.51.100.0/24'] };
    await allowAlso(tenet, ['integrations/org.manager', 'org', 'api-key', 'update', 'allow']);
    const theirs = await makeKey(owner, place(), { allowedAddresses: ['192.0.2.0/24', '203.0.113.0/24'] });
    for (const allowedAddresses of [wider.allowedAddresses, []]) expect(await update(theirs, { allowedAddresses }, manager)).to.equal(403);
    expect(await update(theirs, { allowedAddresses: ['192.0.2.0/24'], name: 'Narrow' }, manager)).to.equal(200);
    expect(await update({ ...theirs, etag: '*' }, wider, owner)).to.equal(200);
  });

  it('PICA-67, PUL-45 narrower scopes count from the next request on', async () => {
    const { body } = await send(owner, 'POST', '/v1/organizations', { name: 'Spaces', blueprint: 'ai-spaces' });
    const spaces = { organizationId: (body as { id: string }).id };
    const scopes = ['data-management', 'space-management'];
    const key = await makeKey(owner, spaces, { scopes });
    const caller = withKey(tenet, key);
    const may = async () => (await send(caller, 'POST', pathIn(spaces, '/projects'), { name: `P ${newId('request').slice(-4)}` })).status;
    expect(await may()).to.equal(201);
    // PUL-22: what its owner may do besides is not among its scopes.
    expect((await send(caller, 'GET', pathIn(spaces, '/members'))).status).to.equal(403);
    const change = (changes: object, etag: string, who = owner) =>
      send(who, 'PATCH', pathIn(spaces, `/api-keys/${key.id}`), changes, { 'if-match': etag });
    const narrowed = await change({ scopes: ['data-management'], name: 'Narrow' }, key.etag);
    expect(narrowed.body).to.include({ name: 'Narrow', id: key.id });
    expect(await may()).to.equal(403);
    expect((await change({ scopes }, key.etag)).status).to.equal(412);
    expect((await change({ scopes: ['nothing'] }, '*')).status).to.equal(400);
    const none = withKey(tenet, await makeKey(owner, spaces));
    expect((await send(none, 'GET', pathIn(spaces, '/projects'))).status).to.equal(403);

    const question = { subject: key.id, resource: 'project', action: 'create' };
    const explained = (await send(owner, 'POST', pathIn(spaces, '/decisions/explain'), question)).body as Record<string, unknown>;
    expect(explained).to.include({ decision: false, subject: key.id });
    expect(explained['scopes']).to.deep.equal(['data-management']);
    expect(
      (explained['questions'] as { about: string; decision: boolean }[]).map(({ about, decision }) => [about, decision]),
    ).to.deep.equal([
      ['OWNER', true],
      ['SCOPES', false],
    ]);
  });

  it('S003-32 a key of an AI agent has the fixed scopes of its kind, and a service account for its owner', async () => {
    const { body } = await send(owner, 'POST', '/v1/organizations', { name: 'Apps', blueprint: 'app-workspace' });
    const apps = { organizationId: (body as { id: string }).id };
    const make = (more: object) => send(owner, 'POST', pathIn(apps, '/api-keys'), { name: 'Agent', ...more });
    expect((await make({})).status).to.equal(400);
    expect((await make({ type: 'AI_AGENT' })).status).to.equal(400);
    const ownedBy = { type: 'SERVICE_ACCOUNT', id: await makeAccount(owner, apps, 'org.admin') };
    expect((await make({ type: 'AI_AGENT', owner: ownedBy, scopes: ['agent'] })).status).to.equal(400);
    const made = await make({ type: 'AI_AGENT', owner: ownedBy });
    const key = made.body as ApiKey & { secret: string };
    expect(key.secret).to.match(/^tnta_/);
    expect(key.scopes).to.deep.equal(['agent']);
    // Its owner may list members; an agent may not, whoever owns it.
    expect((await send(withKey(tenet, key), 'GET', pathIn(apps, '/members'))).status).to.equal(403);
  });

  it('S003-29, PICA-58 says when it was used last, how often, and who still uses the secret before', async () => {
    const key = await makeKey(owner, place());
    const rotated = (await rotate(key, {})).body as ApiKey & { secret: string };
    // Uses are written now and then, and when a replica stops.
    const replica = await startTenet({ DATABASE_URL: tenet.databaseUrl });
    for (const secret of [key.secret, rotated.secret, rotated.secret])
      expect((await send(replica.bearing(secret), 'GET', pathIn(place(), ''))).status).to.equal(200);
    await replica.stop();
    const shown = (await send(owner, 'GET', pathOf(key))).body as ApiKey;
    expect(shown.usageCount).to.equal(3);
    expect(Date.parse(shown.lastUsedAt!)).to.be.greaterThan(Date.now() - 60_000);
    expect(shown.previousSecret).to.include({ usageCount: 1, prefix: key.prefix });
    expect(shown.previousSecret!.lastUsedFrom).to.match(/127\.0\.0\.1$/);
    expect(shown.etag).to.equal(rotated.etag);
  });

  it('PICA-66 a key that is found in public is ended by whoever reports it, and nobody learns whether there was one', async () => {
    const key = await makeKey(owner, place());
    const report = (credential: string) => send(tenet.anonymous(), 'POST', '/v1/leaked-credentials', { credential });
    const first = await report(key.secret);
    expect([first.status, first.text]).to.deep.equal([204, '']);
    expect(await reads(key.secret)).to.equal(401);
    expect((await send(owner, 'GET', pathOf(key))).body).to.include({ state: 'REVOKED', revokedBy: 'system:leaked-credentials' });
    for (const credential of [key.secret, `${key.secret}x`, 'nothing']) expect((await report(credential)).status).to.equal(204);
    expect((await rotate(key, {})).status).to.be.oneOf([409, 412]);
  });

  it('a secret that a rotation has replaced ends the key for as long as it opens something, and not afterwards', async () => {
    const key = await makeKey(owner, place());
    const rotated = (await rotate(key, { overlapSeconds: 0 })).body as ApiKey & { secret: string };
    const report = (credential: string) => send(tenet.anonymous(), 'POST', '/v1/leaked-credentials', { credential });
    expect((await report(key.secret)).status).to.equal(204);
    expect(await reads(rotated.secret)).to.equal(200);
    const overlapping = (await rotate(rotated, { overlapSeconds: 60 })).body as ApiKey & { secret: string };
    expect((await report(rotated.secret)).status).to.equal(204);
    expect(await reads(overlapping.secret)).to.equal(401);
  });

  it('the decision API takes a key, and answers about it, about its owner and about service accounts', async () => {
    const key = await makeKey(owner, place());
    const caller = withKey(tenet, key);
    const properties = { organizationId };
    const self = { type: 'api-key', id: key.id };
    const ask = async (who: Caller, subject: object = self, consistency = 'fully_consistent') =>
      send(
        who,
        'POST',
        '/access/v1/evaluation',
        { subject, action: { name: 'list' }, resource: { type: 'member', id: '*', properties } },
        { 'tenet-consistency': consistency },
      );
    expect((await ask(caller)).body).to.include({ decision: true });
    expect((await ask(owner, { type: 'api-key', id: key.id })).body).to.include({ decision: true });
    const account = await makeAccount(owner, place());
    expect((await ask(owner, { type: 'service-account', id: account })).body).to.include({ decision: false });
    expect((await ask(owner, { type: 'api-key', id: newId('apiKey') })).body).to.include({ decision: false });
    expect((await ask(caller, undefined, 'minimize_latency')).body).to.include({ decision: true });
    await send(owner, 'POST', pathOf(key, '/revoke'));
    expect((await ask(caller)).status).to.equal(401);
    await eventually(async () => expect((await ask(caller, undefined, 'minimize_latency')).status).to.equal(401));
    expect((await ask(owner, { type: 'api-key', id: key.id })).body).to.include({ decision: false });
  });
});
