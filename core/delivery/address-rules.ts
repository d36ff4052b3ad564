import { isIP } from 'node:net';
import { networksOf } from '../base/addresses.ts';
import type { Address } from './resolve-name.ts';

/** Networks that are not the public internet (the special-purpose registries of IANA). */
const inside = networksOf([
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24'],
  ...['192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
  // Of IPv6 only 2000::/3 is public, and in it not what leads to addresses of IPv4 or is for documents.
  ...['::/3', '4000::/2', '8000::/1', '2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'],
]);

/** Where clouds give credentials to every program that asks: not even an allowed network opens these. */
const metadata = networksOf(['169.254.169.254/32', '100.100.100.200/32', 'fd00:ec2::254/128']);

/** Whether a request that a tenant has named may go to an address. One that is not encrypted goes into allowed networks alone. */
export type AddressRule = (address: Address, isEncrypted: boolean) => boolean;

/** The rule of an installation that allows these networks inside as well. */
export function addressRule(allowed: readonly string[] = []): AddressRule {
  const opened = networksOf(allowed);
  return ({ address, family }, isEncrypted) => {
    const plain = plainAddress(address, family);
    return !metadata.has(plain) && ((isEncrypted && !inside.has(plain)) || opened.has(plain));
  };
}

/** The address that a URL names without a name; undefined where it has a name, which is resolved when it is fetched. */
export function literalAddress({ hostname }: URL): Address | undefined {
  const address = hostname.replace(/^\[|\]$/g, '');
  const family = isIP(address);
  return family === 0 ? undefined : { address, family };
}

/** An address without its zone; one of IPv4 that is written as one of IPv6, in any of the ways there are, is what it stands for. */
function plainAddress(address: string, family: number): string {
  const bare = address.replace(/%.*$/, '');
  if (family === 4) return bare;
  const mapped = /^::ffff:([^.]+)$/.exec(new URL(`https://[${bare}]`).hostname.slice(1, -1));
  if (!mapped) return bare;
  const [high = 0, low = 0] = mapped[1]!.split(':').map((part) => Number.parseInt(part, 16));
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}
