import type { IncomingMessage, ServerResponse } from 'node:http';
import { newId } from '../../core/base/ids.ts';
import { randomHex } from '../../core/base/random.ts';
import type { Waiter } from '../../core/database/turns.ts';
import type { ClientAddress } from './client-address.ts';
import type { TenetRequest } from './message.ts';

// Any text that a header may have is repeated, as AuthZEN asks; the log writes it as JSON.
const requestIdPattern = /^[\x20-\x7e]{1,128}$/;
const traceparentPattern = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** A request as its head says it. */
export type IncomingRequest = TenetRequest & {
  readonly trace: { readonly id: string; readonly parent: string };
};

/** Reads the head of a request; what its body says is unknown yet. */
export function toRequest(message: IncomingMessage, addressOf: ClientAddress, response?: ServerResponse): IncomingRequest {
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
    body: undefined,
    requestId: newId('request'),
    clientRequestId: typeof given === 'string' && requestIdPattern.test(given) ? given : undefined,
    address: addressOf(message),
    waiter: response && waiterOf(response),
    trace: traceOf(message.headers['traceparent']),
    logFields: {},
  };
}

/** The id that an answer repeats: the caller's, who knows it already, or ours. */
export function answeredId({ requestId, clientRequestId }: TenetRequest): string {
  return clientRequestId ?? requestId;
}

/** Joins the caller's trace or begins one (W3C Trace Context); `parent` is the header that goes on with it. */
function traceOf(header: string | string[] | undefined): { id: string; parent: string } {
  const given = typeof header === 'string' ? traceparentPattern.exec(header) : null;
  const match = given && !/^0+$/.test(given[1]!) ? given : null;
  const id = match?.[1] ?? randomHex(16);
  return { id, parent: `00-${id}-${randomHex(8)}-${match?.[3] ?? '00'}` };
}

/** When the client hangs up, its response is destroyed before it has ended. */
function waiterOf(response: ServerResponse): Waiter {
  return {
    isGone: () => response.destroyed,
    whenGone(listener) {
      response.once('close', listener);
      return () => response.off('close', listener);
    },
  };
}
