import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { TenetError } from '../../core/base/errors.ts';

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

/** What programs believe of a proxy before them, so that no caller may say it. */
const ofProxies: readonly string[] = [
  'cf-connecting-ip',
  'client-ip',
  'forwarded',
  'true-client-ip',
  'via',
  'x-client-ip',
  'x-original-url',
  'x-real-ip',
  'x-rewrite-url',
];
const prefixes = /^(x-forwarded-|x-tenet-)/;

/** A request whose Connection header takes these away would be read in another way by the program. */
const neverOfConnection: readonly string[] = ['content-length', 'host', 'transfer-encoding'];

const removed = new Set([...ofConnection, ...ofProxies, 'authorization']);

/** Programs read `X_Tenet_User` and `X-Tenet-User` as one, because CGI and WSGI write both as HTTP_X_TENET_USER. */
const plainName = (name: string): string => name.toLowerCase().replaceAll('_', '-');

const listed = (value: string | undefined): string[] => (value ?? '').split(',').map((each) => each.trim().toLowerCase());

/** What is wrong with how a request is framed, beside what Node refuses by itself: what two programs could read in two ways goes to none. */
export function framingFault({ headers, httpVersion }: IncomingMessage): TenetError | undefined {
  const encoding = headers['transfer-encoding'];
  if (
    encoding !== undefined &&
    (encoding.toLowerCase() !== 'chunked' || httpVersion === '1.0' || headers['content-length'] !== undefined)
  ) {
    return refusal('Transfer-Encoding', 'must be chunked alone, in HTTP/1.1 and without Content-Length');
  }
  const named = listed(headers.connection).find((name) => neverOfConnection.includes(name));
  return named === undefined ? undefined : refusal('Connection', `must not name ${named}`);
}

function refusal(parameter: string, detail: string): TenetError {
  return new TenetError('bad-request', `The header ${parameter} ${detail}.`, { errors: [{ parameter, detail }] });
}

/** The headers with which a request goes on to the program: without credentials, and what they say of the caller is ours. */
export function requestHeaders({ headers }: Pick<IncomingMessage, 'headers'>, forwarding: Forwarding): IncomingHttpHeaders {
  const { caller, keyHeaders, address, protocol, isUpgrade } = forwarding;
  const named = new Set(listed(headers.connection));
  const passes = (name: string): boolean => {
    const plain = plainName(name);
    return !removed.has(plain) && !prefixes.test(plain) && !named.has(name) && !keyHeaders.includes(plain);
  };
  const kept = Object.fromEntries(Object.entries(headers).filter(([name]) => passes(name)));
  return {
    ...kept,
    ...(headers['transfer-encoding'] !== undefined && { 'transfer-encoding': 'chunked' }),
    ...(isUpgrade && { connection: 'Upgrade', upgrade: 'websocket' }),
    ...(address !== undefined && { 'x-forwarded-for': address }),
    ...(headers.host !== undefined && { 'x-forwarded-host': headers.host }),
    'x-forwarded-proto': protocol,
    'x-tenet-user': caller.user,
    'x-tenet-organization': caller.organization,
    'x-tenet-instance': caller.instance,
    // What a header cannot carry is left out.
    ...(caller.email !== undefined && /^[\x21-\x7e]+$/.test(caller.email) && { 'x-tenet-email': caller.email }),
  };
}

/** Takes from the headers of an answer what is of the connection to the program, and cookies for other hosts than the one of the instance. */
export function cleanAnswer(headers: IncomingHttpHeaders, { isUpgrade = false } = {}): void {
  const named = listed(headers.connection);
  for (const name of [...ofConnection, ...named]) if (!neverOfConnection.slice(0, 2).includes(name)) delete headers[name];
  for (const name of Object.keys(headers)) if (plainName(name).startsWith('x-tenet-')) delete headers[name];
  const cookies = headers['set-cookie'];
  if (cookies) headers['set-cookie'] = cookies.map((cookie) => cookie.replace(/;\s*domain\s*=[^;]*/gi, ''));
  if (isUpgrade) Object.assign(headers, { connection: 'Upgrade', upgrade: 'websocket' });
}
