import type { ServerResponse } from 'node:http';
import type { Connections } from './connections.ts';
import { answeredId, type IncomingRequest } from './incoming.ts';
import type { Reply } from './message.ts';

/** What every answer says, whatever it is about: names and values in turn, which is what writeHead takes without copying. */
export const safeHeaders = [
  ['cache-control', 'no-store'],
  ['content-security-policy', "default-src 'none'; frame-ancestors 'none'"],
  ['cross-origin-resource-policy', 'same-origin'],
  ['referrer-policy', 'no-referrer'],
  ['strict-transport-security', 'max-age=31536000; includeSubDomains'],
  ['x-content-type-options', 'nosniff'],
] as const;
const onlySafeHeaders = safeHeaders.flat();

/** How an answer leaves. */
export interface Sending {
  /** Whether the connection is closed behind it. */
  readonly isLast: boolean;
  readonly connections: Connections;
  /** Names and values in turn that pages of other origins need. */
  readonly crossOrigin: readonly string[] | undefined;
}

/** Sends the reply at the end of this turn of the event loop. Throws where the reply cannot be sent; nothing is sent then. */
export function write(
  response: ServerResponse,
  reply: Reply,
  request: IncomingRequest,
  { isLast, connections, crossOrigin }: Sending,
): void {
  const headers: (string | number)[] = safeHeadersBeside(reply.headers);
  headers.push('x-request-id', answeredId(request), 'traceparent', request.trace.parent);
  if (isLast) headers.push('connection', 'close');
  if (crossOrigin) headers.push(...crossOrigin);
  if (request.rateHeaders) headers.push(...request.rateHeaders);
  const { contentType, status, stream } = reply;
  if (stream) {
    headers.push('content-type', contentType ?? 'application/octet-stream');
    if (stream.bytes !== undefined) headers.push('content-length', stream.bytes);
    response.writeHead(status, headers as string[]);
    void pour(response, request.method === 'HEAD' ? undefined : stream.chunks(), connections);
    return;
  }
  const text = textOf(reply);
  if (text !== undefined) {
    headers.push('content-type', contentType ?? 'application/json', 'content-length', Buffer.byteLength(text));
  } else if (status !== 204 && status !== 304 && request.method !== 'HEAD') {
    headers.push('content-length', 0);
  }
  response.writeHead(status, headers as string[]);
  if (leaving.push({ response, text, connections }) === 1) setImmediate(leave);
}

/** Sends one piece when the client has taken the one before it. What fails in the middle closes the connection: the client misses bytes of the length that was announced, or the last chunk. */
async function pour(response: ServerResponse, chunks: AsyncIterable<Buffer> | undefined, connections: Connections): Promise<void> {
  try {
    for await (const chunk of chunks ?? []) {
      if (response.destroyed) return;
      if (response.write(chunk)) continue;
      connections.sent(response);
      await drained(response);
      connections.taken(response);
    }
    response.end();
    connections.sent(response);
  } catch {
    response.destroy();
  }
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    if (response.destroyed) resolve();
    const done = (): void => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });
}

function textOf({ body, bytes, contentType }: Reply): string | Buffer | undefined {
  if (bytes) return bytes;
  if (body === undefined) return undefined;
  return typeof body === 'string' && contentType ? body : JSON.stringify(body);
}

/** Answers of one turn of the event loop leave together: the first write wakes their client, which costs more than the writing, and the others find it awake. */
let leaving: { response: ServerResponse; text: string | Buffer | undefined; connections: Connections }[] = [];

function leave(): void {
  const all = leaving;
  leaving = [];
  for (const { response, text, connections } of all) {
    try {
      // Node leaves out the body of an answer to HEAD.
      response.end(text);
      connections.sent(response);
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
