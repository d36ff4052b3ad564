import type { Reply, TenetRequest } from '../../api/http/message.ts';
import { MethodNotAllowed } from '../../api/http/problem.ts';
import type { InstancePlace } from '../../core/apps/instance-rows.ts';
import { endCookie, isSecret, isTicket, principalOfCookie, useTicket } from '../../core/apps/passes.ts';
import { isLocalDomain, openingPath, signOutPath } from '../../core/apps/urls.ts';
import type { Principal } from '../../core/authorization/decisions/actor.ts';
import { nameOf } from '../../core/authorization/decisions/subjects.ts';
import { NotFound, TenetError, Unauthenticated } from '../../core/base/errors.ts';
import { toUuid } from '../../core/base/ids.ts';
import type { Database, Scope } from '../../core/database/database.ts';
import { signedOutReply } from './answer.ts';
import { clearCookie, cookieIn, cookieNameFor, setCookie } from './cookies.ts';
import { isOwnPath } from './own-paths.ts';
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
  /** Whether a request is for the gateway itself. */
  isOwn(target: Target): boolean;
  /**
   * Answers such a request: takes a ticket and gives the cookie, or ends that. Throws Unauthenticated, always the same, for what is no ticket, and
   * permission-denied for a sign-out that another page could have sent.
   */
  answer(request: TenetRequest, target: Target): Promise<Reply>;
}

/** Methods that change nothing (RFC 9110 section 9.2.1), as programs are to keep it. */
const safeMethods: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

/** Makes what knows browsers. */
export function createBrowsers({ database, domain, keyHeaders, placeOf }: BrowsersOptions): Browsers {
  const name = domain === undefined ? undefined : cookieNameFor(domain);
  // The cookie leaves over TLS alone, so a page of the same host without it is another one.
  const origins = domain !== undefined && isLocalDomain(domain) ? /^https?:\/\/([^/]+)$/i : /^https:\/\/([^/]+)$/i;

  async function placeFor(instance: string | undefined, secret: string): Promise<InstancePlace | undefined> {
    return instance !== undefined && isSecret(secret) ? placeOf(instance) : undefined;
  }

  function readCookie(place: InstancePlace, cookie: string): Promise<Principal | undefined> {
    return database.read(scopeOf(place), (db) => principalOfCookie(db, place, cookie));
  }

  async function open(request: TenetRequest, instance: string | undefined, ticket: string): Promise<Reply> {
    if (request.method !== 'GET') throw new MethodNotAllowed(['GET']);
    const place = await placeFor(instance, ticket);
    const isKnown = place && (await database.read(scopeOf(place), (db) => isTicket(db, place, ticket)));
    const used = isKnown && (await database.write(scopeOf(place), (db) => useTicket(db, place, ticket)));
    if (!used) throw new Unauthenticated('ticket');
    Object.assign(request.logFields, { subject: used.userId, organizationId: place!.organizationId });
    return { status: 303, body: '', contentType: 'text/plain', headers: { Location: '/', 'Set-Cookie': setCookie(name!, used.cookie) } };
  }

  /** Another page could only sign a person out, which it may not either. A cookie that has ended is forgotten all the same. */
  async function signOut(request: TenetRequest, instance: string | undefined): Promise<Reply> {
    if (request.method !== 'POST') throw new MethodNotAllowed(['POST']);
    refuseOtherPages(request, origins);
    const cookie = cookieIn(request.headers.cookie, name!) ?? '';
    const place = await placeFor(instance, cookie);
    const principal = place && (await readCookie(place, cookie));
    if (principal) {
      await database.write(scopeOf(place), (db) => endCookie(db, place, cookie));
      Object.assign(request.logFields, { subject: nameOf(principal.subject), organizationId: place.organizationId });
    }
    return signedOutReply({ 'Set-Cookie': clearCookie(name!) });
  }

  return {
    cookieOf({ headers }) {
      if (name === undefined || headers.authorization !== undefined) return undefined;
      if (keyHeaders.some((header) => headers[header] !== undefined)) return undefined;
      return cookieIn(headers.cookie, name);
    },
    async identify(request, instance, cookie) {
      refuseOtherPages(request, origins);
      const place = await placeFor(instance, cookie);
      const principal = place && (await readCookie(place, cookie));
      if (principal === undefined) throw new Unauthenticated('cookie');
      request.logFields.subject = nameOf(principal.subject);
      return principal;
    },
    isOwn: ({ path }) => name !== undefined && isOwnPath(path),
    async answer(request, { instance, path }) {
      const [own, query] = path.split('?', 2);
      if (own === openingPath) return open(request, instance, new URLSearchParams(query).get('ticket') ?? '');
      if (own === signOutPath) return signOut(request, instance);
      throw new NotFound();
    },
  };
}

/**
 * A browser sends the cookie with what any page asks, also a page of another application below the same domain: SameSite takes all of those for one site.
 * A page of another host may lead a person here, or show a page in a frame; it may neither change, read nor include anything.
 */
function refuseOtherPages({ method, headers }: TenetRequest, origins: RegExp): void {
  const isRead = safeMethods.includes(method) && headers.upgrade === undefined;
  if (isRead ? mayRead(headers) : mayChange(headers, origins)) return;
  throw new TenetError('permission-denied', 'A page of another host has sent this. Only pages of the application itself may.');
}

/** Browsers that do not say who asks are few, and old. */
function mayRead(headers: TenetRequest['headers']): boolean {
  const site = headers['sec-fetch-site'];
  return site === undefined || site === 'same-origin' || site === 'none' || headers['sec-fetch-mode'] === 'navigate';
}

/** A page that wants no Referer to be sent has `null` in Origin, as what has no origin does; Sec-Fetch-Site tells them apart. */
function mayChange(headers: TenetRequest['headers'], origins: RegExp): boolean {
  const { origin, host } = headers;
  if (origin === undefined || origin === 'null') return headers['sec-fetch-site'] === 'same-origin';
  const from = origins.exec(origin)?.[1];
  return from !== undefined && from.toLowerCase() === host?.toLowerCase();
}

function scopeOf({ organizationId }: InstancePlace): Scope {
  return { organization: toUuid('organization', organizationId) };
}
