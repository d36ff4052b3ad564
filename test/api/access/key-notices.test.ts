import { expect } from 'chai';
import { noticeKeyEnds } from '../../../core/access/key-notices.ts';
import { newId, toUuid } from '../../../core/base/ids.ts';
import { keyNoticeMail } from '../../../core/delivery/key-notice-mail.ts';
import { eventually } from '../../helpers/eventually.ts';
import { type ApiKey, makeAccount, makeKey, pathIn, send } from '../../helpers/keys.ts';
import { foundOrganization, inDatabase, join } from '../../helpers/people.ts';
import { startSmtp, type TestSmtp } from '../../helpers/smtp.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

describe('Notices of the end of API keys', () => {
  let smtp: TestSmtp;
  let tenet: TestTenet;
  let owner: Caller;
  let organizationId: string;
  const place = () => ({ organizationId });

  before(async () => {
    smtp = await startSmtp();
    tenet = await startTenet({ TENET_SMTP_URL: smtp.url });
    owner = await tenet.as('owner@example.com');
    organizationId = await foundOrganization(owner);
  });

  beforeEach(() => {
    smtp.received.length = 0;
  });

  after(async () => {
    await tenet?.stop();
    await smtp?.stop();
  });

  /** A key that was made a year ago and ends in so many days. */
  async function ending(days: number, caller = owner, body: Record<string, unknown> = {}, where = place()): Promise<ApiKey> {
    const key = await makeKey(caller, where, body);
    const sql = "update api_keys set created_at = now() - interval '1 year', expires_at = now() + ? * interval '1 day' where id = ?";
    await inDatabase(tenet, where.organizationId, sql, [String(days), toUuid('apiKey', key.id)]);
    return key;
  }

  const mails = () => smtp.received.map(({ to, text }) => `${to.join()} ${/key_\w+/.exec(text)![0]}`).sort();

  it('go to the owner of a key, once two weeks ahead and once three days ahead', async () => {
    const later = await ending(15);
    const soon = await ending(10, await join(tenet, place(), 'member@example.com', 'org.admin'), { name: 'Deployment' });
    await noticeKeyEnds(tenet.database);
    await eventually(() => expect(mails()).to.deep.equal([`member@example.com ${soon.id}`]));
    expect(smtp.received[0]!.text).to.contain('"Deployment"').and.to.contain('"Acme"');
    // A second run has nothing new; a key that ends sooner by now has.
    const sql = "update api_keys set expires_at = now() + interval '2 days' where id = ?";
    await inDatabase(tenet, organizationId, sql, [toUuid('apiKey', later.id)]);
    await noticeKeyEnds(tenet.database);
    await noticeKeyEnds(tenet.database);
    await eventually(() => expect(mails()).to.have.members([`member@example.com ${soon.id}`, `owner@example.com ${later.id}`]));
    const noticed = await tenet.database.read({ organization: toUuid('organization', organizationId) }, (db) =>
      db('key_notices').select('days').orderBy('days'),
    );
    expect(noticed.map(({ days }) => days)).to.deep.equal([3, 14]);
  });

  it('go to those who may manage the keys of a service account, and to nobody else', async () => {
    await join(tenet, place(), 'manager@example.com', 'org.manager');
    await join(tenet, place(), 'plain@example.com', 'org.member');
    const account = await makeAccount(owner, place(), 'org.member');
    const key = await ending(2, owner, { owner: { type: 'SERVICE_ACCOUNT', id: account } });
    await noticeKeyEnds(tenet.database);
    await eventually(() =>
      expect(mails().filter((line) => line.endsWith(key.id))).to.deep.equal(
        ['manager', 'member', 'owner'].map((name) => `${name}@example.com ${key.id}`),
      ),
    );
  });

  it('S003-33: do not go to a member who has chosen to go without, and go to the others', async () => {
    const workspace = { organizationId: await foundOrganization(owner, 'Workspace', 'app-workspace') };
    const without = await join(tenet, workspace, 'without@example.com', 'org.admin');
    const path = { ...workspace, settingKey: 'notify-key-end' };
    const choice = (by: Caller, value: boolean) =>
      by.client.PUT('/v1/organizations/{organizationId}/members/me/settings/{settingKey}', {
        params: { path, header: { 'If-Match': '*' } },
        body: { value },
      });
    expect((await choice(without, false)).data).to.include({ value: false });
    expect((await choice(owner, true)).data).to.include({ value: true });
    const account = await makeAccount(owner, workspace, 'org.member');
    const own = await ending(9, without, { type: 'STANDARD' }, workspace);
    const shared = await ending(9, owner, { type: 'STANDARD', owner: { type: 'SERVICE_ACCOUNT', id: account } }, workspace);
    await noticeKeyEnds(tenet.database);
    await eventually(() => expect(mails()).to.deep.equal([`owner@example.com ${shared.id}`]));
    // Chosen again, the same person has the next notice, of both keys; each mail before it is sent by then.
    await choice(without, true);
    const sql = "update api_keys set expires_at = now() + interval '2 days' where org_id = ?";
    await inDatabase(tenet, workspace.organizationId, sql, [toUuid('organization', workspace.organizationId)]);
    await noticeKeyEnds(tenet.database);
    const lines = [`owner@example.com ${shared.id}`, `owner@example.com ${shared.id}`];
    await eventually(() =>
      expect(mails()).to.have.members([...lines, `without@example.com ${own.id}`, `without@example.com ${shared.id}`]),
    );
  });

  it('are not sent for a key that is made for a short time, that ended, or that was ended meanwhile', async () => {
    const brief = await makeKey(owner, place(), { expiresAt: new Date(Date.now() + 86_400_000).toISOString() });
    const revoked = await ending(9);
    await send(owner, 'POST', pathIn(place(), `/api-keys/${revoked.id}/revoke`));
    const over = await ending(-1);
    const last = await ending(9);
    await noticeKeyEnds(tenet.database);
    await eventually(() => expect(mails()).to.deep.equal([`owner@example.com ${last.id}`]));
    expect([brief.id, over.id].some((id) => mails().join().includes(id))).to.equal(false);
  });

  it('a name cannot make the mail say something else', () => {
    const { text, html } = keyNoticeMail({
      ...{ organizationId, apiKeyId: newId('apiKey'), days: 3, userId: newId('user'), email: 'a@example.com', publicUrl: 'http://x' },
      ...{ key: 'K\u2028ey <b>', organization: 'Acme <i>', expiresAt: new Date() },
    });
    expect(text).not.to.contain('\u2028');
    expect(html).not.to.match(/<[bi]>/);
  });
});
