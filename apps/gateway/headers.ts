import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { TenetError } from '../../core/base/errors.ts';
import { cookiesForProgram, isSetByGateway } from './cookies.ts';
import { isIdentity } from './identity-headers.ts';

/** The caller, as the headers for the program name them. */
export interface CallerHeaders {
  readonly user: string;
  readonly organization: string;
  readonly instance: string;
  /** Where the identity provider has verified one. */
  readonly email?: string | undefined;
}

/** What of a request is for the gateway alone, and what it says of the way to it. */
export interface Forwarding {
  readonly caller: CallerHeaders;
  /** Headers, in lower case, that may bring an API key. */
  readonly keyHeaders: readonly string[];
  /** From where the request came. */
  readonly address: string | undefined;
  /** How the caller reached the gateway, or the proxy before it. */
  readonly protocol: 'http' | 'https';
  readonly isUpgrade: boolean;
}

/** Of this connection alone (RFC 9110 section 7.6.1); Expect is answered here. */
const ofConnection: readonly string[] = [
  'connection',
  'expect',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/** A request whose Connection header takes these away would be read in another way by the program. */
const neverOfConnection: readonly string[] = ['content-length', 'host', 'transfer-encoding'];

const connectionNames: ReadonlySet<string> = new Set(ofConnection);
const removed = new Set([...ofConnection, 'authorization']);

/**
 * Programs read `X_Tenet_User`, `X.Tenet.User` and `X-Tenet-User` as one: CGI, FastCGI and WSGI write all of them as HTTP_X_TENET_USER, with `_` for what is no letter
 * and no digit. Node has names in lower case.
 */
const plainName = (name: string): string => (/[^a-z0-9-]/.test(name) ? name.replace(/[^a-z0-9]/g, '-') : name);

const listed = (value: string | undefined): string[] => (value ?? '').split(',').map((each) => each.trim().toLowerCase());

/** Headers that Connection takes away; undefined where it says the usual alone. */
function namedByConnection({ connection }: IncomingHttpHeaders): string[] | undefined {
  return connection === undefined || /^(keep-alive|close)$/i.test(connection) ? undefined : listed(connection);
}

/** What is wrong with how a request is framed, beside what Node refuses by itself: what two programs could read in two ways goes to none. */
export function framingFault({ headers, httpVersion }: IncomingMessage): TenetError | undefined {
  const encoding = headers['transfer-encoding'];
  if (
    encoding !== undefined &&
    (encoding.toLowerCase() !== 'chunked' || httpVersion === '1.0' || headers['content-length'] !== undefined)
  ) {
    return refusal('Transfer-Encoding', 'must be chunked alone, in HTTP/1.1 and without Content-Length');
  }
  const named = namedByConnection(headers)?.find((name) => neverOfConnection.includes(name));
  return named === undefined ? undefined : refusal('Connection', `must not name ${named}`);
}

function refusal(parameter: string, detail: string): TenetError {
  return new TenetError('bad-request', `The header ${parameter} ${detail}.`, { errors: [{ parameter, detail }] });
}

/** The headers with which a request goes on to the program: without credentials, and what they say of the caller is ours. */
export function requestHeaders({ headers }: Pick<IncomingMessage, 'headers'>, forwarding: Forwarding): IncomingHttpHeaders {
  const { caller, keyHeaders, address, protocol, isUpgrade } = forwarding;
  const named = namedByConnection(headers);
  const keys = keyHeaders.map(plainName);
  const passed: IncomingHttpHeaders = {};
  for (const name in headers) {
    const plain = plainName(name);
    const isRemoved = removed.has(plain) || isIdentity(plain) || named?.includes(name) || keys.includes(plain);
    if (!isRemoved && !isSecondOf(plain, name, headers)) passed[name] = headers[name];
  }
  if (passed.cookie !== undefined) replaceCookies(passed, cookiesForProgram(passed.cookie));
  if (headers['transfer-encoding'] !== undefined) passed['transfer-encoding'] = 'chunked';
  if (isUpgrade) Object.assign(passed, { connection: 'Upgrade', upgrade: 'websocket' });
  if (address !== undefined) passed['x-forwarded-for'] = address;
  if (headers.host !== undefined) passed['x-forwarded-host'] = headers.host;
  passed['x-forwarded-proto'] = protocol;
  passed['x-tenet-user'] = caller.user;
  passed['x-tenet-organization'] = caller.organization;
  passed['x-tenet-instance'] = caller.instance;
  // What a header cannot carry is left out.
  if (caller.email !== undefined && /^[\x21-\x7e]+$/.test(caller.email)) passed['x-tenet-email'] = caller.email;
  return passed;
}

/** A name that a program reads as the one of another header, of this request or of how it is framed. */
function isSecondOf(plain: string, name: string, headers: IncomingHttpHeaders): boolean {
  return plain !== name && (headers[plain] !== undefined || neverOfConnection.includes(plain));
}

function replaceCookies(headers: IncomingHttpHeaders, cookies: string | undefined): void {
  if (cookies === undefined) delete headers.cookie;
  else headers.cookie = cookies;
}

/** What a web server before the gateway would do for the program: read a file, answer from another place, keep the answer. */
const forServers = /^(x-accel-|x-sendfile|x-lighttpd-send-file|x-reproxy-url|surrogate-control|cdn-cache-control)/;

/** What Clear-Site-Data may name: the rest reaches the cookies of all hosts below the same domain. */
const clearable: readonly string[] = ['"cache"', '"storage"'];

/**
 * Takes from the headers of an answer what is of the connection to the program, cookies that the gateway alone sets, and that others are for other hosts than the
 * one of the instance. What says nothing of caches is for the browser alone: to a proxy on the way a request with a cookie is like any other.
 */
export function cleanAnswer(headers: IncomingHttpHeaders, { isUpgrade = false } = {}): void {
  const named = namedByConnection(headers);
  for (const name in headers) {
    const isOfConnection = connectionNames.has(name) || (name !== 'content-length' && named?.includes(name));
    if (isOfConnection || plainName(name).startsWith('x-tenet-') || forServers.test(name)) delete headers[name];
  }
  const cookies = headers['set-cookie'];
  if (cookies) {
    headers['set-cookie'] = cookies
      .filter((cookie) => !isSetByGateway(cookie))
      .map((cookie) => cookie.replace(/;\s*domain\s*=[^;]*/gi, ''));
  }
  const cleared = headers['clear-site-data'];
  if (cleared !== undefined) replaceClearing(headers, listed(`${cleared}`));
  if (isUpgrade) Object.assign(headers, { connection: 'Upgrade', upgrade: 'websocket' });
  else headers['cache-control'] ??= 'private';
}

function replaceClearing(headers: IncomingHttpHeaders, asked: readonly string[]): void {
  const kept = asked.filter((each) => clearable.includes(each));
  if (kept.length === 0) delete headers['clear-site-data'];
  else headers['clear-site-data'] = kept.join(', ');
}
