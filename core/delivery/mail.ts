import { randomBytes } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport, type SendMailOptions } from 'nodemailer';
import type { Config } from '../base/config.ts';
import { makeDirectory } from '../base/make-directory.ts';
import type { Mail } from './templates/message.ts';

export interface Mailer {
  /** Resolves when the SMTP server has taken the message, or when it is written; throws otherwise. */
  send(mail: Mail): Promise<void>;
  close(): void;
}

/** A time in UTC for people, to the minute. */
export function readableTime(time: Date): string {
  return `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** Sends through the SMTP server of the configuration; without one, writes each mail as an .eml file into `<dataDir>/mail/`. */
export function createMailer(
  config: Pick<Config, 'TENET_SMTP_URL' | 'TENET_MAIL_FROM' | 'TENET_DATA_DIR'> & Partial<Pick<Config, 'TENET_MAIL_UNSUBSCRIBE'>>,
): Mailer {
  const { TENET_SMTP_URL: url, TENET_MAIL_FROM: from, TENET_MAIL_UNSUBSCRIBE: unsubscribe } = config;
  const envelope = { from, unsubscribe };
  return url === undefined ? fileMailer(join(config.TENET_DATA_DIR, 'mail'), envelope) : smtpMailer(url, envelope);
}

/** What all mails of an installation have. */
interface Envelope {
  readonly from: string;
  readonly unsubscribe?: string | undefined;
}

// What stands in a message never makes nodemailer read a file or fetch a URL.
const closed = { disableFileAccess: true, disableUrlAccess: true };

function smtpMailer(url: string, envelope: Envelope): Mailer {
  const { hostname, password, protocol, searchParams } = new URL(url);
  const local = hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
  const transport = createTransport({
    url,
    ...closed,
    // A hundred invitations are not a hundred handshakes. What fails is tried again by the outbox, not here.
    pool: true,
    maxConnections: 2,
    maxRequeues: 0,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 30_000,
    // A password does not cross the network in the clear: without TLS from the start, STARTTLS must succeed.
    ...(password !== '' && protocol === 'smtp:' && !local && !searchParams.has('requireTLS') && { requireTLS: true }),
  });
  return {
    send: async (mail) => void (await transport.sendMail(message(mail, envelope))),
    close: () => transport.close(),
  };
}

function fileMailer(directory: string, envelope: Envelope): Mailer {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows', ...closed });
  return {
    async send(mail) {
      const { message: text } = await transport.sendMail(message(mail, envelope));
      makeDirectory(directory);
      // A mail holds a token: nobody else reads it, and a half-written one is never seen under its name.
      const aside = join(directory, `.${randomBytes(6).toString('hex')}`);
      await writeFile(aside, text as Buffer, { mode: 0o600, flag: 'wx' });
      await rename(aside, join(directory, `${mail.id}.eml`));
    },
    close: () => transport.close(),
  };
}

function message({ id, to, subject, text, html }: Mail, { from, unsubscribe }: Envelope): SendMailOptions {
  const domain = /@([\w.-]+)>?\s*$/.exec(from)?.[1] ?? 'localhost';
  return {
    from,
    // As an object: a comma in an address does not make two recipients.
    to: { name: '', address: to },
    subject: oneLine(subject),
    text,
    html,
    messageId: `<${id}@${domain}>`,
    // RFC 3834: no program answers it.
    headers: { 'Auto-Submitted': 'auto-generated', ...(unsubscribe !== undefined && { 'List-Unsubscribe': `<${unsubscribe}>` }) },
  };
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
}
