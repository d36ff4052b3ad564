import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { readConfig } from '../../../core/base/config.ts';
import { alertMail } from '../../../core/delivery/alert-mail.ts';
import { instanceFailureMail } from '../../../core/delivery/instance-failure-mail.ts';
import { invitationMail } from '../../../core/delivery/invitation-mail.ts';
import { keyNoticeMail } from '../../../core/delivery/key-notice-mail.ts';
import { ownershipTransferMail } from '../../../core/delivery/ownership-transfer-mail.ts';
import { supportRequestMail } from '../../../core/delivery/support-request-mail.ts';
import type { Mail } from '../../../core/delivery/templates/message.ts';
import {
  languageFor,
  languages,
  type MailName,
  mailNames,
  placeholders,
  plainWording,
  readWording,
} from '../../../core/delivery/templates/words.ts';

const snapshots = new URL('snapshots/', import.meta.url);
const about = {
  organizationId: 'org_01h455vb4pex5vsknk084sn02q',
  email: 'grace@example.com',
  userId: 'user_01h455vb4pex5vsknk084sn02q',
  organization: 'Acme & Söhne <b>GmbH</b>',
  expiresAt: new Date('2026-11-28T09:30:00Z'),
  publicUrl: 'https://tenet.example.com',
};
const invitation = {
  ...about,
  invitationId: 'inv_01h455vb4pex5vsknk084sn02q',
  tokenVersion: 1,
  inviter: 'ada@example.com',
  token: `tnti_k1.${'x'.repeat(43)}`,
};
const support = {
  ...about,
  supportAccessId: 'sup_01h455vb4pex5vsknk084sn02q',
  role: 'org.support',
  reason: 'Ticket 4711: the connection to the ledger fails since yesterday evening',
  minutes: 60,
  until: new Date('2026-11-28T10:30:00Z'),
  offered_by: null,
};

const fired = {
  title: 'Tokens of a day',
  on: 'THRESHOLD',
  meter: 'tokens',
  measure: 'QUANTITY',
  unit: 'token',
  quantity: 1250,
  limit: 1000,
} as const;

/** Each mail as it is written, in a language. */
const written: Readonly<Record<MailName, (language: string, organization?: string) => Mail>> = {
  invitation: (language, organization = about.organization) => invitationMail({ ...invitation, language, organization }),
  invitationAgain: (language, organization = about.organization) =>
    invitationMail({ ...invitation, tokenVersion: 2, language, organization }),
  projectInvitation: (language, organization = about.organization) =>
    invitationMail({ ...invitation, project: 'Website', language, organization }),
  ownershipTransfer: (language, organization = about.organization) =>
    ownershipTransferMail({ ...about, transferId: 'otr_01h455vb4pex5vsknk084sn02q', owner: 'ada@example.com', language, organization }),
  alert: (language, organization = about.organization) =>
    alertMail({ ...about, id: 'afir_01h455vb4pex5vsknk084sn02q-0', facts: fired, periodStart: '2026-11-28', language, organization }),
  keyNotice: (language, organization = about.organization) =>
    keyNoticeMail({ ...about, apiKeyId: 'key_01h455vb4pex5vsknk084sn02q', days: 7, key: 'Build', language, organization }),
  instanceFailure: (language, organization = about.organization) =>
    instanceFailureMail({
      ...{ ...about, failureId: 'req_01h455vb4pex5vsknk084sn02q', failedAt: '2026-11-28T09:30:00Z' },
      ...{
        instanceId: 'inst_01h455vb4pex5vsknk084sn02q',
        name: 'Notes',
        failure: 'The program ended with code 1.',
        language,
        organization,
      },
    }),
  supportRequest: (language, organization = about.organization) =>
    supportRequestMail({ ...support, state: 'REQUESTED', language, organization }),
  supportAccess: (language, organization = about.organization) =>
    supportRequestMail({ ...support, state: 'APPROVED', language, organization }),
  supportOffer: (language, organization = about.organization) =>
    supportRequestMail({ ...support, state: 'APPROVED', offered_by: 'user_01h455vb4pex5vsknk084sn02r', language, organization }),
};

