import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** A mail as it arrived: its envelope and its text. */
export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: string;
  /** The value of a header, unfolded. */
  header(name: string): string | undefined;
  /** The decoded plain part. */
  readonly text: string;
}

/** An SMTP server that keeps what it gets. */
export interface TestSmtp {
  readonly url: string;
  readonly received: ReceivedMail[];
  /** While it is true, messages are refused with a temporary error (RFC 5321 section 4.2.1). */
  busy: boolean;
  /** Addresses for which no message is taken. */
  readonly refused: Set<string>;
  stop(): Promise<void>;
}

/** Starts an SMTP server on this machine, on a free port unless one is given. */
export async function startSmtp(onPort = 0): Promise<TestSmtp> {
  const received: ReceivedMail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    closeTimeout: 200,
    disabledCommands: ['STARTTLS'],
    onRcptTo({ address }, _session, done) {
      done(smtp.refused.has(address) ? Object.assign(new Error('No such mailbox'), { responseCode: 550 }) : null);
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (smtp.busy) {
          done(Object.assign(new Error('Try again later'), { responseCode: 451 }));
          return;
        }
        const { mailFrom, rcptTo } = session.envelope;
        received.push(readMail(Buffer.concat(chunks).toString('utf8'), mailFrom ? mailFrom.address : '', rcptTo));
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(onPort, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  const smtp: TestSmtp = {
    url: `smtp://127.0.0.1:${port}`,
    received,
    busy: false,
    refused: new Set(),
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
  return smtp;
}

/** A mail out of its text (RFC 5322), as an SMTP server or a file has it. */
export function readMail(raw: string, from = '', to: readonly { address: string }[] = []): ReceivedMail {
  const [head = ''] = raw.split('\r\n\r\n', 1);
  const lines = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  const header = (name: string): string | undefined =>
    lines
      .find((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`))
      ?.slice(name.length + 1)
      .trim();
  return { from, to: to.map(({ address }) => address), raw, header, text: plainPart(raw) };
}

function plainPart(raw: string): string {
  const start = raw.indexOf('Content-Type: text/plain');
  const part = raw.slice(start);
  const bodyAt = part.indexOf('\r\n\r\n') + 4;
  const head = part.slice(0, bodyAt);
  const end = part.indexOf('\r\n--', bodyAt);
  const body = part.slice(bodyAt, end === -1 ? undefined : end);
  if (/base64/i.test(head)) return Buffer.from(body, 'base64').toString('utf8');
  if (!/quoted-printable/i.test(head)) return body.replaceAll('\r\n', '\n');
  const bytes = body
    .replace(/=\r\n/g, '')
    .replaceAll('\r\n', '\n')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** The invitation token in a mail. */
export function tokenIn(mail: ReceivedMail): string {
  const [token] = /tnti_[\w.-]+/.exec(mail.text) ?? [];
  if (!token) throw new Error(`no token in the mail:\n${mail.text}`);
  return token;
}
