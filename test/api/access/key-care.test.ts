import { expect } from 'chai';
import { newId, toUuid } from '../../../core/base/ids.ts';
import { type ApiKey, makeAccount, makeKey, pathIn, send, withKey } from '../../helpers/keys.ts';
import { foundOrganization, inDatabase, join } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

describe('The care of API keys', () => {
  let tenet: TestTenet;
  let owner: Caller;
  let organizationId: string;
  const place = () => ({ organizationId });

  before(async () => {
    tenet = await startTenet();
    owner = await tenet.as('owner@example.com');
    organizationId = await foundOrganization(owner, 'Spaces', 'ai-spaces');
  });

  after(() => tenet?.stop());

  const list = async (query: string, caller = owner, where = place()) => {
    const { status, body, text } = await send(caller, 'GET', pathIn(where, `/api-keys?${query}`));
    if (status !== 200) throw new Error(text);
    return body as { items: ApiKey[]; nextPageToken?: string };
  };
  const ids = async (query: string) => (await list(query)).items.map(({ id }) => id);
  const inPast = (key: ApiKey, column: 'created_at' | 'last_used_at', days: number) =>
    inDatabase(tenet, organizationId, `update api_key_secrets set ${column} = now() - ? * interval '1 day' where key_id = ?`, [
      String(days),
      toUuid('apiKey', key.id),
    ]);

  it('PUL-37 keys whose secret is older than 90 days are reported, until they are rotated', async () => {
    const [old, young] = [await makeKey(owner, place()), await makeKey(owner, place())];
    await inPast(old, 'created_at', 90);
    await inPast(young, 'created_at', 89);
    expect(await ids('rotationDue=AGE')).to.deep.equal([old.id]);
    const path = pathIn(place(), `/api-keys/${old.id}`);
    expect((await send(owner, 'GET', path)).body).to.deep.include({ id: old.id, rotationDue: ['AGE'] });
    const rotated = await send(owner, 'POST', `${path}/rotate`, {}, { 'if-match': old.etag });
    expect(rotated.status).to.equal(200);
    expect(rotated.body).not.to.have.property('rotationDue');
    expect(await ids('rotationDue=AGE')).to.deep.equal([]);
  });

  it('PUL-37 keys whose secret a leaver has seen are reported, until another person rotates them', async () => {
    const where = { organizationId: await foundOrganization(owner, 'Integrations') };
    const leavers = async () => (await list('rotationDue=LEAVER', owner, where)).items.map(({ id }) => id);
    const leaver = await join(tenet, where, 'leaver@example.com', 'org.admin');
    const account = await makeAccount(owner, where, 'org.member');
    const shared = await makeKey(leaver, where, { owner: { type: 'SERVICE_ACCOUNT', id: account } });
    const own = await makeKey(leaver, where);
    await makeKey(owner, where, { owner: { type: 'SERVICE_ACCOUNT', id: account } });
    expect(await leavers()).to.deep.equal([]);
    expect((await send(owner, 'POST', pathIn(where, `/members/${leaver.id}/remove`), {})).status).to.be.oneOf([200, 204]);
    // The key of the leaver ended with the membership.
    expect((await send(owner, 'GET', pathIn(where, `/api-keys/${own.id}`))).body).to.include({ state: 'REVOKED' });
    expect(await leavers()).to.deep.equal([shared.id]);
    const rotated = await send(owner, 'POST', pathIn(where, `/api-keys/${shared.id}/rotate`), {}, { 'if-match': shared.etag });
    expect(rotated.status).to.equal(200);
    expect(await leavers()).to.deep.equal([]);
  });

  it('PICA-58 keys are found that were not used for a while, that are old, and in the order of their last use', async () => {
    const keys = [await makeKey(owner, place()), await makeKey(owner, place()), await makeKey(owner, place())] as const;
    const [never, long, lately] = keys;
    await inPast(long, 'last_used_at', 100);
    await inPast(lately, 'last_used_at', 1);
    const made = "update api_keys set created_at = now() - interval '200 days' where id = ?";
    for (const { id } of [long, lately]) await inDatabase(tenet, organizationId, made, [toUuid('apiKey', id)]);
    const among = async (query: string) => (await ids(query)).filter((id) => keys.some((key) => key.id === id));
    expect(await among('unusedFor=P90D')).to.deep.equal([long.id]);
    expect(await among('unusedFor=P101D')).to.deep.equal([]);
    const monthAgo = new Date(Date.now() - 30 * 86_400_000).toISOString();
    expect(await among(`createdBefore=${monthAgo}&type=SCOPED`)).to.deep.equal([long.id, lately.id]);
    expect(await among(`createdBefore=${monthAgo}&type=OTHER`)).to.deep.equal([]);
    expect(await among('orderBy=lastUsedAt')).to.deep.equal([never.id, long.id, lately.id]);
    expect(await among('orderBy=lastUsedAt&order=desc')).to.deep.equal([lately.id, long.id, never.id]);
    expect((await send(owner, 'GET', pathIn(place(), '/api-keys?unusedFor=90'))).status).to.equal(400);
  });

  it('every order is paged without gaps', async () => {
    for (const query of ['orderBy=createdAt&order=desc', 'orderBy=lastUsedAt', 'orderBy=lastUsedAt&order=desc']) {
      const whole = await ids(`${query}&pageSize=200`);
      const paged: string[] = [];
      let token: string | undefined;
      do {
        const page = await list(`${query}&pageSize=2${token ? `&pageToken=${token}` : ''}`);
        paged.push(...page.items.map(({ id }) => id));
        token = page.nextPageToken;
      } while (token);
      expect(paged, query).to.deep.equal(whole);
    }
  });

  it('S003-32 a key of a kind with a longest life ends then, and is not made for longer', async () => {
    const apps = { organizationId: await foundOrganization(owner, 'Apps', 'app-workspace') };
    const account = await makeAccount(owner, apps, 'org.admin');
    const make = (expiresAt?: Date) =>
      send(owner, 'POST', pathIn(apps, '/api-keys'), {
        ...{ name: 'Agent', type: 'AI_AGENT', owner: { type: 'SERVICE_ACCOUNT', id: account } },
        ...(expiresAt && { expiresAt: expiresAt.toISOString() }),
      });
    const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);
    const { expiresAt } = (await make()).body as ApiKey;
    expect(Date.parse(expiresAt!)).to.be.within(inDays(89.9).getTime(), inDays(90).getTime());
    expect((await make(inDays(30))).status).to.equal(201);
    const refused = await make(inDays(91));
    expect(refused.status).to.equal(400);
    expect((refused.body as { errors: { pointer: string }[] }).errors[0]!.pointer).to.equal('#/expiresAt');
    expect(await makeKey(owner, apps, { type: 'STANDARD' })).not.to.have.property('expiresAt');
  });

  describe('from where they may be used', () => {
    let proxied: TestTenet;

    before(async () => {
      proxied = await startTenet({ DATABASE_URL: tenet.databaseUrl, TENET_TRUSTED_PROXIES: '127.0.0.0/8, ::1' });
    });

    after(() => proxied?.stop());

    const scopes = ['space-management'];
    const look = (server: TestTenet, key: ApiKey, from?: string) =>
      send(withKey(server, key), 'GET', pathIn(place(), '/projects'), undefined, from === undefined ? {} : { 'x-forwarded-for': from });
    const statusFrom = async (key: ApiKey, from: string) => (await look(proxied, key, from)).status;
    const change = (key: ApiKey, body: object, caller = owner) => send(caller, 'PATCH', pathIn(place(), `/api-keys/${key.id}`), body);

    it('a key works from its networks alone, as the trusted proxy says', async () => {
      const key = await makeKey(owner, place(), { scopes, allowedAddresses: ['203.0.113.7/24', '2001:db8::/32', '203.0.113.0/24'] });
      expect(key.allowedAddresses).to.deep.equal(['203.0.113.0/24', '2001:db8::/32']);
      expect(await statusFrom(key, '203.0.113.200')).to.equal(200);
      expect(await statusFrom(key, '2001:db8:1::5')).to.equal(200);
      expect(await statusFrom(key, '::ffff:203.0.113.9')).to.equal(200);
      expect(await statusFrom(key, '203.0.114.1')).to.equal(401);
      // What the caller wrote stands before what the proxy added.
      expect(await statusFrom(key, '203.0.113.7, 198.51.100.1')).to.equal(401);
      expect(await statusFrom(key, '198.51.100.1, 203.0.113.7, 127.0.0.9')).to.equal(200);
      for (const text of ['', 'unknown', '203.0.113.7:80', 'x, 203.0.113.7, y']) expect(await statusFrom(key, text), text).to.equal(401);
      const asked = await send(
        withKey(proxied, key),
        'POST',
        '/access/v1/evaluation',
        { subject: { type: 'api-key', id: key.id }, action: { name: 'list' }, resource: { type: 'project', id: '*', properties: place() } },
        { 'x-forwarded-for': '198.51.100.1', 'tenet-consistency': 'minimize_latency' },
      );
      expect(asked.status).to.equal(401);
    });

    it('without a trusted proxy no header says from where a request comes', async () => {
      const key = await makeKey(owner, place(), { scopes, allowedAddresses: ['203.0.113.0/24'] });
      expect((await look(tenet, key, '203.0.113.7')).status).to.equal(401);
      expect((await look(tenet, key)).status).to.equal(401);
      const local = await makeKey(owner, place(), { scopes, allowedAddresses: ['127.0.0.0/8', '::1'] });
      expect((await look(tenet, local, '203.0.113.7')).status).to.equal(200);
    });

    it('a change counts from the next request on, on every replica', async () => {
      const key = await makeKey(owner, place(), { scopes });
      for (let round = 0; round < 5; round += 1) {
        expect(await statusFrom(key, '198.51.100.1')).to.equal(200);
        expect((await change(key, { allowedAddresses: ['203.0.113.7'] })).body).to.deep.include({ allowedAddresses: ['203.0.113.7/32'] });
        expect(await statusFrom(key, '198.51.100.1')).to.equal(401);
        expect((await change(key, { allowedAddresses: [] })).body).not.to.have.property('allowedAddresses');
        await replicaKnows(() => statusFrom(key, '198.51.100.1'));
      }
    });

    /** To let more callers in may take until the other replica hears of it. */
    async function replicaKnows(status: () => Promise<number>): Promise<void> {
      for (let attempt = 0; attempt < 200 && (await status()) !== 200; attempt += 1);
      expect(await status()).to.equal(200);
    }

    it('what is no network is refused with its place, and so are more than 50', async () => {
      const post = (allowedAddresses: string[]) => send(owner, 'POST', pathIn(place(), '/api-keys'), { name: 'Key', allowedAddresses });
      for (const text of [
        '203.0.113.0/33',
        '1.2.3',
        '2001:db8::/129',
        '::ffff:1.2.3.4',
        '0:0:0:0:0:FFFF:1.2.3.4',
        '::ffff:102:304',
        '1.2.3.4/',
        'fe80::1%lo',
      ]) {
        const { status, body } = await post(['10.0.0.0/8', text]);
        expect(status, text).to.equal(400);
        expect((body as { errors: { pointer: string }[] }).errors[0]!.pointer, text).to.equal('#/allowedAddresses/1');
      }
      expect((await post(Array.from({ length: 51 }, (_, index) => `10.0.0.${index}`))).status).to.equal(400);
      expect((await post(Array.from({ length: 50 }, (_, index) => `10.0.0.${index}`))).status).to.equal(201);
    });

    it('a caller with a key makes and changes only keys for addresses within its own', async () => {
      const teams = { organizationId: await foundOrganization(owner, 'Integrations') };
      const wide = await makeKey(owner, teams, { allowedAddresses: ['127.0.0.0/8', '::1', '10.0.0.0/8'] });
      const caller = withKey(tenet, wide);
      const make = (body: object) =>
        send(caller, 'POST', pathIn(teams, '/api-keys'), { name: `Key ${newId('request').slice(-5)}`, ...body });
      expect((await make({})).status).to.equal(400);
      expect((await make({ allowedAddresses: ['11.0.0.1'] })).status).to.equal(400);
      expect((await make({ allowedAddresses: ['10.0.0.0/7'] })).status).to.equal(400);
      const made = await make({ allowedAddresses: ['10.1.0.0/16', '127.0.0.1'] });
      expect(made.status).to.equal(201);
      const patch = (allowedAddresses: string[]) =>
        send(caller, 'PATCH', pathIn(teams, `/api-keys/${(made.body as ApiKey).id}`), { allowedAddresses });
      expect((await patch([])).status).to.equal(400);
      expect((await patch(['10.2.0.0/16'])).status).to.equal(200);
    });
  });
});
