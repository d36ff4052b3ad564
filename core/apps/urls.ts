import type { Config } from '../base/config.ts';
import { FailedPrecondition } from '../base/errors.ts';

/** Whether hosts below the domain are this machine, which browsers reach without TLS (RFC 6761 section 6.3). */
export function isLocalDomain(domain: string): boolean {
  return domain === 'localhost' || domain.endsWith('.localhost');
}

/** Where paths of the gateway itself begin on the host of an application. No program gets one. */
export const ownPaths = '/.tenet/';
/** The path by which browsers come in. */
export const openingPath = `${ownPaths}open`;
/** The path by which a page of the application signs its browser out of it. */
export const signOutPath = `${ownPaths}sign-out`;

/** What a browser opens to come into an application with a ticket. Throws FailedPrecondition where applications have no hosts. */
export function openingUrl(
  { TENET_APPS_DOMAIN: domain, TENET_APPS_GATEWAY_PORT: port }: Pick<Config, 'TENET_APPS_DOMAIN' | 'TENET_APPS_GATEWAY_PORT'>,
  instanceId: string,
): (ticket: string) => string {
  if (domain === undefined || port === undefined) {
    throw new FailedPrecondition(
      'failed-precondition',
      'Applications are not opened in browsers here: the operator has to set TENET_APPS_GATEWAY_PORT and TENET_APPS_DOMAIN.',
    );
  }
  const host = `${instanceId.replace('_', '-')}.${domain}`;
  // Elsewhere TLS ends before the gateway.
  const origin = isLocalDomain(domain) ? `http://${host}:${port}` : `https://${host}`;
  return (ticket) => `${origin}${openingPath}?ticket=${ticket}`;
}