describe('templates of mails', () => {
  it('are written in every language with the same values', () => {
    for (const [tag, words] of Object.entries(languages)) {
      for (const [mail, own] of Object.entries(languages['en']!)) {
        for (const [word, text] of Object.entries(own)) {
          const there = (words as Record<string, Record<string, string>>)[mail]![word]!;
          const title = `${tag} ${mail}.${word}`;
          expect(there, title).to.match(/\S/);
          expect(placeholders(there), title).to.deep.equal(placeholders(text));
        }
      }
    }
    expect(Object.keys(languages)).to.have.members(['en', 'de']);
  });

  for (const tag of Object.keys(languages)) {
    for (const mail of mailNames) {
      it(`${mail} in ${tag} is the one that was reviewed (snapshots/; TENET_TEST_SNAPSHOTS=write renews them)`, () => {
        const { subject, text, html } = written[mail](tag);
        const files = { [`${mail}.${tag}.txt`]: `Subject: ${subject}\n\n${text}`, [`${mail}.${tag}.html`]: html };
        for (const [name, content] of Object.entries(files)) {
          const file = new URL(name, snapshots);
          if (process.env['TENET_TEST_SNAPSHOTS'] === 'write') {
            mkdirSync(snapshots, { recursive: true });
            writeFileSync(file, content);
          }
          expect(content).to.equal(readFileSync(file, 'utf8'));
        }
      });

      it(`${mail} in ${tag} fetches nothing, runs nothing, says its language, and shows names as text that stays apart`, () => {
        const { html } = written[mail](tag, '<img src=x onerror=alert(1)>');
        expect(html).to.contain(`<html lang="${tag}"`).and.contain('name="color-scheme" content="light dark"').and.contain('<title>');
        expect(html).not.to.match(/<(img|script|iframe|link|form|object)|url\(|@import|src=["h]/);
        expect(html).to.contain('<bdi>&#60;img src=x onerror=alert(1)&#62;</bdi>');
      });

      it(`${mail} in ${tag} leaves out of names what controls, hides or turns round, in subject, text and HTML`, () => {
        const { subject, text, html } = written[mail](tag, 'Ac\u202eme\r\nBcc: eve@example.com\u200b\u2028 \u0000Corp');
        for (const part of [subject, text, html]) expect(part).to.not.match(/[\u200b\u2028\u202e\0\r]/);
        expect(subject).to.not.contain('\n');
        expect(text).to.contain('AcmeBcc: eve@example.com');
      });

      it(`${mail} in ${tag} keeps what is copied from it in lines that no program breaks`, () => {
        const lines = written[mail](tag, 'Acme').text.split('\n');
        expect(lines.filter((line) => line.length > 76)).to.deep.equal([]);
      });
    }
  }

  it('keep a name in another script in one piece', () => {
    const { text, html } = written.invitation('en', 'شركة أكمي');
    expect(text).to.contain('شركة أكمي');
    expect(html).to.contain('<bdi>شركة أكمي</bdi>');
  });

  it('put nothing into a value that looks like a place for one', () => {
    expect(written.invitation('en', '{email} {inviter} {nothing}').text).to.contain('{email} {inviter} {nothing}');
  });

  it('are in the language of the organization, of another region of it, or of the installation', () => {
    const wording = { ...plainWording, language: 'de' };
    expect(['de', 'de-AT', 'EN-gb', 'fr', null, '__proto__', 'constructor'].map((tag) => languageFor(tag, wording))).to.deep.equal([
      'de',
      'de',
      'en',
      'de',
      'de',
      'de',
      'de',
    ]);
  });

  it('have subjects of the installation, with the values that the usual ones have', () => {
    const configured = (subjects: string) => readWording(readConfig({ TENET_MAIL_SUBJECTS: subjects }));
    const wording = configured('{"en":{"invitation":"Join {organization} at Example"}}');
    expect(invitationMail({ ...invitation, organization: 'Acme' }, wording).subject).to.equal('Join Acme at Example');
    expect(invitationMail({ ...invitation, organization: 'Acme', language: 'de' }, wording).subject).to.equal('Einladung zu Acme');
    expect(() => configured('{"fr":{"invitation":"Bonjour"}}')).to.throw('names the language fr');
    expect(() => configured('{"en":{"farewell":"Bye"}}')).to.throw('names the mail farewell');
    expect(() => configured('{"en":{"invitation":"Join {token}"}}')).to.throw('has {token}');
    expect(() => configured('{"en":{"invitation":"Join\\nBcc: eve@example.com"}}')).to.throw('TENET_MAIL_SUBJECTS');
    expect(() => readWording(readConfig({ TENET_MAIL_LANGUAGE: 'fr' }))).to.throw('must be one of en, de');
  });
});
