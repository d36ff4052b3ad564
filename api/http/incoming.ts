import type { IncomingMessage } from 'node:http';
import { newId } from '../../core/base/ids.ts';
import { randomHex } from '../../core/base/random.ts';
import type { TenetRequest } from './message.ts';

const requestIdPattern = /^[\w.-]{1,128}$/;
const traceparentPattern = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** A request as its head says it. */
export type IncomingRequest = TenetRequest & {
  /** How many Host headers there are. */
  readonly hosts: number;
  readonly trace: { readonly id: string; readonly parent: string };
};

/** Reads the head of a request; what its body says is unknown yet. */
export function toRequest(message: IncomingMessage): IncomingRequest {
  // A proxy's form of the target names the server as well (RFC 9112 section 3.2.2).
  const target = message.url ?? '/';
  const url = target.startsWith('/') ? target : target.replace(/^https?:\/\/[^/?]*\/?/i, '/');
  const mark = url.indexOf('?');
  const given = message.headers['x-request-id'];
  const { hosts, authorization } = repeated(message.rawHeaders);
  return {
    method: message.method ?? 'GET',
    path: mark < 0 ? url : url.slice(0, mark),
    query: mark < 0 ? '' : url.slice(mark + 1),
    headers: message.headers,
    authorization,
    hosts,
    body: undefined,
    requestId: typeof given === 'string' && requestIdPattern.test(given) ? given : newId('request'),
    trace: traceOf(message.headers['traceparent']),
    trail: {},
  };
}

/** What must not come twice: `headers` hides a second one, and `headersDistinct` collects all the others as well. */
function repeated(rawHeaders: readonly string[]): { hosts: number; authorization: string[] | undefined } {
  let hosts = 0;
  let authorization: string[] | undefined;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!;
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1;
    else if (name.length === 13 && name.toLowerCase() === 'authorization') {
      authorization ??= [];
      authorization.push(rawHeaders[index + 1]!);
    }
  }
  return { hosts, authorization };
}

/** Joins the caller's trace or begins one (W3C Trace Context); `parent` is the header that goes on with it. */
function traceOf(header: string | string[] | undefined): { id: string; parent: string } {
  const given = typeof header === 'string' ? traceparentPattern.exec(header) : null;
  const match = given && !/^0+$/.test(given[1]!) ? given : null;
  const id = match?.[1] ?? randomHex(16);
  return { id, parent: `00-${id}-${randomHex(8)}-${match?.[3] ?? '00'}` };
}
