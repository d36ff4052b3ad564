import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import express, { type Request, type Response } from 'express';
import { TenetError, Unauthenticated } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import { type Log, plainLine } from '../core/log.ts';
import type { Metrics } from '../core/metrics.ts';
import { randomHex } from '../core/random.ts';
import { type ReadBody, readBody } from './body.ts';
import type { Contract, Reply } from './contract.ts';
import type { TenetRequest } from './dispatch.ts';
import { type ProblemSlug, problems, toProblem } from './problem.ts';

export interface ServerOptions {
  readonly contract: Contract;
  readonly log: Log;
  readonly metrics: Metrics;
  /** URI in front of the slug of problem types. */
  readonly problemBase: string;
  /** Routes that go ahead of Express because every microsecond counts there. */
  readonly fastRoutes: Readonly<Record<string, Handle>>;
}

type Handle = (request: TenetRequest) => Reply | Promise<Reply>;

/** The HTTP server: reads a request, has the contract handle it, writes the answer and one log line. It listens nowhere yet. */
export function createHttpServer(options: ServerOptions): Server {
  const { contract, log, metrics } = options;
  const logRequest = plainLine(log, 'request');

  function answer(message: IncomingMessage, response: ServerResponse, handle: Handle): void {
    const started = performance.now();
    const request = toRequest(message);
    let refusal: string | undefined;

    const problemOf = (error: unknown): Reply => {
      // The caller must not learn why a token does not hold; whoever reads the log must.
      if (error instanceof Unauthenticated) refusal = error.reason;
      const reply = toProblem(error, { requestId: request.requestId, base: options.problemBase });
      if (reply.status >= 500) log.error({ requestId: request.requestId, error }, 'request failed');
      return reply;
    };
    const finish = (given: Reply): void => {
      let reply = given;
      try {
        write(response, reply, request, !server.listening);
      } catch (error) {
        reply = problemOf(error);
        write(response, reply, request, !server.listening);
      }
      account(request, reply.status, started, refusal);
    };
    const fail = (error: unknown): void => {
      // The caller hung up before the request was complete: there is nobody to tell, and no fault of ours.
      if (message.destroyed && !message.complete) account(request, abandoned, started, refusal);
      else finish(problemOf(error));
    };
    const settle = (decide: () => Reply | Promise<Reply>): void => {
      let reply: Reply | Promise<Reply>;
      try {
        reply = decide();
      } catch (error) {
        fail(error);
        return;
      }
      if (reply instanceof Promise) reply.then(finish, fail);
      else finish(reply);
    };

    const onBody = ({ bytes, bodyError }: ReadBody): void => {
      if (bytes) request.bytes = bytes;
      if (bodyError) request.bodyError = bodyError;
      settle(() => handle(request));
    };
    if (hasOneHost(message)) readBody(message, onBody, fail);
    else fail(new TenetError('bad-request', 'The request must have exactly one Host header.'));
  }

  /** One line in the log and one observation for each request. */
  function account(request: IncomingRequest, status: number, started: number, refusal: string | undefined): void {
    const { operationId = 'none', subject, organizationId, decision } = request.trail;
    const ms = performance.now() - started;
    metrics.requests.observe(operationId, request.method, status, ms / 1_000);
    logRequest({
      requestId: request.requestId,
      traceId: request.trace.id,
      method: request.method,
      operationId,
      status,
      refusal,
      subject,
      organizationId,
      allowed: decision?.allowed,
      decisionId: decision && !decision.allowed ? decision.id : undefined,
      ms: Math.round(ms * 100) / 100,
    });
  }

  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', false);
  app.use((message, response) => answer(message, response, (request) => contract.handle(request)));

  const server = createServer(
    {
      headersTimeout: 15_000,
      requestTimeout: 30_000,
      connectionsCheckingInterval: 5_000,
      keepAliveTimeout: 65_000,
      maxHeaderSize: 16_384,
      // Node would answer with nothing but a status; checkHost says why.
      requireHostHeader: false,
    },
    (message, response) => {
      const fast = options.fastRoutes[`${message.method} ${message.url}`];
      if (fast) answer(message, response, fast);
      // Express leaves to this what its router cannot read, such as the target http://[.
      else app(message as Request, response as Response, () => answer(message, response, (request) => contract.handle(request)));
    },
  );
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => refuse(error, socket, options.problemBase));
  return server;
}

/** Logged for requests whose caller hung up before they were complete; never sent. */
const abandoned = 499;

/** Exactly one Host in HTTP/1.1 (RFC 9112 section 3.2). */
function hasOneHost({ rawHeaders, httpVersion }: IncomingMessage): boolean {
  const hosts = valuesOf(rawHeaders, 'host')?.length ?? 0;
  return hosts === 1 || (hosts === 0 && httpVersion === '1.0');
}

const requestIdPattern = /^[\w.-]{1,128}$/;
const traceparentPattern = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

type IncomingRequest = TenetRequest & { readonly trace: { readonly id: string; readonly parent: string } };

