import type { IncomingMessage } from 'node:http';
import type { Reply } from './message.ts';

/** What a page of another origin may use (CORS): the methods of the contract, the headers that a client sends, and those that it reads. */
const methods = 'GET, HEAD, POST, PUT, PATCH, DELETE';
const requestHeaders =
  'Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Tenet-Consistency, X-Request-Id, traceparent, tracestate';
const responseHeaders =
  'Allow, ETag, Idempotent-Replayed, Location, RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate, X-Request-Id, traceparent';
/** Seconds that a browser may remember the answer to a preflight: what Chromium takes at most. */
const maxAge = '7200';

/** What answers say to the pages of other origins. */
export interface CrossOrigin {
  /** Names and values in turn, for an answer to a request of this origin. */
  headersFor(origin: string | undefined): readonly string[];
  /** The answer to a preflight of an origin that may call; undefined for every other request. */
  preflight(message: IncomingMessage): Reply | undefined;
}

/**
 * Pages of these origins may call, with a token that they hold: credentials of the browser are never asked for, so no cookie and no
 * client certificate comes along. Undefined without origins: no answer says anything then.
 * `further` are headers of requests that this installation takes besides.
 */
export function createCrossOrigin(origins: readonly string[], further: readonly string[] = []): CrossOrigin | undefined {
  if (origins.length === 0) return undefined;
  // Caches must keep the answers for different origins apart, those without an origin included.
  const others = ['vary', 'Origin'];
  const listed = new Map(
    origins.map((origin) => [origin, [...others, 'access-control-allow-origin', origin, 'access-control-expose-headers', responseHeaders]]),
  );
  return {
    headersFor: (origin) => (origin !== undefined && listed.get(origin)) || others,
    preflight({ method, headers }) {
      if (method !== 'OPTIONS' || headers['access-control-request-method'] === undefined) return undefined;
      if (headers.origin === undefined || !listed.has(headers.origin)) return undefined;
      return {
        status: 204,
        headers: {
          'access-control-allow-methods': methods,
          'access-control-allow-headers': [requestHeaders, ...further].join(', '),
          'access-control-max-age': maxAge,
        },
      };
    },
  };
}
