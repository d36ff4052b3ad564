import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import { identityHeaders } from '../../../apps/gateway/identity-headers.ts';
import type { Gateway } from '../../../apps/gateway/main.ts';
import { toId, toUuid } from '../../../core/base/ids.ts';
import { setInstance } from '../../helpers/apps.ts';
import { eventually } from '../../helpers/eventually.ts';
import { insertInstance, type Program, startProgram, startTestGateway } from '../../helpers/gateway.ts';
import { foundOrganization, join, type Person, signIn } from '../../helpers/people.ts';
import { openConnection, type RawReply } from '../../helpers/raw-http.ts';
import { startTenet, type TestTenet } from '../../helpers/tenet.ts';

describe('the gateway of applications', function () {
  this.timeout(120_000);
  let tenet: TestTenet;
  let gateway: Gateway;
  let program: Program;
  let admin: Person;
  let user: Person;
  let member: Person;
  let stranger: Person;
  let organizationId: string;
  let instanceId: string;

  before(async () => {
    [tenet, program] = await Promise.all([startTenet(), startProgram()]);
    gateway = await startTestGateway(
      tenet,
      { TENET_API_KEY_HEADERS: 'x-api-key' },
      { askAgainMs: 100, touchMs: 50, heldOfOne: 3, heldOfOrganization: 4, openOfOrganization: 20, heldMs: 100_000 },
    );
    admin = await signIn(tenet, 'admin@example.com');
    organizationId = await foundOrganization(admin, 'Acme', 'app-workspace');
    instanceId = await insertInstance(tenet, organizationId, { state: 'RUNNING', host: '127.0.0.1', port: program.port });
    const projectId = toId('project', toUuid('instance', instanceId));
    user = await join(tenet, { organizationId, projectId }, 'user@example.com', 'project.user');
    member = await join(tenet, { organizationId }, 'member@example.com', 'org.member');
    stranger = await signIn(tenet, 'stranger@example.com');
  });

  after(async () => {
    await gateway.stop();
    await Promise.all([tenet.stop(), program.stop()]);
  });

  const set = (columns: object) => setInstance(tenet, organizationId, instanceId, columns);
  const running = () => set({ desired: 'RUNNING', state: 'RUNNING', host: '127.0.0.1', port: program.port });
  const open = (caller: Person | undefined, path = '/', init: RequestInit = {}, id = instanceId) =>
    fetch(`${gateway.url}/${id}${path}`, {
      ...init,
      headers: { ...(caller && { authorization: `Bearer ${caller.token}` }), ...(init.headers as object) },
    });

  async function raw(lines: readonly string[], body = ''): Promise<RawReply | undefined> {
    const connection = await openConnection(gateway.url);
    connection.send(`${lines.join('\r\n')}\r\n\r\n${body}`);
    const reply = await connection.reply();
    connection.socket.destroy();
    return reply;
  }
  const head = (path = '/') => [`GET /${instanceId}${path} HTTP/1.1`, 'Host: gateway', `Authorization: Bearer ${user.token}`];
  const gauge = () => tenet.metrics.registry.getSingleMetricAsString('tenet_gateway_open');
  const upgradeLines = [
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
  ];

  it('lets in who may open the application, and passes on path, query and body', async () => {
    const answer = await open(user, '/a/b?c=%20d', { method: 'POST', body: 'hello' });
    expect(await answer.json()).to.deep.equal({ url: '/a/b?c=%20d', user: user.id, body: 'hello' });
  });

  it('answers alike without a credential whether or not there is an instance, and a stranger learns of none', async () => {
    const none = toId('instance', '01890000-0000-7000-8000-000000000000');
    for (const id of [instanceId, none, 'nothing']) expect((await open(undefined, '/', {}, id)).status).to.equal(401);
    const bodies = [];
    for (const id of [instanceId, none, 'nothing']) {
      const answer = await open(stranger, '/', {}, id);
      expect(answer.status).to.equal(404);
      const { requestId, instance, ...body } = (await answer.json()) as Record<string, unknown>;
      bodies.push(body);
    }
    expect(bodies[1]).to.deep.equal(bodies[0]);
    expect(bodies[2]).to.deep.equal(bodies[0]);
    // A member without access to the application knows the organization, and not what others use.
    expect((await open(member)).status).to.be.oneOf([403, 404]);
  });

  it('gives the program no credential, and an identity that no caller can forge', async () => {
    program.seen.length = 0;
    const believed = Object.values(identityHeaders)
      .flat()
      .map((name) => [name.endsWith('-') ? `${name}anything` : name, 'forged']);
    await open(user, '/', {
      headers: {
        ...Object.fromEntries(believed.filter(([name]) => name !== 'via')),
        'X-WEBAUTH-USER': 'forged',
        X_Goog_Authenticated_User_Email: 'forged',
        'X-MS-Client-Principal-Name': 'forged',
        'X-Auth-Token': 'kept',
        'x-api-key2': 'kept',
        'X-Tenet-User': 'forged',
        X_Tenet_User: 'forged',
        'X.Tenet.User': 'forged',
        'X~Tenet!User': 'forged',
        'Remote-User': 'forged',
        X_Remote_User: 'forged',
        'X.API.Key2': 'forged',
        'Content.Length': '7',
        'their.own_name': 'kept',
        'x-tenet-anything': 'forged',
        'X-Forwarded-For': '1.2.3.4',
        'x-forwarded-user': 'forged',
        Forwarded: 'for=1.2.3.4',
        'X-Real-IP': '1.2.3.4',
        'X-Original-URL': '/admin',
        'Proxy-Authorization': 'Basic x',
        cookie: 'theirs=1',
        origin: 'https://elsewhere.example',
      },
    });
    const { headers } = program.seen[0]!;
    expect(headers).to.include({ 'x-tenet-user': user.id, 'x-tenet-organization': organizationId, 'x-tenet-instance': instanceId });
    expect(headers).to.include({ 'x-tenet-email': 'user@example.com', 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'http' });
    expect(headers).to.include({ cookie: 'theirs=1', 'x-api-key2': 'kept', 'their.own_name': 'kept' });
    const text = JSON.stringify(headers);
    expect(text).not.to.contain('forged').and.not.to.contain('1.2.3.4').and.not.to.contain(user.token).and.not.to.contain('/admin');
    expect(headers).not.to.have.any.keys('authorization', 'proxy-authorization', 'forwarded', 'x_tenet_user', 'content.length');
  });

  it('takes away what the Connection header names, and never what frames the body or says who calls', async () => {
    program.seen.length = 0;
    const reply = await raw([
      ...head(),
      'Connection: close, X-Secret, X-Tenet-User, Cookie',
      'X-Secret: 1',
      'TE: trailers',
      'Keep-Alive: 5',
      'Cookie: a=1',
    ]);
    expect(reply!.status).to.equal(200);
    expect(program.seen[0]!.headers).not.to.have.any.keys('x-secret', 'te', 'keep-alive', 'cookie');
    expect(program.seen[0]!.headers['x-tenet-user']).to.equal(user.id);
    for (const name of ['Content-Length', 'Host', 'Transfer-Encoding']) {
      expect((await raw([...head(), `Connection: ${name}`]))!.status, name).to.equal(400);
    }
    expect(program.seen).to.have.length(1);
  });

  it('refuses requests that two programs could read in two ways', async () => {
    program.seen.length = 0;
    const post = head().map((line) => line.replace('GET', 'POST'));
    const inner = '0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n';
    const wrong: [string, string[], string][] = [
      ['both lengths', [...post, 'Content-Length: 4', 'Transfer-Encoding: chunked'], inner],
      ['two lengths', [...post, 'Content-Length: 4', 'Content-Length: 5'], 'abcd'],
      ['another coding', [...post, 'Transfer-Encoding: gzip, chunked'], inner],
      ['an unknown coding', [...post, 'Transfer-Encoding: xchunked'], inner],
      ['HTTP/1.0 in chunks', [post[0]!.replace('1.1', '1.0'), ...post.slice(1), 'Transfer-Encoding: chunked'], inner],
      ['a space before the colon', [...post, 'Content-Length : 4'], 'abcd'],
      ['two hosts', [...head(), 'Host: other'], ''],
      ['no host', [head()[0]!, head()[2]!], ''],
      ['another host in the target', [`GET http://other/${instanceId}/ HTTP/1.1`, ...head().slice(1)], ''],
      ['a target of another protocol', [`GET ftp://gateway/${instanceId}/ HTTP/1.1`, ...head().slice(1)], ''],
      ['another upgrade', [...head(), 'Connection: Upgrade', 'Upgrade: h2c'], ''],
    ];
    for (const [what, lines, body] of wrong) expect((await raw(lines, body))!.status, what).to.equal(400);
    expect((await raw(['CONNECT gateway:80 HTTP/1.1', 'Host: gateway']))!.status).to.equal(405);
    expect((await raw([...head(), 'Expect: something']))!.status).to.equal(417);
    expect(program.seen).to.have.length(0);
  });

  it('keeps a chunked GET one request, takes the target of a proxy, and meets 100-continue', async () => {
    program.seen.length = 0;
    const reply = await raw([...head('/chunks'), 'Transfer-Encoding: chunked'], '5\r\nhello\r\n0\r\n\r\n');
    expect(reply!.status).to.equal(200);
    expect((await raw([`GET http://gateway/${instanceId}/whole HTTP/1.1`, ...head().slice(1)]))!.status).to.equal(200);
    expect(
      (await raw([...head('/expected').map((line) => line.replace('GET', 'PUT')), 'Content-Length: 2', 'Expect: 100-continue']))!.status,
    ).to.equal(100);
    expect(program.seen.map(({ url, body }) => [url, body]).slice(0, 2)).to.deep.equal([
      ['/chunks', 'hello'],
      ['/whole', ''],
    ]);
  });

  it('passes on of the answer what is not of the connection, and cookies for its own host alone', async () => {
    const answer = await open(user, '/odd');
    expect(await answer.text()).to.equal('odd');
    for (const name of ['x-inner', 'proxy-authenticate', 'x-tenet-user']) expect(answer.headers.has(name), name).to.equal(false);
    expect(answer.headers.getSetCookie()).to.deep.equal(['a=1; Path=/', 'b=2']);
  });

  it('answers 502 where the program breaks off, 413 for a body that is too long, and goes on', async () => {
    const answer = await open(user, '/break');
    expect(answer.status).to.equal(502);
    expect(await answer.json()).to.include({ code: 'application-failed' });
    expect((await raw([...head().map((line) => line.replace('GET', 'POST')), 'Content-Length: 200000000']))!.status).to.equal(413);
    expect((await open(user)).status).to.equal(200);
  });

  it('sends nothing that changes something over a connection of before, whose program may have ended', async () => {
    for (const method of ['POST', 'DELETE', 'GET']) {
      expect((await open(user)).status).to.equal(200);
      expect((await open(user, '/first', { method, ...(method === 'POST' && { body: 'once' }) })).status, method).to.equal(200);
    }
  });

  it('S003-25 holds a request while the application starts, for as many as may be held, and says 503 beyond', async () => {
    await set({ desired: 'IDLE_STOPPED', state: 'IDLE_STOPPED', host: null, port: null });
    const held = [open(user), open(user, '/second'), open(admin, '/third', { method: 'POST', body: 'kept' })];
    const row = () =>
      tenet.database.read('platform', (db) =>
        db('instances')
          .where({ id: toUuid('instance', instanceId) })
          .first(),
      );
    const woken = await eventually(async () => {
      const { desired, state } = await row();
      expect(desired).to.equal('RUNNING');
      return state;
    });
    expect(woken).to.equal('STARTING');
    await eventually(async () => expect(await gauge()).to.contain('{kind="held"} 3'));
    const beyond = await open(user);
    expect(beyond.status).to.equal(503);
    expect(beyond.headers.get('retry-after')).to.match(/^\d+$/);
    await running();
    const answers = await Promise.all(held);
    expect(answers.map(({ status }) => status)).to.deep.equal([200, 200, 200]);
    expect(await answers[2]!.json()).to.include({ body: 'kept', user: admin.id });
  });

  it('shows a page to a person that asks again by itself, and wakes', async () => {
    await set({ desired: 'IDLE_STOPPED', state: 'IDLE_STOPPED', host: null, port: null });
    const page = await open(user, '/', { headers: { accept: 'text/html,*/*' } });
    expect(page.status).to.equal(503);
    expect(page.headers.get('refresh')).to.equal('2');
    expect(await page.text()).to.contain('<h1>The application starts</h1>');
    await eventually(async () => {
      const [row] = await tenet.database.read('platform', (db) => db('instances').where({ id: toUuid('instance', instanceId) }));
      expect(row.desired).to.equal('RUNNING');
    });
    await running();
    expect((await open(user, '/', { headers: { accept: 'text/html' } })).status).to.equal(200);
    expect(await (await open(undefined, '/', { headers: { accept: 'text/html' } })).text()).to.contain('<h1>');
  });

  it('leaves stopped what an admin stopped, says what has failed and that a trial is over, and waits for what is just gone', async () => {
    await set({ desired: 'STOPPED', state: 'STOPPED', host: null, port: null });
    const stopped = await open(user);
    expect(stopped.status).to.equal(409);
    expect(await stopped.json()).to.include({ code: 'failed-precondition' });
    await set({ desired: 'RUNNING', state: 'FAILED', host: null, port: null });
    expect((await open(user)).status).to.equal(503);
    const soon = (seconds: number) => ({ state: 'FAILED', failures: 4, next_attempt_at: new Date(Date.now() + seconds * 1_000) });
    await set(soon(60));
    const later = await open(user);
    expect(later.status).to.equal(503);
    expect(Number(later.headers.get('retry-after'))).to.be.within(50, 60);
    expect(((await later.json()) as { detail: string }).detail).to.match(
      /^This application has failed 4 times in a row and is started again in \d+ seconds/,
    );
    // What is started again soon, and what is just gone, is waited for.
    await set(soon(3));
    const waiting = [open(user), open(user, '/', { method: 'POST', body: 'kept' })];
    await eventually(async () => expect(await gauge()).to.contain('{kind="held"} 2'));
    await set({ state: 'RUNNING', failures: 0, next_attempt_at: null, host: '127.0.0.1', port: 1 });
    waiting.push(open(user));
    await eventually(async () => expect(await gauge()).to.contain('{kind="held"} 3'));
    await running();
    expect((await Promise.all(waiting)).map(({ status }) => status)).to.deep.equal([200, 200, 200]);
    const trial = { trial_ends_at: new Date(0), host: null, port: null };
    for (const state of ['RUNNING', 'IDLE_STOPPED', 'STOPPED']) {
      await set({ ...trial, desired: state === 'STOPPED' ? 'RUNNING' : state, state });
      expect(await (await open(user)).json(), state).to.include({ status: 409, detail: 'The trial of this application is over.' });
    }
    await set({ desired: 'REMOVED', state: 'UNINSTALLING', trial_ends_at: null });
    expect((await open(user)).status).to.equal(404);
    await running();
  });

  it('bounds what one organization holds and has open, over all its applications', async () => {
    const other = await insertInstance(tenet, organizationId, { desired: 'RUNNING', state: 'STARTING' });
    await set({ state: 'STARTING', host: null, port: null });
    const ended = new AbortController();
    const { signal } = ended;
    const held = [open(user), open(user), open(user), open(admin, '/', { signal }, other)].map((each) => each.catch(() => undefined));
    await eventually(async () => expect(await gauge()).to.contain('{kind="held"} 4'));
    expect((await open(admin, '/', {}, other)).status).to.equal(503);
    ended.abort();
    await running();
    await Promise.all(held);
    await setInstance(tenet, organizationId, other, { state: 'RUNNING', host: '127.0.0.1', port: program.port });
    const endless = await Promise.all(Array.from({ length: 20 }, () => open(admin, '/endless', {}, other)));
    expect((await open(user)).status).to.equal(503);
    await endless[0]!.body!.cancel();
    await eventually(async () => expect((await open(user)).status).to.equal(200));
    for (const each of endless.slice(1)) await each.body!.cancel();
  });

  it('keeps no place for callers that leave before they are let in', async () => {
    for (let round = 0; round < 30; round++) {
      const connection = await openConnection(gateway.url);
      connection.send(`${[...head('/endless'), ...(round % 2 ? upgradeLines : [])].join('\r\n')}\r\n\r\n`);
      await new Promise<void>((resolve) => setImmediate(resolve));
      connection.socket.resetAndDestroy();
    }
    expect((await open(user)).status).to.equal(200);
    await eventually(async () =>
      expect(await gauge())
        .to.contain('{kind="request"} 0')
        .and.to.contain('{kind="websocket"} 0'),
    );
  });

  it('carries WebSockets both ways, counts them as use, and closes them when the right is gone, or the trial over', async () => {
    const connection = await openConnection(gateway.url);
    connection.send(`${[...head('/socket'), ...upgradeLines].join('\r\n')}\r\n\r\n`);
    const answer = await connection.reply();
    expect(answer!.status).to.equal(101);
    expect(answer!.headers).not.to.have.any.keys('x-inner');
    let received = '';
    connection.socket.on('data', (chunk) => (received += chunk));
    connection.send('ping');
    await eventually(async () => expect(received).to.contain('ping'));
    await set({ last_active_at: new Date(0) });
    await eventually(async () => {
      const [row] = await tenet.database.read('platform', (db) => db('instances').where({ id: toUuid('instance', instanceId) }));
      expect(row.last_active_at.getTime()).to.be.greaterThan(0);
    });
    expect(await gauge()).to.contain('{kind="websocket"} 1');
    expect((await raw([...head('/refused'), ...upgradeLines]))!.status).to.equal(403);
    // What is refused ends, also where the caller keeps its side open.
    const refused = connect({ port: Number(new URL(gateway.url).port), host: '127.0.0.1', allowHalfOpen: true });
    refused.resume().on('error', () => undefined);
    refused.write(`${[`GET /${instanceId}/ HTTP/1.1`, 'Host: gateway', ...upgradeLines].join('\r\n')}\r\n\r\n`);
    // It is reset meanwhile, which is an error of its own.
    const closed = new Promise((resolve) => refused.once('close', resolve));
    await once(refused, 'end');
    const noise = setInterval(() => refused.write('x'), 200);
    await closed;
    clearInterval(noise);
    const tried = await insertInstance(tenet, organizationId, { state: 'RUNNING', host: '127.0.0.1', port: program.port });
    const trial = await open(admin, '/endless', {}, tried);
    await setInstance(tenet, organizationId, tried, { trial_ends_at: new Date(0) });
    await trial.text().then(
      () => expect.fail('the answer goes on after the trial'),
      () => undefined,
    );
    const endless = await open(user, '/endless');
    await tenet.database.write({ organization: toUuid('organization', organizationId) }, (db) =>
      db('grants')
        .where({ user_id: toUuid('user', user.id) })
        .update({ revoked_at: new Date(), revoked_by: admin.id }),
    );
    await connection.closed;
    await endless.text().then(
      () => expect.fail('the answer goes on'),
      () => undefined,
    );
    await eventually(async () => expect(program.sockets.size).to.equal(0));
  });
});
