import { expect } from 'chai';
import { cleanUp } from '../../../core/access/clean-up.ts';
import { toUuid } from '../../../core/base/ids.ts';
import { newKeySecret } from '../../../core/base/key-secret.ts';
import { createLog } from '../../../core/base/log.ts';
import { eventually } from '../../helpers/eventually.ts';
import { makeKey, pathIn, send, withKey } from '../../helpers/keys.ts';
import { foundOrganization, inDatabase, join, type Person } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

interface Link {
  id: string;
  exportId: string;
  url?: string;
  createdAt: string;
  expiresAt: string;
}

describe('links to exports', () => {
  let tenet: TestTenet;
  let admin: Caller;
  let other: Person;
  let organizationId: string;
  let exportId: string;
  const logged: string[] = [];
  const path = (rest = '') => pathIn({ organizationId }, `/exports${rest}`);
  const makeLink = (by: Caller = admin, body: object = {}, headers: Record<string, string> = {}) =>
    send(by, 'POST', path(`/${exportId}/download-link`), body, headers);
  const linkOf = async (by: Caller = admin, body: object = {}): Promise<Required<Link>> => {
    const reply = await makeLink(by, body);
    expect(reply.status, reply.text).to.equal(201);
    return reply.body;
  };
  const statusOf = async (url: string): Promise<number> => {
    const response = await fetch(url);
    await response.arrayBuffer();
    return response.status;
  };
  const change = (sql: string, ...values: string[]) => inDatabase(tenet, organizationId, sql, values);
  const trail = async (): Promise<{ action: string; target: string; actor: string; after: Record<string, unknown> }[]> =>
    (
      (await send(admin, 'GET', pathIn({ organizationId }, '/audit-events?action=export&pageSize=200'))).body as { items: never[] }
    ).items.reverse();
  const downloads = async () => (await trail()).filter(({ action }) => action === 'export.download');

  before(async () => {
    const log = createLog('trace', { write: (line: string) => void logged.push(line) });
    tenet = await startTenet({}, { log });
    admin = await tenet.as('admin@example.com');
  });
  after(() => tenet.stop());
  beforeEach(async () => {
    organizationId = await foundOrganization(admin, 'Acme', 'teams');
    other = await join(tenet, { organizationId }, 'other@example.com', 'org.admin');
    exportId = ((await send(admin, 'POST', path(), { kind: 'AUDIT_EVENTS', format: 'NDJSON' })).body as { id: string }).id;
    await eventually(async () => {
      expect(((await send(admin, 'GET', path(`/${exportId}`))).body as { state: string }).state).to.equal('READY');
    });
  });

  it('download the file without a token, for five minutes, with an event for the link and one for each download', async () => {
    const link = await linkOf();
    expect(Date.parse(link.expiresAt) - Date.parse(link.createdAt)).to.equal(300_000);
    const response = await fetch(link.url);
    expect(response.status).to.equal(200);
    expect(response.headers.get('cache-control')).to.equal('no-store');
    expect(response.headers.get('referrer-policy')).to.equal('no-referrer');
    expect(response.headers.get('content-disposition')).to.equal(`attachment; filename="audit-events-${exportId}.ndjson"`);
    const text = await response.text();
    expect(text).to.equal(await (await admin.raw(path(`/${exportId}/content`))).text());
    const events = await trail();
    expect(events.map(({ action, target }) => [action, target])).to.deep.equal([
      ['export.create', exportId],
      ['export.link', exportId],
      ['export.download', exportId],
      ['export.download', exportId],
    ]);
    expect(events[1]!.after).to.deep.equal({ linkId: link.id, kind: 'AUDIT_EVENTS', format: 'NDJSON', expiresAt: link.expiresAt });
    const id = await admin.userId();
    expect(events.slice(2).map(({ actor, after }) => [actor, after['linkId']])).to.deep.equal([
      [id, link.id],
      [id, undefined],
    ]);
  });

  it('put their token in no log, no event, no plan and no row, and in one answer alone', async () => {
    const key = { 'idempotency-key': 'the same' };
    const first = await makeLink(admin, {}, key);
    const { url } = first.body as Required<Link>;
    const token = url.slice(url.lastIndexOf('/') + 1);
    expect(token).to.match(/^tntd_[0-9A-Za-z]{36}$/);
    expect(await statusOf(url)).to.equal(200);
    expect(await statusOf(`${url}x`)).to.equal(404);
    const replayed = await makeLink(admin, {}, key);
    expect([replayed.status, replayed.text.includes('tntd_')]).to.deep.equal([201, false]);
    const plan = await send(admin, 'POST', path(`/${exportId}/download-link?validateOnly=true`), {});
    expect([plan.status, plan.text.includes('tntd_')]).to.deep.equal([200, false]);
    expect(JSON.stringify(await trail())).not.to.contain('tntd_');
    const rows = await tenet.database.read('platform', (db) => db('export_links'));
    expect(JSON.stringify(rows)).not.to.contain(token);
    expect(logged.some((line) => line.includes('downloadExportByLink'))).to.equal(true);
    expect(logged.filter((line) => line.includes('tntd_'))).to.deep.equal([]);
  });

  it('answer 404, the same for each reason, to who has none that opens', async () => {
    const ended = await linkOf();
    await change('update export_links set expires_at = now() where id = ?', toUuid('exportLink', ended.id));
    const usedUp = await linkOf();
    await change('update export_links set uses = 20 where id = ?', toUuid('exportLink', usedUp.id));
    const downloadsUrl = ended.url.slice(0, ended.url.lastIndexOf('/') + 1);
    const tokens = ['x', 'tntd_', 'a'.repeat(10_000), '%00', newKeySecret('tntd_'), newKeySecret('tntl_'), admin.token];
    const urls = [ended.url, usedUp.url, ...tokens.map((token) => downloadsUrl + token)];
    const answers = await Promise.all(
      urls.map(async (url) => {
        const response = await fetch(url, { headers: { authorization: `Bearer ${admin.token}`, 'x-request-id': 'one' } });
        const { requestId, instance, ...body } = (await response.json()) as Record<string, unknown>;
        return JSON.stringify([response.status, [...response.headers.keys()], body]);
      }),
    );
    expect([...new Set(answers)]).to.have.length(1);
    expect(answers[0]).to.match(/^\[404,/);
    expect(await downloads()).to.deep.equal([]);
  });

  it('end with their time, with the twentieth download also of many at once, and with the export', async () => {
    const link = await linkOf(admin, { expiresInSeconds: 60 });
    expect(Date.parse(link.expiresAt) - Date.parse(link.createdAt)).to.equal(60_000);
    const statuses = await Promise.all(Array.from({ length: 25 }, () => statusOf(link.url)));
    expect(statuses.filter((status) => status === 200)).to.have.length(20);
    expect(statuses.filter((status) => status === 404)).to.have.length(5);
    expect(await downloads()).to.have.length(20);
    for (const expiresInSeconds of [59, 901, 1.5]) expect((await makeLink(admin, { expiresInSeconds })).status).to.equal(400);

    await change("update exports set expires_at = now() + interval '30 seconds' where id = ?", toUuid('export', exportId));
    const short = await linkOf();
    expect(Date.parse(short.expiresAt) - Date.parse(short.createdAt)).to.be.within(0, 30_000);
    await change("update export_links set expires_at = now() - interval '1 second' where id = ?", toUuid('exportLink', link.id));
    await cleanUp(tenet.database);
    const left = await tenet.database.read('platform', (db) => db('export_links').where({ export_id: toUuid('export', exportId) }));
    expect(left).to.have.length(1);
    expect((await send(admin, 'DELETE', path(`/${exportId}`))).status).to.equal(204);
    expect(await statusOf(short.url)).to.equal(404);
  });

  it('of an organization that is deleted do not open', async () => {
    const link = await linkOf();
    expect(await statusOf(link.url)).to.equal(200);
    await change(
      "update organizations set state = 'DELETED', deleted_at = now(), deleted_slug = slug, slug = 'deleted-' || id where id = ?",
      toUuid('organization', organizationId),
    );
    expect(await statusOf(link.url)).to.equal(404);
  });

  const losses: { title: string; lose(): Promise<unknown> }[] = [
    { title: 'is removed', lose: () => send(admin, 'POST', pathIn({ organizationId }, `/members/${other.id}/remove`), {}) },
    {
      title: 'is deactivated',
      lose: () => send(admin, 'PATCH', pathIn({ organizationId }, `/members/${other.id}`), { state: 'INACTIVE' }, { 'if-match': '*' }),
    },
    {
      title: 'has another role',
      lose: () => change("update grants set role = 'org.default' where user_id = ?", toUuid('user', other.id)),
    },
    { title: 'signs out everywhere', lose: () => send(other, 'POST', '/v1/me/sign-out-everywhere') },
  ];
  for (const { title, lose } of losses) {
    it(`S001-05: do not open once their author ${title}; those of others do`, async () => {
      const [link, own] = [await linkOf(other), await linkOf()];
      expect(await statusOf(link.url)).to.equal(200);
      const reply = (await lose()) as { status: number; text: string } | undefined;
      expect(reply?.status ?? 200, reply?.text).to.be.oneOf([200, 204]);
      expect(await statusOf(link.url)).to.equal(404);
      expect(await statusOf(own.url)).to.equal(200);
    });
  }

  it('of a key do not open once it is revoked, and a key that is bound to networks makes none', async () => {
    const key = await makeKey(other, { organizationId });
    const link = await linkOf(withKey(tenet, key));
    expect(await statusOf(link.url)).to.equal(200);
    expect((await downloads()).map(({ actor }) => actor)).to.deep.equal([`${other.id}/${key.id}`]);
    await change("update api_keys set allowed_addresses = '{127.0.0.0/8}' where id = ?", toUuid('apiKey', key.id));
    expect(await statusOf(link.url)).to.equal(404);
    expect((await makeLink(withKey(tenet, key))).status).to.equal(409);
    await change('update api_keys set allowed_addresses = null where id = ?', toUuid('apiKey', key.id));
    expect((await send(other, 'POST', pathIn({ organizationId }, `/api-keys/${key.id}/revoke`))).status).to.equal(200);
    expect(await statusOf(link.url)).to.equal(404);
  });

  it('count a second factor as long as it counted for their author, where the organization demands one, and keep the denial', async () => {
    const adminId = await admin.userId();
    const strong = await tenet.as('admin@example.com', { amr: ['pwd', 'otp'] });
    const { etag } = (await send(strong, 'GET', pathIn({ organizationId }, '/mfa-requirement'))).body as { etag: string };
    const on = await send(strong, 'PUT', pathIn({ organizationId }, '/mfa-requirement'), { requirement: 'REQUIRED' }, { 'if-match': etag });
    expect(on.status, on.text).to.equal(200);
    await change("update mfa_requirements set began_at = began_at - interval '60 days'");
    await change("update members set first_joined_at = first_joined_at - interval '60 days', second_factor_at = null");
    expect((await makeLink(other)).status).to.equal(401);
    const link = await linkOf(strong);
    expect(await statusOf(link.url)).to.equal(200);
    await change('update export_links set second_factor_until = ? where id = ?', String(Date.now() - 1_000), toUuid('exportLink', link.id));
    expect(await statusOf(link.url)).to.equal(404);
    const kept = await tenet.database.read({ organization: toUuid('organization', organizationId) }, (db) =>
      db('decisions').where({ subject: adminId }).select('record'),
    );
    expect(kept).to.have.length(1);
  });

  it('are made by those alone who may download, of what is READY, twenty of an export at a time', async () => {
    const [member, stranger] = [
      await join(tenet, { organizationId }, 'member@example.com', 'org.default'),
      await tenet.as('stranger@example.com'),
    ];
    expect((await makeLink(member)).status).to.equal(403);
    expect((await makeLink(stranger)).status).to.equal(404);
    expect((await makeLink(tenet.anonymous())).status).to.equal(401);
    const replies = await Promise.all(Array.from({ length: 22 }, () => makeLink()));
    expect(replies.filter(({ status }) => status === 201)).to.have.length(20);
    expect(replies.filter(({ status }) => status === 403)).to.have.length(2);
    await change("update exports set state = 'RUNNING' where id = ?", toUuid('export', exportId));
    expect((await makeLink()).status).to.equal(409);
  });

  it('S001-05: an export is downloaded by others than its requester, also when the requester may not any more', async () => {
    const [member, stranger] = [
      await join(tenet, { organizationId }, 'member@example.com', 'org.default'),
      await tenet.as('stranger@example.com'),
    ];
    const statuses = async (...people: Caller[]) =>
      Promise.all(people.map(async (person) => (await send(person, 'HEAD', path(`/${exportId}/content`))).status));
    // The requester is admin.
    expect(await statuses(admin, other, member, stranger, tenet.anonymous())).to.deep.equal([200, 200, 403, 404, 401]);
    await change("update grants set role = 'org.default' where user_id = ?", toUuid('user', await admin.userId()));
    expect(await statuses(admin, other, member, stranger)).to.deep.equal([403, 200, 403, 404]);
  });
});
