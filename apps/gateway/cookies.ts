import { cookieSeconds } from '../../core/apps/passes.ts';
import { isLocalDomain } from '../../core/apps/urls.ts';

/** A browser keeps the first for one host and over TLS alone (RFC 6265bis); hosts of this machine have no TLS. */
const names = { outside: '__Host-tenet', local: 'tenet-open' };

/** A cookie, in Cookie or Set-Cookie, that is or could be taken for one of these. Some browsers send what has no name as its value alone. */
const ours = new RegExp(`^\\s*=?\\s*(?:${names.outside}|${names.local})\\s*(?:[=;]|$)`, 'i');
const mayHaveOurs = new RegExp(`${names.outside}|${names.local}`, 'i');

/** The name of the cookie by which browsers are known on hosts below this domain. */
export function cookieNameFor(domain: string): string {
  return isLocalDomain(domain) ? names.local : names.outside;
}

/** The value of the one cookie with this name; undefined where there is none, or a second one, which another host may have set. */
export function cookieIn(header: string | undefined, name: string): string | undefined {
  if (header === undefined || !mayHaveOurs.test(header)) return undefined;
  const values = header.split(';').flatMap((cookie) => {
    const [found, ...value] = cookie.trim().split('=');
    return found === name ? [value.join('=')] : [];
  });
  return values.length === 1 ? values[0] : undefined;
}

/** The cookies that are for the program; undefined where none is left. */
export function cookiesForProgram(header: string): string | undefined {
  if (!mayHaveOurs.test(header)) return header;
  const kept = header.split(';').filter((cookie) => !ours.test(cookie));
  return kept.length === 0 ? undefined : kept.join(';').trim();
}

/** Whether a Set-Cookie of a program is one that the gateway alone sets. */
export function isSetByGateway(cookie: string): boolean {
  return ours.test(cookie);
}

/** The Set-Cookie with which a browser is known from now on. */
export function setCookie(name: string, value: string): string {
  return cookie(name, value, cookieSeconds);
}

/** The Set-Cookie with which a browser forgets it. */
export function clearCookie(name: string): string {
  return cookie(name, '', 0);
}

function cookie(name: string, value: string, seconds: number): string {
  const secure = name === names.outside ? '; Secure' : '';
  return `${name}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure}`;
}