function toRequest(message: IncomingMessage): IncomingRequest {
  // A proxy's form of the target names the server as well (RFC 9112 section 3.2.2).
  const target = message.url ?? '/';
  const url = target.startsWith('/') ? target : target.replace(/^https?:\/\/[^/?]*\/?/i, '/');
  const mark = url.indexOf('?');
  const given = message.headers['x-request-id'];
  return {
    method: message.method ?? 'GET',
    path: mark < 0 ? url : url.slice(0, mark),
    query: mark < 0 ? '' : url.slice(mark + 1),
    headers: message.headers,
    authorization: valuesOf(message.rawHeaders, 'authorization'),
    body: undefined,
    requestId: typeof given === 'string' && requestIdPattern.test(given) ? given : newId('request'),
    trace: traceOf(message.headers['traceparent']),
    trail: {},
  };
}

/** Every header with this lower-case name: `headers` hides a second one, and `headersDistinct` collects all the others as well. */
function valuesOf(rawHeaders: readonly string[], wanted: string): string[] | undefined {
  let found: string[] | undefined;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!;
    if (name.length !== wanted.length || name.toLowerCase() !== wanted) continue;
    found ??= [];
    found.push(rawHeaders[index + 1]!);
  }
  return found;
}

/** Joins the caller's trace or begins one (W3C Trace Context); `parent` is the header that goes on with it. */
function traceOf(header: string | string[] | undefined): { id: string; parent: string } {
  const given = typeof header === 'string' ? traceparentPattern.exec(header) : null;
  const match = given && !/^0+$/.test(given[1]!) ? given : null;
  const id = match?.[1] ?? randomHex(16);
  return { id, parent: `00-${id}-${randomHex(8)}-${match?.[3] ?? '00'}` };
}

/** What every answer says, whatever it is about: names and values in turn, which is what writeHead takes without copying. */
const safeHeaders = [
  ['cache-control', 'no-store'],
  ['content-security-policy', "default-src 'none'; frame-ancestors 'none'"],
  ['cross-origin-resource-policy', 'same-origin'],
  ['referrer-policy', 'no-referrer'],
  ['strict-transport-security', 'max-age=31536000; includeSubDomains'],
  ['x-content-type-options', 'nosniff'],
] as const;
const onlySafeHeaders = safeHeaders.flat();

function write(response: ServerResponse, reply: Reply, request: IncomingRequest, isLast: boolean): void {
  const headers: (string | number)[] = safeHeadersBeside(reply.headers);
  headers.push('x-request-id', request.requestId, 'traceparent', request.trace.parent);
  if (isLast) headers.push('connection', 'close');
  const { body, contentType, status } = reply;
  const text = body === undefined ? undefined : typeof body === 'string' && contentType ? body : JSON.stringify(body);
  if (text !== undefined) {
    headers.push('content-type', contentType ?? 'application/json', 'content-length', Buffer.byteLength(text));
  } else if (status !== 204 && status !== 304 && request.method !== 'HEAD') {
    headers.push('content-length', 0);
  }
  response.writeHead(status, headers as string[]);
  if (leaving.push({ response, text }) === 1) setImmediate(leave);
}

/** Answers of one turn of the event loop leave together: the first write wakes their client, which costs more than the writing, and the others find it awake. */
let leaving: { response: ServerResponse; text: string | undefined }[] = [];

function leave(): void {
  const all = leaving;
  leaving = [];
  for (const { response, text } of all) {
    try {
      // Node leaves out the body of an answer to HEAD.
      response.end(text);
    } catch {
      response.destroy();
    }
  }
}

/** A header of the reply takes the place of the safe one with its name: sent twice, the stricter would not always win. */
function safeHeadersBeside(own: Reply['headers']): string[] {
  if (own === undefined) return [...onlySafeHeaders];
  const names = Object.keys(own).map((name) => name.toLowerCase());
  const headers: string[] = [];
  for (const [name, value] of safeHeaders) if (!names.includes(name)) headers.push(name, value);
  for (const [name, value] of Object.entries(own)) headers.push(name.toLowerCase(), value);
  return headers;
}

/** Bytes that are not HTTP never reach the application; their sender still gets a problem (RFC 9457) instead of an empty answer. */
function refuse(error: NodeJS.ErrnoException, socket: Socket, base: string): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const slug: ProblemSlug =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? 'header-fields-too-large'
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? 'request-timeout'
        : 'bad-request';
  const { status, title, description } = problems[slug];
  const requestId = newId('request');
  const body = JSON.stringify({
    type: `${base}${slug}`,
    title,
    status,
    detail: description,
    instance: `urn:tenet:request:${requestId}`,
    code: slug,
    requestId,
  });
  const headers = [
    ...safeHeaders,
    ['content-type', 'application/problem+json'],
    ['content-length', Buffer.byteLength(body)],
    ['x-request-id', requestId],
    ['connection', 'close'],
  ];
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`);
}
