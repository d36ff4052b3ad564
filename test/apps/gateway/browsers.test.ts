import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import type { Gateway } from '../../../apps/gateway/main.ts';
import { isOwnPath } from '../../../apps/gateway/own-paths.ts';
import { cleanUp } from '../../../core/access/clean-up.ts';
import { openingUrl } from '../../../core/apps/urls.ts';
import { FailedPrecondition } from '../../../core/base/errors.ts';
import { toId, toUuid } from '../../../core/base/ids.ts';
import { createLog } from '../../../core/base/log.ts';
import { eventually } from '../../helpers/eventually.ts';
import { insertInstance, type Program, startProgram, startTestGateway } from '../../helpers/gateway.ts';
import { makeKey, withKey } from '../../helpers/keys.ts';
import { foundOrganization, inDatabase, join, type Person, signIn } from '../../helpers/people.ts';
import { startTenet, type TestTenet } from '../../helpers/tenet.ts';

const domain = 'apps.example.com';
const hosts = { TENET_APPS_DOMAIN: domain, TENET_APPS_GATEWAY_PORT: '0' };

interface Reply {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

describe('the gateway for browsers', function () {
  this.timeout(120_000);
  let tenet: TestTenet;
  let gateway: Gateway;
  let program: Program;
  let admin: Person;
  let user: Person;
  let organizationId: string;
  let instanceId: string;
  let other: string;
  const logged: string[] = [];

  before(async () => {
    const log = createLog('info', { write: (line) => void logged.push(line) });
    [tenet, program] = await Promise.all([startTenet(hosts, { log }), startProgram()]);
    gateway = await startTestGateway(tenet, hosts, { askAgainMs: 100 });
    admin = await signIn(tenet, 'admin@example.com');
    organizationId = await foundOrganization(admin, 'Acme', 'app-workspace');
    const running = { state: 'RUNNING', host: '127.0.0.1', port: program.port };
    instanceId = await insertInstance(tenet, organizationId, running);
    other = await insertInstance(tenet, organizationId, running);
  });

  beforeEach(async () => {
    const projectId = toId('project', toUuid('instance', instanceId));
    user = await join(tenet, { organizationId, projectId }, `user${Math.random()}@example.com`, 'project.user');
    program.seen.length = 0;
  });

  after(async () => {
    await gateway.stop();
    await Promise.all([tenet.stop(), program.stop()]);
  });

  const hostOf = (id = instanceId) => `${id.replace('_', '-')}.${domain}`;

  async function browse(path: string, headers: Record<string, string> = {}, { method = 'GET', id = instanceId } = {}): Promise<Reply> {
    const sent = request(gateway.url + path, { method, headers: { host: hostOf(id), ...headers }, agent: false });
    sent.end();
    const upgraded = once(sent, 'upgrade').then(([answer, socket]) => {
      socket.on('error', () => undefined);
      open.push(socket);
      return answer as IncomingMessage;
    });
    const answered = once(sent, 'response').then(([answer]) => answer as IncomingMessage);
    const answer = await Promise.race([answered, upgraded]);
    for (const each of [answered, upgraded]) each.catch(() => undefined);
    return { status: answer.statusCode!, headers: answer.headers, body: answer.statusCode === 101 ? '' : await text(answer) };
  }
  const open: import('node:net').Socket[] = [];

  const ask = (caller: Pick<Person, 'client'>, id = instanceId, query: object = {}) =>
    caller.client.POST('/v1/organizations/{organizationId}/instances/{instanceId}/open', {
      params: { path: { organizationId, instanceId: id }, query },
    });

  async function ticketPath(caller: Person = user, id = instanceId): Promise<string> {
    const { data, response } = await ask(caller, id);
    expect(response.status).to.equal(201);
    const url = new URL(data!.url!);
    expect([url.protocol, url.host]).to.deep.equal(['https:', hostOf(id)]);
    return url.pathname + url.search;
  }

  async function cookieOf(caller: Person = user): Promise<string> {
    const [cookie] = (await browse(await ticketPath(caller))).headers['set-cookie']!;
    return cookie!.split(';')[0]!;
  }

  it('opens an application by a ticket, which becomes a cookie of its host that the program does not get', async () => {
    const answer = await browse(await ticketPath());
    expect(answer.status).to.equal(303);
    expect(answer.headers).to.include({ location: '/', 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
    const [set] = answer.headers['set-cookie']!;
    expect(set).to.match(/^__Host-tenet=[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Lax; Secure$/);
    const cookie = set!.split(';')[0]!;
    const page = await browse('/page?a=1', { cookie: `theirs=1; ${cookie}; more=2` });
    expect(JSON.parse(page.body)).to.include({ url: '/page?a=1', user: user.id });
    expect(program.seen[0]!.headers).to.include({ cookie: 'theirs=1; more=2', 'x-tenet-email': user.email });
    await browse('/', { cookie });
    expect(program.seen[1]!.headers).not.to.have.property('cookie');
    expect(program.seen).to.have.length(2);
  });

  it('takes a ticket once, also of many at once, for a minute and on its own host', async () => {
    const path = await ticketPath();
    expect((await browse(path, {}, { id: other })).status).to.equal(401);
    const asked = await browse(path, {}, { method: 'HEAD' });
    expect([asked.status, asked.headers.allow]).to.deep.equal([405, 'GET']);
    const statuses = (await Promise.all(Array.from({ length: 10 }, () => browse(path)))).map(({ status }) => status);
    expect(statuses.toSorted()).to.deep.equal([303, ...Array(9).fill(401)]);
    const late = await ticketPath();
    await inDatabase(tenet, organizationId, "update instance_passes set expires_at = now() where kind = 'TICKET'");
    expect((await browse(late)).status).to.equal(401);
    for (const wrong of ['', '?ticket=', `?ticket=${'a'.repeat(43)}`, `?ticket=${'a'.repeat(9_000)}`, '?ticket=%00']) {
      expect((await browse(`/.tenet/open${wrong}`)).status, wrong).to.equal(401);
    }
    expect(program.seen).to.deep.equal([]);
  });

  it('gives no program a path of the gateway itself, also not by a WebSocket', async () => {
    const path = await ticketPath();
    const headers = { authorization: `Bearer ${user.token}` };
    const upgrade = { ...headers, connection: 'Upgrade', upgrade: 'websocket' };
    expect((await browse(path, upgrade)).status).to.equal(404);
    for (const other of ['/.tenet/', '/.tenet/open/', '/.tenet/more?a=1']) {
      expect((await browse(other, headers)).status, other).to.equal(404);
    }
    const disguised = [
      '/%2etenet/open',
      '//.tenet/open',
      '/a/../.tenet/x',
      '/%2E%74enet%2fopen',
      '/a/%2e%2e/.tenet/',
      '/.tenet;a/x',
      '/.tenet/..;/x',
      '/.tenet/../x',
      '/.tenet/.',
      '/a\\..\\.tenet\\x',
      '/a//../.tenet/x',
      '/.//.tenet/x',
    ];
    for (const path of disguised) expect(isOwnPath(path), path).to.equal(true);
    for (const path of ['/', '/.tenet', '/.tenets/', '/a/.tenet/x', '/a?b=/../.tenet/x', '/%', '/%2'])
      expect(isOwnPath(path), path).to.equal(false);
    for (const other of disguised.slice(0, 4)) expect((await browse(other, headers)).status, other).to.equal(404);
    expect((await browse('/.tenet', headers)).status).to.equal(200);
    expect(program.seen.map(({ url }) => url)).to.deep.equal(['/.tenet']);
    expect((await browse(path)).status).to.equal(303);
  });

  it('signs a browser out of one application upon a POST of a page of it, and of no other page', async () => {
    const [cookie, second] = [await cookieOf(), await cookieOf()];
    const path = '/.tenet/sign-out';
    const post = (headers: Record<string, string>) => browse(path, headers, { method: 'POST' });
    const own = { origin: `https://${hostOf()}` };
    const link = await browse(path, { cookie });
    expect([link.status, link.headers.allow]).to.deep.equal([405, 'POST']);
    const others = [
      {},
      { origin: `https://${hostOf(other)}` },
      { origin: 'null', 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'cross-site' },
    ];
    for (const headers of others) {
      const { status, headers: answered } = await post({ cookie, ...headers });
      expect([status, answered['set-cookie']], JSON.stringify(headers)).to.deep.equal([403, undefined]);
    }
    expect((await browse('/', { cookie })).status).to.equal(200);
    const done = await post({ cookie, ...own });
    expect(done.status).to.equal(200);
    expect(done.headers['set-cookie']).to.deep.equal(['__Host-tenet=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure']);
    expect(done.body).to.include('You are signed out');
    expect((await browse('/', { cookie })).status).to.equal(401);
    expect((await browse('/', { cookie: second })).status, 'in another browser').to.equal(200);
    for (const ended of [{ cookie }, { cookie: `__Host-tenet=${'a'.repeat(43)}` }, {}]) {
      expect((await post({ ...ended, ...own })).status).to.equal(200);
    }
    // A cookie is of one application: at the host of another it is none.
    await browse(path, { cookie: second, origin: `https://${hostOf(other)}` }, { method: 'POST', id: other });
    expect((await browse('/', { cookie: second })).status).to.equal(200);
    expect((await post({ cookie: second, origin: 'null', 'sec-fetch-site': 'same-origin' })).status).to.equal(200);
    expect((await browse('/', { cookie: second })).status).to.equal(401);
  });

  it('keeps neither ticket nor cookie in the database, the trail, the log, a plan or a replayed answer', async () => {
    const headers = { authorization: `Bearer ${user.token}`, 'idempotency-key': 'opened-once' };
    const path = `/v1/organizations/${organizationId}/instances/${instanceId}/open`;
    const first = (await (await tenet.anonymous().raw(path, { method: 'POST', headers })).json()) as { url: string };
    const again = await tenet.anonymous().raw(path, { method: 'POST', headers });
    expect([again.status, await again.json()]).to.deep.equal([201, { expiresAt: (first as unknown as { expiresAt: string }).expiresAt }]);
    const plan = await tenet
      .anonymous()
      .raw(`${path}?validateOnly=true`, { method: 'POST', headers: { authorization: headers.authorization } });
    expect([plan.status, (await plan.text()).includes('ticket=')]).to.deep.equal([200, false]);
    const { pathname, search } = new URL(first.url);
    const cookie = (await browse(pathname + search)).headers['set-cookie']![0]!.split(/[=;]/)[1]!;
    await browse('/', { cookie: `__Host-tenet=${cookie}` });
    const rows = await tenet.database.read('platform', async (db) => [await db('instance_passes'), await db('idempotency_keys')]);
    const { data } = await admin.client.GET('/v1/organizations/{organizationId}/audit-events', {
      params: { path: { organizationId }, query: { action: 'instance.open' } as object },
    });
    expect(data!.items[0]).to.deep.include({ actor: user.id, target: instanceId });
    const kept = JSON.stringify([rows, data, logged]);
    expect(kept).to.contain('"msg\\":\\"access\\"');
    for (const secret of [search.slice('?ticket='.length), cookie]) expect(kept).not.to.contain(secret);
  });

  it('is closed to keys and to those who may not open it', async () => {
    const key = await makeKey(admin, { organizationId }, { type: 'STANDARD' });
    expect((await ask(withKey(tenet, key))).response.status).to.equal(400);
    const member = await join(tenet, { organizationId }, 'member@example.com', 'org.member');
    expect((await ask(member)).response.status).to.be.oneOf([403, 404]);
    expect((await ask(await signIn(tenet, 'stranger@example.com'))).response.status).to.equal(404);
    expect((await ask(admin, toId('instance', '01890000-0000-7000-8000-000000000000'))).response.status).to.equal(404);
  });

  it('makes URLs of this machine without TLS, and none where applications have no hosts', () => {
    const url = openingUrl({ TENET_APPS_DOMAIN: 'apps.localhost', TENET_APPS_GATEWAY_PORT: 8081 }, 'inst_1')('t');
    expect(url).to.equal('http://inst-1.apps.localhost:8081/.tenet/open?ticket=t');
    for (const config of [{ TENET_APPS_DOMAIN: domain }, { TENET_APPS_GATEWAY_PORT: 1 }]) {
      expect(() => openingUrl({ TENET_APPS_DOMAIN: undefined, TENET_APPS_GATEWAY_PORT: undefined, ...config }, 'inst_1')).to.throw(
        FailedPrecondition,
      );
    }
  });

  const losses: Record<string, () => Promise<unknown>> = {
    'signs out everywhere': () => user.client.POST('/v1/me/sign-out-everywhere'),
    'is suspended': () => inDatabase(tenet, organizationId, "update users set state = 'SUSPENDED' where id = ?", [toUuid('user', user.id)]),
    'leaves the organization': () =>
      admin.client.POST('/v1/organizations/{organizationId}/members/{userId}/remove', {
        params: { path: { organizationId, userId: user.id } },
        body: {},
      }),
    'is erased': () => user.client.DELETE('/v1/me', { params: { header: { 'If-Match': '*' } } }),
    'has a cookie of twelve hours ago': () => inDatabase(tenet, organizationId, 'update instance_passes set expires_at = now()'),
  };
  for (const [what, lose] of Object.entries(losses)) {
    it(`ends when the person ${what}, with the WebSockets that are open`, async () => {
      const cookie = await cookieOf();
      const before = program.sockets.size;
      const upgrade = { connection: 'Upgrade', upgrade: 'websocket', origin: `https://${hostOf()}`, cookie };
      expect((await browse('/', upgrade)).status).to.equal(101);
      expect((await browse('/', { cookie })).status).to.equal(200);
      await lose();
      expect((await browse('/', { cookie })).status).to.be.oneOf([401, 403, 404]);
      await eventually(async () => expect(program.sockets.size).to.equal(before));
    });
  }

  it('counts a second factor as long as it counted for the token, where the organization demands one', async () => {
    const strong = await tenet.as('admin@example.com', { amr: ['pwd', 'otp'] });
    const weak = await cookieOf(admin);
    const cookie = await cookieOf({ ...strong, id: admin.id });
    const change = (sql: string) => inDatabase(tenet, organizationId, sql, [toUuid('organization', organizationId)]);
    await change("update organizations set mfa = 'REQUIRED' where id = ?");
    await change("update mfa_requirements set began_at = began_at - interval '60 days' where org_id = ?");
    await inDatabase(tenet, organizationId, "update members set first_joined_at = first_joined_at - interval '60 days'");
    expect((await browse('/', { cookie: weak })).status).to.equal(401);
    expect((await browse('/', { cookie })).status).to.equal(200);
    await inDatabase(tenet, organizationId, 'update instance_passes set second_factor_until = 0');
    expect((await browse('/', { cookie })).status).to.equal(401);
    await change("update organizations set mfa = 'OPTIONAL' where id = ?");
  });

  it('refuses what a page of another host sends with the cookie, also of another application', async () => {
    const cookie = await cookieOf();
    const own = `https://${hostOf()}`;
    for (const origin of [
      `https://${hostOf(other)}`,
      'https://evil.example',
      'null',
      `${own}.evil.example`,
      `${own}/`,
      own.replace('https', 'http'),
      undefined,
    ]) {
      const headers = { cookie, ...(origin !== undefined && { origin }) };
      expect((await browse('/', headers, { method: 'POST' })).status, origin).to.equal(403);
      expect((await browse('/', { ...headers, connection: 'Upgrade', upgrade: 'websocket' })).status, origin).to.equal(403);
      expect((await browse('/', headers)).status).to.equal(200);
    }
    expect((await browse('/', { cookie, 'sec-fetch-site': 'same-site' }, { method: 'DELETE' })).status).to.equal(403);
    expect((await browse('/', { cookie, 'sec-fetch-site': 'same-origin' }, { method: 'DELETE' })).status).to.equal(200);
    expect((await browse('/', { cookie, origin: own }, { method: 'POST' })).status).to.equal(200);
    const unsaid = { cookie, origin: 'null' };
    expect((await browse('/', { ...unsaid, 'sec-fetch-site': 'same-origin' }, { method: 'POST' })).status).to.equal(200);
    expect((await browse('/', { ...unsaid, 'sec-fetch-site': 'cross-site' }, { method: 'POST' })).status).to.equal(403);
    const token = { authorization: `Bearer ${user.token}`, origin: 'https://evil.example' };
    expect((await browse('/', token, { method: 'POST' })).status).to.equal(200);
  });

  it('lets pages of other hosts lead to an application, and include nothing of it', async () => {
    const cookie = await cookieOf();
    const from = (site: string, mode: string) => browse('/', { cookie, 'sec-fetch-site': site, 'sec-fetch-mode': mode });
    for (const site of ['same-site', 'cross-site']) {
      for (const mode of ['no-cors', 'cors']) expect((await from(site, mode)).status, `${site} ${mode}`).to.equal(403);
      expect((await from(site, 'navigate')).status, site).to.equal(200);
    }
    for (const site of ['same-origin', 'none']) expect((await from(site, 'no-cors')).status, site).to.equal(200);
  });

  it('passes on of an answer nothing that reaches other hosts, or a web server before the gateway', async () => {
    const { headers } = await browse('/cookies', { cookie: await cookieOf() });
    expect(headers).to.include({ 'clear-site-data': '"storage"', 'cache-control': 'private' });
    expect(headers).not.to.have.any.keys('x-accel-redirect', 'x-sendfile');
  });

  it('leaves the cookie to no program, to no other application and to no second one of its name', async () => {
    const cookie = await cookieOf();
    const odd = await browse('/cookies', { cookie });
    expect(odd.headers['set-cookie']).to.deep.equal(['kept=1; Path=/']);
    expect((await browse('/', { cookie }, { id: other })).status).to.equal(401);
    expect((await browse('/', { cookie: `${cookie}; ${cookie}` })).status).to.equal(401);
    expect((await browse('/', { cookie: cookie.toLowerCase() })).status).to.equal(401);
    program.seen.length = 0;
    const forged = `${cookie}x; __host-TENET=1; =__Host-tenet=2; tenet-open=3; a=4`;
    expect((await browse('/', { cookie: forged, authorization: `Bearer ${user.token}` })).status).to.equal(200);
    expect(program.seen[0]!.headers.cookie).to.equal('a=4');
  });

  it('tells a person without a sign-in how to open it, and a program what it lacks', async () => {
    const page = await browse('/', { accept: 'text/html' });
    expect([page.status, page.headers['content-type']]).to.deep.equal([401, 'text/html; charset=utf-8']);
    expect(page.body).to.contain('<h1>Open this application from Tenet</h1>');
    expect(JSON.parse((await browse('/')).body)).to.include({ code: 'unauthenticated' });
    const unknown = await browse(
      '/',
      { cookie: `__Host-tenet=${'a'.repeat(43)}` },
      { id: toId('instance', '01890000-0000-7000-8000-000000000000') },
    );
    expect(unknown.status).to.equal(401);
  });

  it('keeps twenty sign-ins of a person to an application, and sweeps what has ended', async () => {
    const first = await cookieOf(admin);
    const second = await cookieOf(admin);
    for (let each = 0; each < 19; each++) await ticketPath(admin);
    expect((await browse('/', { cookie: first })).status).to.equal(401);
    expect((await browse('/', { cookie: second })).status).to.equal(200);
    await inDatabase(tenet, organizationId, "update instance_passes set expires_at = now() - interval '1 second'");
    await cleanUp(tenet.database);
    expect(await tenet.database.read('platform', (db) => db('instance_passes'))).to.deep.equal([]);
  });

  it('keeps sign-ins out of sight of other organizations, and ends them with the application', async () => {
    await cookieOf(admin);
    const strangers = await foundOrganization(await signIn(tenet, 'elsewhere@example.com'), 'Elsewhere', 'app-workspace');
    const seenBy = (id: string) =>
      tenet.database.read({ organization: toUuid('organization', id) }, (db) => db('instance_passes').select('instance_id'));
    expect(await seenBy(strangers)).to.deep.equal([]);
    expect(await seenBy(organizationId)).to.deep.equal([{ instance_id: toUuid('instance', instanceId) }]);
    await inDatabase(tenet, organizationId, 'delete from instances where id = ?', [toUuid('instance', instanceId)]);
    expect(await seenBy(organizationId)).to.deep.equal([]);
  });
});
