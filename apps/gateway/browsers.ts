import type { Reply, TenetRequest } from '../../api/http/message.ts';
import type { InstancePlace } from '../../core/apps/instance-rows.ts';
import { principalOfCookie, useTicket } from '../../core/apps/passes.ts';
import { openingPath } from '../../core/apps/urls.ts';
import type { Principal } from '../../core/authorization/decisions/actor.ts';
import { nameOf } from '../../core/authorization/decisions/subjects.ts';
import { TenetError, Unauthenticated } from '../../core/base/errors.ts';
import { toUuid } from '../../core/base/ids.ts';
import type { Database, Scope } from '../../core/database/database.ts';
import { cookieIn, cookieNameFor, setCookie } from './cookies.ts';
import type { Target } from './target.ts';

/** What knowing browsers takes. */
export interface BrowsersOptions {
  readonly database: Database;
  /** Applications are hosts below it; without it browsers are not known. */
  readonly domain: string | undefined;
  /** Headers, in lower case, that may bring an API key. */
  readonly keyHeaders: readonly string[];
  readonly placeOf: (instance: string) => Promise<InstancePlace | undefined>;
}

/** People with a browser, which brings a cookie of the host of an application and no token. */
export interface Browsers {
  /** The cookie by which a request is authenticated; undefined where it brings none, or another credential. */
  cookieOf(request: TenetRequest): string | undefined;
  /** Whose cookie it is. Throws Unauthenticated, and permission-denied for what another page could have sent. */
  identify(request: TenetRequest, instance: string | undefined, cookie: string): Promise<Principal>;
  /** Whether a request brings a ticket. */
  isOpening(target: Target): boolean;
  /** Takes the ticket, and answers with the cookie. Throws Unauthenticated, always the same, for one that is none. */
  open(request: TenetRequest, target: Target): Promise<Reply>;
}

/** Methods that change nothing (RFC 9110 section 9.2.1), as programs are to keep it. */
const safeMethods: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

/** Makes what knows browsers. */
export function createBrowsers({ database, domain, keyHeaders, placeOf }: BrowsersOptions): Browsers {
  const name = domain === undefined ? undefined : cookieNameFor(domain);

  return {
    cookieOf({ headers }) {
      if (name === undefined || headers.authorization !== undefined) return undefined;
      if (keyHeaders.some((header) => headers[header] !== undefined)) return undefined;
      return cookieIn(headers.cookie, name);
    },
    async identify(request, instance, cookie) {
      refuseOtherPages(request);
      const place = instance === undefined ? undefined : await placeOf(instance);
      const principal = place && (await database.read(scopeOf(place), (db) => principalOfCookie(db, place, cookie)));
      if (principal === undefined) throw new Unauthenticated('cookie');
      request.logFields.subject = nameOf(principal.subject);
      return principal;
    },
    isOpening: ({ path }) => name !== undefined && (path === openingPath || path.startsWith(`${openingPath}?`)),
    async open(request, { instance, path }) {
      if (request.method !== 'GET') throw new TenetError('method-not-allowed', 'A ticket is used with GET.');
      const ticket = new URLSearchParams(path.slice(openingPath.length)).get('ticket') ?? '';
      const place = instance === undefined ? undefined : await placeOf(instance);
      const used = place && (await database.write(scopeOf(place), (db) => useTicket(db, place, ticket)));
      if (!used) throw new Unauthenticated('ticket');
      Object.assign(request.logFields, { subject: used.userId, organizationId: place!.organizationId });
      return { status: 303, body: '', contentType: 'text/plain', headers: { Location: '/', 'Set-Cookie': setCookie(name!, used.cookie) } };
    },
  };
}

/** A browser sends the cookie whoever's page it is that asks, also that of another application below the same domain: SameSite takes all of those for one site. */
function refuseOtherPages({ method, headers }: TenetRequest): void {
  if (safeMethods.includes(method) && headers.upgrade === undefined) return;
  const { origin, host } = headers;
  if (origin === undefined ? headers['sec-fetch-site'] === 'same-origin' : hostOf(origin) === host?.toLowerCase()) return;
  throw new TenetError('permission-denied', 'A page of another host has sent this. Only pages of the application itself may.');
}

function hostOf(origin: string): string | undefined {
  return /^https?:\/\/([^/]+)$/i.exec(origin)?.[1]?.toLowerCase();
}

function scopeOf({ organizationId }: InstancePlace): Scope {
  return { organization: toUuid('organization', organizationId) };
}
