import { expect } from 'chai';
import { readWork, writeSeen } from '../../../core/apps/work.ts';
import { toUuid } from '../../../core/base/ids.ts';
import { failedLook, install, publish, signInPublisher } from '../../helpers/apps.ts';
import { eventually } from '../../helpers/eventually.ts';
import { foundOrganization, join } from '../../helpers/people.ts';
import { startSmtp, type TestSmtp } from '../../helpers/smtp.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

describe('mails of an application that fails', function () {
  this.timeout(60_000);
  let smtp: TestSmtp;
  let tenet: TestTenet;
  let admin: Caller;
  let organizationId: string;
  let itemId: string;

  before(async () => {
    smtp = await startSmtp();
    tenet = await startTenet({ TENET_APPS_DRIVER: 'process', TENET_SMTP_URL: smtp.url });
    admin = await tenet.as('admin@example.com');
    organizationId = await foundOrganization(admin, 'Acme', 'app-workspace');
    itemId = await publish(await signInPublisher(tenet));
  });

  after(async () => {
    await tenet?.stop();
    await smtp?.stop();
  });

  /** So many failures in a row, as what runs programs sees them. */
  async function fail(instanceId: string, ...counts: number[]): Promise<void> {
    for (const failures of counts) {
      const work = (await tenet.database.read('platform', (db) => readWork(db, toUuid('instance', instanceId))))!;
      const written = await tenet.database.write('platform', (db) =>
        writeSeen(db, work, { ...failedLook(work, failures), failure: `The program ended with code ${failures}.` }),
      );
      expect(written).to.equal(true);
    }
  }

  const start = (instanceId: string) =>
    admin.client.POST('/v1/organizations/{organizationId}/instances/{instanceId}/start', {
      params: { path: { organizationId, instanceId } },
    });
  const about = (instanceId: string) =>
    smtp.received
      .filter(({ text }) => text.includes(instanceId))
      .map(({ to }) => to.join())
      .sort();

  it('go once for each period to those who may restart it and want them, and to nobody else', async () => {
    await join(tenet, { organizationId }, 'manager@example.com', 'org.manager');
    const without = await join(tenet, { organizationId }, 'without@example.com', 'org.co-admin');
    const user = await join(tenet, { organizationId }, 'user@example.com', 'org.member');
    const { id, projectId } = await install(admin, organizationId, { itemId, name: 'Team notes' });
    const grant = await admin.client.POST('/v1/organizations/{organizationId}/projects/{projectId}/grants', {
      params: { path: { organizationId, projectId } },
      body: { subject: { type: 'USER', id: user.id }, role: 'project.user' } as never,
    });
    expect(grant.response.status).to.equal(201);
    const path = { organizationId, settingKey: 'notify-instance-failure' };
    const choice = (value: boolean) =>
      without.client.PUT('/v1/organizations/{organizationId}/members/me/settings/{settingKey}', {
        params: { path, header: { 'If-Match': '*' } },
        body: { value },
      });
    expect((await choice(false)).data).to.include({ value: false });

    await fail(id, 1, 2, 3, 4, 5);
    await eventually(() => expect(about(id)).to.deep.equal(['admin@example.com', 'manager@example.com']));
    const { text } = smtp.received[0]!;
    expect(smtp.received[0]!.header('subject')).to.equal('Application Team notes of Acme fails');
    expect(text)
      .to.contain('"Team notes"')
      .and.contain('The program ended with code 3.')
      .and.contain(`ORG=${organizationId}`)
      .and.contain(`INSTANCE=${id}`);

    // The next period tells anew, the one who has chosen to go along again too: each mail of before is sent by then.
    await choice(true);
    expect((await start(id)).response.status).to.equal(200);
    await fail(id, 1, 2, 3);
    const twice = ['admin@example.com', 'admin@example.com', 'manager@example.com', 'manager@example.com', 'without@example.com'];
    await eventually(() => expect(about(id)).to.deep.equal(twice));
  });

  it('are not sent of what was stopped meanwhile', async () => {
    const stopped = await install(admin, organizationId, { itemId });
    const failing = await install(admin, organizationId, { itemId });
    const [org_id, id] = [toUuid('organization', organizationId), toUuid('instance', stopped.id)];
    // Both in the transaction of the third failure, so that no job runs between them.
    await fail(stopped.id, 1, 2);
    const work = (await tenet.database.read('platform', (db) => readWork(db, id)))!;
    await tenet.database.write('platform', async (db) => {
      expect(await writeSeen(db, work, failedLook(work, 3))).to.equal(true);
      await db('instances').where({ org_id, id }).update({ desired: 'STOPPED' });
    });
    await fail(failing.id, 1, 2, 3);
    await eventually(() => expect(about(failing.id)).to.have.length(3));
    expect(about(stopped.id)).to.deep.equal([]);
  });

  it('go to the one of many people who may restart it, and not once an address has its own of the day; alerts have theirs', async () => {
    const many = await foundOrganization(admin, 'Many', 'app-workspace');
    const org = toUuid('organization', many);
    const ids = `select n, ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid as id from generate_series(1, 200) n`;
    await tenet.database.write('platform', async (db) => {
      await db.raw(`insert into users (id, issuer, subject) select id, 'test', 'many-' || n from (${ids}) u`);
      await db.raw(`insert into members (org_id, user_id) select '${org}', id from (${ids}) u`);
      await db.raw(`insert into grants (org_id, id, user_id, role, source, granted_by)
        select '${org}', id, id, 'org.member', 'DIRECT', 'test' from (${ids}) u`);
    });
    const spent = (kind: string) =>
      tenet.database.write('platform', (db) =>
        db.raw(
          `insert into budgets (kind, subject, since, used) values (?, ?, date_trunc('day', now(), 'UTC'), 20)
          on conflict (kind, subject, since) do update set used = excluded.used`,
          [`${kind}-in-organization`, `${many} admin@example.com`],
        ),
      );
    await spent('alert-mails-to-address');
    const [first, quiet, last] = [
      await install(admin, many, { itemId }),
      await install(admin, many, { itemId }),
      await install(admin, organizationId, { itemId }),
    ];
    await fail(first.id, 1, 2, 3);
    await eventually(() => expect(about(first.id)).to.deep.equal(['admin@example.com']));
    await spent('instance-failure-mails-to-address');
    await fail(quiet.id, 1, 2, 3);
    await fail(last.id, 1, 2, 3);
    await eventually(() => expect(about(last.id)).to.include('admin@example.com'));
    expect(about(quiet.id)).to.deep.equal([]);
  });
});
