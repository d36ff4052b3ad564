import type { IncomingMessage } from 'node:http';
import { networksOf, plainAddress } from '../../core/base/addresses.ts';

/** The network address that a request came from. */
export type ClientAddress = (message: IncomingMessage) => string | undefined;

/**
 * Without trusted proxies it is that of the connection, whatever headers say. Of a connection from a trusted proxy it is the last address in
 * X-Forwarded-For that is of none: what stands before that, the caller may have written.
 */
export function createClientAddress(trustedProxies: readonly string[]): ClientAddress {
  if (trustedProxies.length === 0) return ({ socket }) => plainAddress(socket.remoteAddress);
  const trusted = networksOf(trustedProxies);
  return ({ socket, headers }) => {
    const forwarded = String(headers['x-forwarded-for'] ?? '').split(',');
    let address = plainAddress(socket.remoteAddress);
    while (address !== undefined && trusted.has(address) && forwarded.length > 0) {
      const before = forwarded.pop()!;
      if (before.trim() === '' && forwarded.length === 0) return address;
      address = plainAddress(before);
    }
    return address;
  };
}
