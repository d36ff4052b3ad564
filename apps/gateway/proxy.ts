import { Agent, type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Transform } from 'node:stream';
import { createProxyServer } from 'httpxy';
import type { Address } from '../../core/apps/driver.ts';
import { TenetError, Unavailable } from '../../core/base/errors.ts';
import { cleanAnswer } from './headers.ts';
import type { Limits } from './limits.ts';

/** One request on its way to a program. */
export interface Passage {
  readonly address: Address;
  /** The target that the program gets. */
  readonly path: string;
  /** All headers that it gets. */
  readonly headers: IncomingHttpHeaders;
}

/** The program could not be reached: nothing of the request has come to it, or the request is one that changes nothing. It may be passed on again. */
export class NotReached extends Unavailable {
  constructor(cause: unknown, detail = 'and nothing of the request has come to it') {
    super(`This application stopped when the request was passed on, ${detail}. Send the request again.`, { cause });
  }
}

const unanswered = 'before it had answered; the request is one that changes nothing';

/** The program did not answer, or broke off. */
export class ProgramFailed extends TenetError {
  constructor(detail: string, cause?: unknown) {
    super('application-failed', detail, {}, { cause });
  }
}

/** What becomes of an upgrade. */
export interface UpgradeOutcome {
  opened(upstream: Socket): void;
  refuse(error: Error): void;
}

/** Passes requests on. What it throws was not answered yet, unless the head of the answer has left. */
export interface ProgramProxy {
  /** Resolves when the answer has been sent, or its client has gone. */
  web(message: IncomingMessage, response: ServerResponse, passage: Passage): Promise<void>;
  /**
   * Calls `opened` with the socket to the program when that has upgraded the connection. What the program answers else is passed on; where it
   * cannot be reached, `refuse` is called, and must answer at once.
   */
  upgrade(message: IncomingMessage, socket: Socket, head: Buffer, passage: Passage, outcome: UpgradeOutcome): void;
  close(): void;
}

/** The only door to the library: it passes on headers that Connection names and Proxy-Authorization, so it gets none but those that are to arrive. */
export function createProxy(limits: Pick<Limits, 'openOfOne' | 'silenceMs' | 'bodyBytes'>): ProgramProxy {
  const bounds = { maxSockets: limits.openOfOne, maxFreeSockets: 16 };
  const keeping = new Agent({ ...bounds, keepAlive: true, scheduling: 'lifo' });
  // A kept connection may lead to a program that has just ended, so a request that must not be sent twice has a new connection.
  const fresh = new Agent({ ...bounds, keepAlive: false });
  const server = createProxyServer({ xfwd: false, changeOrigin: false, followRedirects: false, proxyTimeout: limits.silenceMs });
  const requests = new WeakMap<IncomingMessage, (request: ClientRequest) => void>();
  server.on('proxyReq', (request, message) => requests.get(message)?.(request));
  server.on('proxyReqWs', (request, message) => requests.get(message)?.(request));
  server.on('proxyRes', ({ headers }) => cleanAnswer(headers));

  return {
    async web(message, response, passage) {
      let body: Transform | undefined;
      let timedOut = false;
      let sent: ClientRequest | undefined;
      requests.set(message, (request) => {
        sent = request;
        request.once('timeout', () => (timedOut = true));
        body?.once('error', (error) => request.destroy(error));
      });
      if (message.headers['transfer-encoding'] !== undefined) body = countBody(message, limits.bodyBytes);
      replaceHead(message, passage);
      try {
        const agent = isRepeatable(message) ? keeping : fresh;
        await server.web(message, response, { target: targetOf(passage), agent, ...(body && { buffer: body }) });
      } catch (error) {
        throw isStale(error, sent) && !response.headersSent ? new NotReached(error, unanswered) : faultOf(error, timedOut);
      }
    },
    upgrade(message, socket, head, passage, outcome) {
      replaceHead(message, passage);
      requests.set(message, (request) => {
        let isAnswered = false;
        request.once('response', ({ headers }: IncomingMessage) => {
          isAnswered = true;
          cleanAnswer(headers);
        });
        request.once('upgrade', (answer: IncomingMessage, upstream: Socket) => {
          isAnswered = true;
          cleanAnswer(answer.headers, { isUpgrade: true });
          outcome.opened(upstream);
        });
        // Ahead of the library, which ends the socket in this same turn.
        request.once('error', (error) => {
          if (!isAnswered && socket.writable) outcome.refuse(faultOf(error, false));
        });
      });
      // Without an agent: the connection is of this one socket.
      const options = { target: targetOf(passage), agent: false as const, upgradeTimeout: limits.silenceMs };
      server.ws(message, socket, options, head).catch(() => socket.destroy());
    },
    close() {
      keeping.destroy();
      fresh.destroy();
    },
  };
}

/** A body of unknown length, which ends with an error when it is too long. */
function countBody(message: IncomingMessage, most: number): Transform {
  let bytes = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > most) done(bodyTooLarge(most));
      else done(null, chunk);
    },
  });
  message.once('error', (error) => counted.destroy(error));
  return message.pipe(counted);
}

/** The body is longer than any may be. */
export function bodyTooLarge(most: number): TenetError {
  return new TenetError('payload-too-large', `A request to an application may have ${most} bytes at most.`);
}

/** The library reads both from the message. */
function replaceHead(message: IncomingMessage, { path, headers }: Passage): void {
  message.url = path;
  message.headers = headers;
}

function targetOf({ address: { host, port } }: Passage) {
  return { protocol: 'http:', host, port } as const;
}

const unreachable = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN']);

/** Whether a request changes nothing, so that it may be sent again (RFC 9110 section 9.2.2). */
const isRepeatable = ({ method = '' }: IncomingMessage): boolean => ['GET', 'HEAD', 'OPTIONS'].includes(method);

/** A kept connection was closed while a request came over it. Only repeatable requests go over kept connections. */
function isStale(error: unknown, sent: ClientRequest | undefined): boolean {
  const { code = '' } = error as NodeJS.ErrnoException;
  return sent?.reusedSocket === true && ['ECONNRESET', 'EPIPE'].includes(code);
}

function faultOf(error: unknown, timedOut: boolean): Error {
  if (error instanceof TenetError) return error;
  if (unreachable.has((error as NodeJS.ErrnoException).code ?? '')) return new NotReached(error);
  if (timedOut) return new TenetError('application-timeout', 'The application did not answer in time.', {}, { cause: error });
  return new ProgramFailed('The application broke off before it had answered. Whether it has done what was asked is not known.', error);
}
