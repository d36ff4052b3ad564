import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { invitationMail } from '../../../core/delivery/invitation-mail.ts';
import { createMailer } from '../../../core/delivery/mail.ts';
import type { Mail } from '../../../core/delivery/templates/message.ts';
import { eventually } from '../../helpers/eventually.ts';
import { failure } from '../../helpers/failure.ts';
import { readMail, startSmtp, type TestSmtp, tokenIn } from '../../helpers/smtp.ts';

const mail: Mail = { id: 'inv_1.1', to: 'grace@example.com', subject: 'Grüße', text: 'Hello Grace', html: '<p>Hello Grace</p>' };
const from = 'Acme Accounts <accounts@acme.example>';

describe('mail', () => {
  let directory: string;
  let smtp: TestSmtp;
  before(async () => {
    smtp = await startSmtp();
  });
  after(() => smtp.stop());
  beforeEach(async () => {
    smtp.received.length = 0;
    smtp.busy = false;
    directory = await mkdtemp(join(tmpdir(), 'tenet-mail-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const mailer = (url: string | undefined) => createMailer({ TENET_SMTP_URL: url, TENET_MAIL_FROM: from, TENET_DATA_DIR: directory });

  it('goes to the SMTP server with sender, recipient and a Message-ID that a repetition shares', async () => {
    const { send, close } = mailer(smtp.url);
    await send(mail);
    await send(mail);
    close();
    expect(smtp.received).to.have.length(2);
    const [first, second] = smtp.received;
    expect(first!.from).to.equal('accounts@acme.example');
    expect(first!.to).to.deep.equal(['grace@example.com']);
    expect(first!.text).to.contain('Hello Grace');
    expect(first!.header('Message-ID')).to.equal('<inv_1.1@acme.example>').and.equal(second!.header('Message-ID'));
    expect(first!.header('Auto-Submitted')).to.equal('auto-generated');
  });

  it('fails when the server does not take it, and when there is none', async () => {
    smtp.busy = true;
    expect((await failure(mailer(smtp.url).send(mail))).message).to.contain('451');
    expect((await failure(mailer('smtp://127.0.0.1:9').send(mail))).message).to.contain('ECONNREFUSED');
  });

  it('goes through a server that was started again, though the connection was kept', async () => {
    const first = await startSmtp();
    const { send, close } = mailer(first.url);
    await send(mail);
    await first.stop();
    const second = await startSmtp(Number(new URL(first.url).port));
    await eventually(() => send(mail));
    close();
    await second.stop();
    expect([first.received.length, second.received.length]).to.deep.equal([1, 1]);
  });

  it('does not send a password in the clear to another machine', async () => {
    // An address of this machine that is none of the loopback ones; the server there offers no STARTTLS.
    const { port } = new URL(smtp.url);
    const error = await failure(mailer(`smtp://user:secret@0.0.0.0:${port}`).send(mail));
    expect(error.message).to.match(/TLS|STARTTLS/);
    expect(smtp.received).to.deep.equal([]);
  });

  it('becomes a file for its owner alone where no SMTP server is configured', async () => {
    await mailer(undefined).send(mail);
    const path = join(directory, 'mail');
    expect(await readdir(path)).to.deep.equal(['inv_1.1.eml']);
    expect((await stat(path)).mode & 0o777).to.equal(0o700);
    expect((await stat(join(path, 'inv_1.1.eml'))).mode & 0o777).to.equal(0o600);
    const written = readMail(await readFile(join(path, 'inv_1.1.eml'), 'utf8'));
    expect(written.header('To')).to.equal('grace@example.com');
    expect(written.text).to.contain('Hello Grace');
  });

  it('has one recipient and one subject, whatever is written in them', async () => {
    const { send, close } = mailer(smtp.url);
    await send({ ...mail, subject: 'Hi\r\nBcc: eve@example.com\r\n\r\nbody' });
    await send({ ...mail, to: '"a, eve@example.com, b"@example.com' }).catch(() => undefined);
    close();
    expect(smtp.received[0]!.header('Bcc')).to.equal(undefined);
    for (const { to } of smtp.received) expect(to).to.have.length(1).and.not.include('eve@example.com');
  });
});

describe('invitation mail', () => {
  const invitation = {
    invitationId: 'inv_01h455vb4pex5vsknk084sn02q',
    tokenVersion: 3,
    email: 'grace@example.com',
    organization: '<b>Acme</b> & "Sons"',
    inviter: 'ada@example.com',
    expiresAt: new Date('2026-11-28T09:30:00Z'),
    token: `tnti_k1.${'x'.repeat(43)}`,
    publicUrl: 'https://tenet.example.com',
  };

  it('says who invites where, until when, and how to accept', () => {
    const { id, to, subject, text } = invitationMail(invitation);
    expect(id).to.equal('inv_01h455vb4pex5vsknk084sn02q.3');
    expect(to).to.equal('grace@example.com');
    expect(subject).to.contain('Acme');
    expect(text).to.contain('ada@example.com invites you').and.contain('2026-11-28 09:30 UTC').and.contain('Sign in as grace@example.com');
    expect(text)
      .to.contain('curl -X POST https://tenet.example.com/v1/invitations/accept')
      .and.contain(`INVITATION=${invitation.token}\n`)
      .and.contain(`-d '{"token":"'$INVITATION'"}'`);
    // What is longer would be encoded, and could not be copied from the source of the mail.
    expect(text.split('\n').filter((line) => line.length > 76)).to.deep.equal([]);
    expect(tokenIn(readMail(`Content-Type: text/plain\r\n\r\n${text}`))).to.equal(invitation.token);
  });

  it('leaves out what would hide or turn round a part of the name', () => {
    const { subject, text, html } = invitationMail({ ...invitation, organization: 'Ac\u202eme\u2028\u200b Corp' });
    for (const part of [subject, text, html])
      expect(part)
        .to.contain('Acme Corp')
        .and.not.match(/[\u200b\u2028\u202e]/);
  });

  it('shows names as they are, never as HTML', () => {
    const { html } = invitationMail(invitation);
    expect(html).not.to.contain('<b>').and.not.to.contain('"Sons"');
    expect(html).to.contain('&#60;b&#62;Acme');
  });
});
