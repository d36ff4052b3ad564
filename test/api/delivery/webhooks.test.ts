import type { ServerResponse } from 'node:http';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import { newId, toUuid } from '../../../core/base/ids.ts';
import type { Db } from '../../../core/database/database.ts';
import { eventually } from '../../helpers/eventually.ts';
import { pathIn, send } from '../../helpers/keys.ts';
import { auditTrail, foundOrganization, foundProject, inDatabase } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';
import { isSigned, nearReceivers, type Receiver, startReceiver } from '../../helpers/webhooks.ts';

interface Webhook {
  id: string;
  url: string;
  state: string;
  disabledReason?: string;
  secret: string;
  etag: string;
}

interface Delivery {
  id: string;
  type: string;
  sequence?: number;
  state: string;
  attempts: { status?: number; failure?: string }[];
  nextAttemptAt?: string;
}

describe('webhooks', () => {
  let tenet: TestTenet;
  let admin: Caller;
  let receiver: Receiver;
  let organizationId: string;
  const path = (rest = '') => pathIn({ organizationId }, `/webhooks${rest}`);
  const make = async (more: object = {}): Promise<Webhook> => {
    const reply = await send(admin, 'POST', path(), { name: 'Billing', url: `${receiver.url}/hook`, ...more });
    expect(reply.status, reply.text).to.equal(201);
    return reply.body;
  };
  const deliveries = async (id: string, query = ''): Promise<Delivery[]> =>
    ((await send(admin, 'GET', path(`/${id}/deliveries${query}`))).body as { items: Delivery[] }).items;
  /** The sequences of what succeeded in the organization, behind its webhook. */
  const happened = async (): Promise<number[]> => {
    const { body } = await send(admin, 'GET', pathIn({ organizationId }, '/audit-events?outcome=SUCCEEDED&pageSize=200'));
    const { items } = body as { items: { sequence: number; action: string }[] };
    const first = items.findLast(({ action }) => action === 'webhook.create')!.sequence;
    return items
      .map(({ sequence }) => sequence)
      .filter((sequence) => sequence > first)
      .reverse();
  };

  before(async () => {
    tenet = await startTenet(nearReceivers);
    admin = await tenet.as('admin@example.com');
  });
  after(() => tenet.stop());
  beforeEach(async () => {
    receiver = await startReceiver();
    organizationId = await foundOrganization(admin, 'Acme', 'teams');
  });
  afterEach(async () => {
    await receiver.stop();
    const schema = await (await tenet.anonymous().raw('/v1/webhook-schema')).json();
    const ajv = new Ajv2020({ strict: false }).addSchema(schema as object, 'webhooks');
    for (const { type, text } of receiver.received) {
      const isGood = ajv.getSchema(`webhooks#/$defs/${type}`)!;
      expect(isGood(JSON.parse(text)), `${type} ${JSON.stringify(isGood.errors)}`).to.equal(true);
    }
  });

  it('sends what happens, signed by Standard Webhooks, as the audit log shows it', async () => {
    const { id, secret, state } = await make();
    expect(state).to.equal('ACTIVE');
    expect(secret).to.match(/^whsec_[A-Za-z0-9+/]{43}=$/);
    await foundProject(admin, organizationId);
    const sequences = await happened();
    await eventually(() => expect(receiver.delivered().map(({ sequence }) => sequence)).to.deep.equal(sequences));
    const message = receiver.received.find(({ type }) => type === 'project.create')!;
    expect(isSigned(message, secret)).to.equal(true);
    expect(isSigned({ ...message, text: `${message.text} ` }, secret)).to.equal(false);
    const { body } = await send(admin, 'GET', pathIn({ organizationId }, '/audit-events?action=project.create'));
    const event = (body as { items: { at: string }[] }).items[0]!;
    expect(JSON.parse(message.text)).to.deep.equal({ type: 'project.create', timestamp: event.at, data: event });
    await eventually(async () => {
      const found = (await deliveries(id)).find(({ type }) => type === 'project.create')!;
      expect(found).to.include({ id: message.id, state: 'DELIVERED', sequence: message.sequence });
      expect(found.attempts.map(({ status, failure }) => [status, failure])).to.deep.equal([[204, undefined]]);
    });
  });

  it('keeps the order and the ids when the receiver fails, and loses nothing', async () => {
    const { id, secret } = await make();
    let count = 0;
    receiver.answer = () => (count++ % 2 === 0 ? 500 : 200);
    for (const name of ['One', 'Two', 'Three', 'Four']) await foundProject(admin, organizationId, name);
    const sequences = await happened();
    await eventually(() => expect(receiver.delivered().map(({ sequence }) => sequence)).to.deep.equal(sequences));
    // An attempt that failed and the one after it are about the same event, with the same id.
    const ids = new Map(receiver.received.map(({ sequence, id }) => [sequence, id]));
    for (const message of receiver.received) expect(message.id).to.equal(ids.get(message.sequence));
    expect(new Set(ids.values()).size).to.equal(sequences.length);
    expect(receiver.received.map(({ sequence }) => sequence)).to.deep.equal(sequences.flatMap((sequence) => [sequence, sequence]));
    expect(receiver.received.every((message) => isSigned(message, secret))).to.equal(true);
    const [newest] = await deliveries(id, '?pageSize=1');
    expect(newest!.attempts.map(({ status, failure }) => [status, failure])).to.deep.equal([
      [500, 'REFUSED'],
      [200, undefined],
    ]);
  });

  it('sends the types that are asked for: actions and nouns', async () => {
    await make({ url: `${receiver.url}/projects`, eventTypes: ['project'] });
    await make({ url: `${receiver.url}/created`, eventTypes: ['webhook.create', 'project.update'] });
    const projectId = await foundProject(admin, organizationId);
    await send(admin, 'PATCH', pathIn({ organizationId, projectId }, ''), { name: 'Renamed' });
    const types = (path: string) => receiver.delivered(path).map(({ type }) => type);
    await eventually(() => {
      expect(types('/projects')).to.deep.equal(['project.create', 'project.update']);
      expect(types('/created')).to.deep.equal(['project.update']);
    });
    const wrong = await send(admin, 'POST', path(), { name: 'Wrong', url: receiver.url, eventTypes: ['project.create', 'project.creat'] });
    expect(wrong.status).to.equal(400);
    expect((wrong.body as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer)).to.deep.equal(['#/eventTypes/1']);
  });

  it('is disabled after the last attempt, says so in the audit log, and goes on with the same event when it is enabled', async () => {
    const { id } = await make({ eventTypes: ['project'] });
    receiver.answer = () => 503;
    await foundProject(admin, organizationId, 'One');
    await foundProject(admin, organizationId, 'Two');
    const disabled = await eventually(async () => {
      const { body } = await send(admin, 'GET', path(`/${id}`));
      expect(body).to.include({ state: 'DISABLED', disabledReason: 'FAILING' });
      return body as Webhook;
    });
    expect(receiver.received).to.have.length(13);
    const [failed] = await deliveries(id, '?state=FAILED');
    expect(failed!.attempts).to.have.length(13);
    const trail = await auditTrail(admin, organizationId, 'webhook.disable');
    expect(trail).to.deep.equal([{ action: 'webhook.disable', target: id, outcome: 'SUCCEEDED' }]);
    receiver.answer = () => 200;
    const enabled = await send(admin, 'PATCH', path(`/${id}`), { state: 'ACTIVE' }, { 'if-match': disabled.etag });
    expect(enabled.status, enabled.text).to.equal(200);
    expect(enabled.body).to.not.have.property('disabledReason');
    await eventually(() => expect(receiver.delivered()).to.have.length(2));
    expect(receiver.delivered()[0]!.id).to.equal(failed!.id);
  });

  it('is disabled when its secret does not open any more, and goes on with a new secret', async () => {
    const [{ id, etag }, other] = [await make({ eventTypes: ['project'] }), await make({ eventTypes: ['member'] })];
    const copy = 'update webhooks set secret_sealed = (select secret_sealed from webhooks where id = ?::uuid) where id = ?::uuid';
    await inDatabase(tenet, organizationId, copy, [toUuid('webhook', other.id), toUuid('webhook', id)]);
    await foundProject(admin, organizationId, 'One');
    const state = async () => (await send(admin, 'GET', path(`/${id}`))).body as Webhook;
    await eventually(async () => expect(await state()).to.include({ state: 'DISABLED', disabledReason: 'KEY_LOST' }));
    expect(receiver.received).to.deep.equal([]);
    expect((await send(admin, 'POST', path(`/${id}/rotate-secret`), {}, { 'if-match': etag })).status).to.equal(412);
    const rotated = await send(admin, 'POST', path(`/${id}/rotate-secret`), {}, { 'if-match': (await state()).etag });
    expect(rotated.status, rotated.text).to.equal(200);
    const { secret } = rotated.body as Webhook;
    await send(admin, 'PATCH', path(`/${id}`), { state: 'ACTIVE' }, { 'if-match': (await state()).etag });
    await eventually(() => expect(receiver.delivered()).to.have.length(1));
    expect(isSigned(receiver.delivered()[0]!, secret)).to.equal(true);
  });

  it('is disabled when too much waits for it, and goes on as far back as is kept for it', async () => {
    const { id } = await make({ eventTypes: ['project'] });
    const key = { id: toUuid('webhook', id) };
    const settled = (db: Db) =>
      db('webhooks')
        .where(key)
        .whereNull('lease')
        .whereRaw('position = (select max(seq) from audit_events a where a.org_id = webhooks.org_id)');
    const scope = { organization: toUuid('organization', organizationId) };
    await eventually(async () => {
      const changed = await tenet.database.write(scope, (db) => settled(db).update({ position: db.raw('position - 100001') }));
      expect(changed).to.equal(1);
    });
    await foundProject(admin, organizationId, 'One');
    const state = async () => (await send(admin, 'GET', path(`/${id}`))).body as Webhook;
    await eventually(async () => expect(await state()).to.include({ state: 'DISABLED', disabledReason: 'TOO_FAR_BEHIND' }));
    await send(admin, 'PATCH', path(`/${id}`), { state: 'ACTIVE' }, { 'if-match': (await state()).etag });
    await eventually(() => expect(receiver.delivered()).to.have.length(1));
  });

  it('ends for good with a receiver that says that it is gone', async () => {
    const { id } = await make({ eventTypes: ['project'] });
    receiver.answer = () => 410;
    await foundProject(admin, organizationId);
    await eventually(async () => {
      expect((await send(admin, 'GET', path(`/${id}`))).body).to.include({ state: 'DISABLED', disabledReason: 'GONE' });
    });
    expect(receiver.received).to.have.length(1);
  });

  it('follows no redirect, and takes neither long answers nor those that never end', async () => {
    const { id } = await make({ eventTypes: ['project'] });
    const answers = [
      (message: { status: number }) => (response: ServerResponse) => {
        message.status = 302;
        response.writeHead(302, { location: `${receiver.url}/elsewhere` }).end();
      },
      () => (response: ServerResponse) => void response.writeHead(200).end('a'.repeat(70_000)),
      () => (response: ServerResponse) => void response.destroy(),
    ];
    receiver.answer = (message) => answers.shift()?.(message) ?? 200;
    await foundProject(admin, organizationId);
    await eventually(async () => expect((await deliveries(id))[0]?.state).to.equal('DELIVERED'));
    const [delivery] = await deliveries(id);
    expect(delivery!.attempts.map(({ failure }) => failure)).to.deep.equal(['REFUSED', 'TOO_LARGE', 'NOT_REACHED', undefined]);
    expect(receiver.received.map(({ path }) => path)).to.deep.equal(['/hook', '/hook', '/hook', '/hook']);
  });

  it('signs with both secrets while they overlap, and with the new one alone where they do not', async () => {
    const made = await make({ eventTypes: ['project'] });
    const rotate = (etag: string, body: object) => send(admin, 'POST', path(`/${made.id}/rotate-secret`), body, { 'if-match': etag });
    const second = (await rotate(made.etag, {})).body as Webhook & { previousSecretUntil: string };
    expect(second.previousSecretUntil).to.be.a('string');
    await foundProject(admin, organizationId, 'One');
    const both = await eventually(() => receiver.delivered()[0] ?? expect.fail('nothing came'));
    expect(String(both.headers['webhook-signature']).split(' ')).to.have.length(2);
    expect([made, second].map(({ secret }) => isSigned(both, secret))).to.deep.equal([true, true]);
    // A third one would end the first before its time.
    const early = await rotate(second.etag, { overlapSeconds: 60 });
    expect(early.status, early.text).to.equal(409);
    expect(early.text).to.contain(second.previousSecretUntil).and.to.contain('overlapSeconds 0');
    // Its end changes what is shown, and with that the ETag.
    const known = { 'if-none-match': second.etag };
    expect((await send(admin, 'GET', path(`/${made.id}`), undefined, known)).status).to.equal(304);
    await inDatabase(tenet, organizationId, 'update webhooks set previous_until = now() where id = ?', [toUuid('webhook', made.id)]);
    const ended = (await send(admin, 'GET', path(`/${made.id}`), undefined, known)).body as Webhook;
    expect(ended).not.to.have.property('previousSecretUntil');
    expect((await rotate(second.etag, {})).status).to.equal(412);
    const third = (await rotate(ended.etag, { overlapSeconds: 0 })).body as Webhook;
    await foundProject(admin, organizationId, 'Two');
    const one = await eventually(() => receiver.delivered()[1] ?? expect.fail('nothing came'));
    expect([made, second, third].map(({ secret }) => isSigned(one, secret))).to.deep.equal([false, false, true]);
    expect((await rotate(made.etag, {})).status).to.equal(412);
    expect((await send(admin, 'POST', path(`/${made.id}/rotate-secret`), {})).status).to.equal(428);
  });

  it('sends a test, also when it is disabled, and a delivery again with its id', async () => {
    const { id, secret } = await make({ eventTypes: ['project'] });
    await send(admin, 'PATCH', path(`/${id}`), { state: 'DISABLED' });
    const tested = await send(admin, 'POST', path(`/${id}/test`));
    expect(tested.status, tested.text).to.equal(202);
    const ping = await eventually(() => receiver.delivered()[0] ?? expect.fail('nothing came'));
    expect(ping).to.include({ type: 'webhook.ping', id: (tested.body as Delivery).id });
    expect(isSigned(ping, secret)).to.equal(true);
    await eventually(async () => expect((await deliveries(id))[0]!.state).to.equal('DELIVERED'));
    const again = await send(admin, 'POST', path(`/${id}/deliveries/${ping.id}/replay`));
    expect(again.status, again.text).to.equal(202);
    await eventually(() => expect(receiver.delivered().map((message) => message.id)).to.deep.equal([ping.id, ping.id]));
    expect(receiver.delivered()[1]!.text).to.equal(ping.text);
    await foundProject(admin, organizationId);
    await send(admin, 'PATCH', path(`/${id}`), { state: 'ACTIVE' });
    await eventually(() => expect(receiver.delivered().at(-1)!.type).to.equal('project.create'));
  });

  it('takes no URL of another kind, with a password or with a fragment', async () => {
    for (const url of ['ftp://example.com/', 'https://user:password@example.com/', 'https://example.com/#part', 'example.com']) {
      expect((await send(admin, 'POST', path(), { name: 'Wrong', url })).status, url).to.equal(400);
    }
  });

  it('is not found from another organization, and ends with its deliveries', async () => {
    const { id } = await make();
    const other = await foundOrganization(admin, 'Other', 'teams');
    for (const rest of ['', '/deliveries']) {
      expect((await send(admin, 'GET', pathIn({ organizationId: other }, `/webhooks/${id}${rest}`))).status).to.equal(404);
    }
    // The refusal names what is not there, where the caller sees what is around it, and says the same of what is in another place.
    const detailOf = async (where: string) => ((await send(admin, 'GET', where)).body as { detail: string }).detail;
    const noSuch = 'There is no such resource, or you may not see it';
    const nothing = `/webhooks/${newId('webhook')}`;
    expect(await detailOf(pathIn({ organizationId: other }, `/webhooks/${id}`))).to.equal(`${noSuch}: nothing here has this webhookId.`);
    expect(await detailOf(pathIn({ organizationId: other }, nothing))).to.equal(`${noSuch}: nothing here has this webhookId.`);
    const both = `${noSuch}: nothing here has this webhookId and deliveryId.`;
    expect(await detailOf(path(`/${id}/deliveries/${newId('event')}`))).to.equal(both);
    expect(await detailOf(pathIn({ organizationId: newId('organization') }, `/webhooks/${id}`))).to.equal(`${noSuch}.`);
    expect((await send(admin, 'DELETE', path(`/${id}`))).status).to.equal(204);
    expect((await send(admin, 'GET', path(`/${id}`))).status).to.equal(404);
    await foundProject(admin, organizationId);
    expect(receiver.received.filter(({ type }) => type === 'project.create')).to.deep.equal([]);
  });

  it('is one of ten at most, of any number at once', async () => {
    for (let count = 0; count < 8; count++) await make();
    const replies = await Promise.all(Array.from({ length: 4 }, () => send(admin, 'POST', path(), { name: 'Many', url: receiver.url })));
    expect(replies.map(({ status }) => status).sort()).to.deep.equal([201, 201, 403, 403]);
  });

  it('keeps no secret: neither in its row nor in what it sends', async () => {
    const { id, secret } = await make();
    await send(admin, 'POST', pathIn({ organizationId }, '/api-keys'), { name: 'Program' });
    await foundProject(admin, organizationId);
    await eventually(() => expect(receiver.delivered().at(-1)!.type).to.equal('project.create'));
    const rows = await tenet.database.read('platform', (db) => db('webhooks').where({ id: toUuid('webhook', id) }));
    expect(JSON.stringify(rows)).to.not.contain(secret.slice('whsec_'.length));
    for (const { text } of receiver.received) expect(text).to.not.match(/whsec_|tnt[a-z]_[A-Za-z0-9]{10}/);
  });

  it('does not wait for the slow receivers of another organization', async () => {
    const other = await foundOrganization(admin, 'Slow', 'teams');
    receiver.answer = ({ path }) => (path === '/slow' ? () => undefined : 200);
    for (let count = 0; count < 5; count++) {
      const made = await send(admin, 'POST', pathIn({ organizationId: other }, '/webhooks'), { name: 'Slow', url: `${receiver.url}/slow` });
      expect(made.status).to.equal(201);
    }
    await foundProject(admin, other);
    await eventually(() => expect(receiver.received.filter(({ path }) => path === '/slow')).to.have.length(3));
    await make({ eventTypes: ['project'] });
    await foundProject(admin, organizationId);
    await eventually(() => expect(receiver.delivered('/hook')).to.have.length(1));
    // Of the slow ones no more than three are sent to at one time.
    expect(receiver.received.filter(({ path }) => path === '/slow')).to.have.length(3);
  });

  it('sends the tests of an organization one after the other, and those of another one meanwhile', async () => {
    const other = await foundOrganization(admin, 'Slow', 'teams');
    receiver.answer = ({ path }) => (path === '/slow' ? () => undefined : 200);
    const hooks = pathIn({ organizationId: other }, '/webhooks');
    const slow = (await send(admin, 'POST', hooks, { name: 'Slow', url: `${receiver.url}/slow`, eventTypes: ['project'] })).body as Webhook;
    for (let count = 0; count < 5; count++) await send(admin, 'POST', `${hooks}/${slow.id}/test`);
    await eventually(() => expect(receiver.received.filter(({ path }) => path === '/slow')).to.have.length(1));
    const { id } = await make({ eventTypes: ['project'] });
    await send(admin, 'POST', path(`/${id}/test`));
    await eventually(() => expect(receiver.delivered('/hook')).to.have.length(1));
    expect(receiver.received.filter(({ path }) => path === '/slow')).to.have.length(1);
  });
});

