import { BlockList, isIP } from 'node:net';

/** Networks in CIDR notation, and single addresses. */
export interface Networks {
  has(address: string): boolean;
}

const form = /^([0-9A-Fa-f.:]+)(?:\/(\d{1,3}))?$/;

/** IPv4 addresses written as IPv6, however they are spelled. Addresses of callers are never written so: a network of these would meet none of them. */
const mapped = new BlockList();
mapped.addSubnet('::ffff:0:0', 96, 'ipv6');

interface Network {
  readonly address: string;
  readonly prefix: number;
  readonly family: 'ipv4' | 'ipv6';
}

function parse(text: string): Network | undefined {
  const [, address = '', length] = form.exec(text) ?? [];
  const version = isIP(address);
  if (version === 0 || (version === 6 && mapped.check(address, 'ipv6'))) return undefined;
  const bits = version === 4 ? 32 : 128;
  const prefix = length === undefined ? bits : Number(length);
  return prefix > bits ? undefined : { address, prefix, family: version === 4 ? 'ipv4' : 'ipv6' };
}

/** Whether it is an address, or a network such as 203.0.113.0/24 or 2001:db8::/32. */
export function isNetwork(text: string): boolean {
  return parse(text) !== undefined;
}

/** Networks to look addresses up in. Each text must be one. To a list of Node, 8.8.8.8 is in ::/3, because it is ::ffff:8.8.8.8: each family has one of its own. */
export function networksOf(texts: readonly string[]): Networks {
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const text of texts) {
    const { address, prefix, family } = parse(text)!;
    lists[family].addSubnet(address, prefix, family);
  }
  return {
    has(address) {
      const version = isIP(address);
      const family = version === 4 ? 'ipv4' : 'ipv6';
      return version !== 0 && lists[family].check(address, family);
    },
  };
}

/** An address as a socket or a header has it, without a zone, and as IPv4 where it is one; undefined where it is none. */
export function plainAddress(text: string | undefined): string | undefined {
  const [plain = ''] = (text ?? '').trim().split('%');
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(plain)?.[1];
  const address = mapped ?? plain;
  return isIP(address) === 0 ? undefined : address;
}

/** Whether it is the origin of a page, letter for letter as its browser writes it. */
export function isWebOrigin(text: string): boolean {
  return /^https?:\/\/[\w.:[\]-]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}
