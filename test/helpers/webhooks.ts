import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A message as the receiver got it. */
export interface Received {
  readonly path: string;
  readonly id: string;
  readonly type: string;
  readonly sequence: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** What was answered, 0 where it was not. */
  status: number;
}

/** A server that webhooks send to. */
export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  /** What is answered to the next messages: a status, or what is done with the response instead. */
  answer: (message: Received) => number | ((response: ServerResponse) => void);
  /** What was answered 2xx. */
  delivered(path?: string): Received[];
  stop(): Promise<void>;
}

/** Configuration under which webhooks may reach a receiver of the test, and try again at once. */
export const nearReceivers = {
  TENET_FETCH_ALLOWED_NETWORKS: '127.0.0.1/32',
  TENET_WEBHOOK_HTTP: 'true',
  TENET_WEBHOOK_RETRIES: Array(12).fill('0.005').join(','),
};

/** Starts a real HTTP server that takes every message and answers as the test sets it. */
export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const { type, data } = JSON.parse(text) as { type: string; data: { sequence?: number } };
    const id = String(request.headers['webhook-id']);
    const message: Received = { path: request.url!, id, type, sequence: data.sequence, headers: request.headers, text, status: 0 };
    received.push(message);
    const answer = receiver.answer(message);
    if (typeof answer === 'function') return answer(response);
    message.status = answer;
    response.writeHead(answer).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answer: () => 204,
    delivered: (path) =>
      received.filter((message) => message.status >= 200 && message.status < 300 && (path === undefined || message.path === path)),
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return receiver;
}

/**
 * Verifies a message as the text of Standard Webhooks says it, by nothing that the product has: the signed content is `id.timestamp.body`, the key is the
 * base64 behind `whsec_`, one of the signatures with the version `v1` must fit, and the timestamp is at most five minutes off.
 */
export function isSigned({ headers, text }: Pick<Received, 'headers' | 'text'>, secret: string, now = Date.now()): boolean {
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => String(headers[name]));
  if (!secret.startsWith('whsec_') || !/^\d+$/.test(timestamp!) || Math.abs(now / 1000 - Number(timestamp)) > 300) return false;
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${text}`, 'utf8').digest();
  return signatures!.split(' ').some((signature) => {
    const [version, encoded = ''] = signature.split(',');
    const given = Buffer.from(encoded, 'base64');
    return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
  });
}