describe('webhooks of an installation that allows no network inside', () => {
  let tenet: TestTenet;
  let receiver: Receiver;

  before(async () => {
    tenet = await startTenet({ TENET_WEBHOOK_RETRIES: '3600' });
    receiver = await startReceiver();
  });
  after(async () => {
    await tenet.stop();
    await receiver.stop();
  });

  it('take no http, and reach no private address under any name', async () => {
    const admin = await tenet.as('admin@example.com');
    const organizationId = await foundOrganization(admin, 'Acme', 'teams');
    const hooks = pathIn({ organizationId }, '/webhooks');
    expect((await send(admin, 'POST', hooks, { name: 'Plain', url: receiver.url })).status).to.equal(400);
    const port = new URL(receiver.url).port;
    const urlOf = (host: string) => `https://${host}:${port}/`;
    const made = await send(admin, 'POST', hooks, { name: 'Inside', url: urlOf('localhost') });
    expect(made.status, made.text).to.equal(201);
    const { id } = made.body as Webhook;
    const tested = await send(admin, 'POST', `${hooks}/${id}/test`);
    await eventually(async () => {
      const { body } = await send(admin, 'GET', `${hooks}/${id}/deliveries/${(tested.body as Delivery).id}`);
      const { state, attempts } = body as Delivery;
      expect([state, attempts.map(({ status, failure }) => [status, failure])]).to.deep.equal(['FAILED', [[undefined, 'NOT_REACHED']]]);
    });
    // What is no name is refused when it is written.
    const detail = 'must have a public address, or one in a network that this installation opens to webhooks';
    for (const host of ['127.0.0.1', '[::1]', '[::ffff:127.0.0.1]', '2130706433', '169.254.169.254', '10.0.0.1', '[fe80::1]']) {
      for (const refused of [
        await send(admin, 'POST', hooks, { name: 'Inside', url: urlOf(host) }),
        await send(admin, 'PATCH', `${hooks}/${id}`, { url: urlOf(host) }),
      ]) {
        const { errors } = refused.body as { errors: object[] };
        expect([refused.status, errors], host).to.deep.equal([400, [{ pointer: '#/url', detail }]]);
      }
    }
    expect((await send(admin, 'PATCH', `${hooks}/${id}`, { url: 'https://8.8.8.8/', state: 'DISABLED' })).status).to.equal(200);
    expect(receiver.received).to.deep.equal([]);
  });
});
