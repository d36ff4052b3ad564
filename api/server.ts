import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import express from 'express';
import { newId } from '../core/ids.ts';
import type { Log } from '../core/log.ts';
import type { Metrics } from '../core/metrics.ts';
import { readBody } from './body.ts';
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
  readonly fastRoutes: Readonly<Record<string, (request: TenetRequest) => Promise<Reply>>>;
}

/** The HTTP server: reads a request, has the contract handle it, writes the answer and one log line. It listens nowhere yet. */
export function createHttpServer(options: ServerOptions): Server {
  const { contract, log, metrics } = options;

  async function answer(
    message: IncomingMessage,
    response: ServerResponse,
    handle: (request: TenetRequest) => Promise<Reply>,
  ): Promise<void> {
    const started = performance.now();
    const request = toRequest(message);
    let reply: Reply;
    try {
      Object.assign(request, await readBody(message));
      reply = await handle(request);
    } catch (error) {
      reply = toProblem(error, { requestId: request.requestId, base: options.problemBase });
      if (reply.status >= 500) log.error({ requestId: request.requestId, error }, 'request failed');
    }
    write(response, reply, request);
    const { operationId = 'none', subject, organizationId, decision } = request.trail;
    const seconds = (performance.now() - started) / 1000;
    metrics.requests.observe({ operation: operationId, method: request.method, status: String(reply.status) }, seconds);
    log.info(
      {
        requestId: request.requestId,
        traceId: request.trace.id,
        method: request.method,
        operationId,
        status: reply.status,
        subject,
        organizationId,
        allowed: decision?.allowed,
        decisionId: decision && !decision.allowed ? decision.id : undefined,
        ms: Math.round(seconds * 1e5) / 100,
      },
      'request',
    );
  }

  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', false);
  app.use((message, response) => answer(message, response, (request) => contract.handle(request)));

  const server = createServer(
    { headersTimeout: 15_000, requestTimeout: 30_000, keepAliveTimeout: 65_000, maxHeaderSize: 16_384 },
    (message, response) => {
      const fast = options.fastRoutes[`${message.method} ${message.url}`];
      if (fast) void answer(message, response, fast);
      else app(message, response);
    },
  );
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => refuse(error, socket, options.problemBase));
  return server;
}

const requestIdPattern = /^[\w.-]{1,128}$/;
const traceparentPattern = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

type IncomingRequest = TenetRequest & { readonly trace: { readonly id: string; readonly parent: string } };

function toRequest(message: IncomingMessage): IncomingRequest {
  const url = message.url ?? '/';
  const mark = url.indexOf('?');
  const given = message.headers['x-request-id'];
  return {
    method: message.method ?? 'GET',
    path: mark < 0 ? url : url.slice(0, mark),
    query: mark < 0 ? '' : url.slice(mark + 1),
    headers: message.headers,
    authorization: message.headersDistinct['authorization'],
    body: undefined,
    requestId: typeof given === 'string' && requestIdPattern.test(given) ? given : newId('request'),
    trace: traceOf(message.headers['traceparent']),
    trail: {},
  };
}

/** Joins the caller's trace or begins one (W3C Trace Context); `parent` is the header that goes on with it. */
function traceOf(header: string | string[] | undefined): { id: string; parent: string } {
  const match = typeof header === 'string' ? traceparentPattern.exec(header) : null;
  const id = match && !/^0+$/.test(match[1]!) ? match[1]! : randomBytes(16).toString('hex');
  return { id, parent: `00-${id}-${randomBytes(8).toString('hex')}-${match?.[3] ?? '00'}` };
}

/** What every answer says, whatever it is about. */
const safeHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
} as const;

function write(response: ServerResponse, reply: Reply, request: IncomingRequest): void {
  const headers: Record<string, string | number> = { ...safeHeaders, 'x-request-id': request.requestId, traceparent: request.trace.parent };
  for (const [name, value] of Object.entries(reply.headers ?? {})) headers[name.toLowerCase()] = value;
  const { body, contentType, status } = reply;
  const text = body === undefined ? undefined : typeof body === 'string' && contentType ? body : JSON.stringify(body);
  if (text !== undefined) {
    headers['content-type'] = contentType ?? 'application/json';
    headers['content-length'] = Buffer.byteLength(text);
  } else if (status !== 204 && status !== 304 && request.method !== 'HEAD') {
    headers['content-length'] = 0;
  }
  response.writeHead(status, headers).end(text);
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
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nX-Request-Id: ${requestId}\r\nConnection: close\r\n\r\n${body}`,
  );
}
