import { expect } from 'chai';
import { isNetwork, networksOf, plainAddress } from '../../../core/base/addresses.ts';

describe('networks', () => {
  for (const text of ['203.0.113.9', '203.0.113.0/24', '2001:db8::/32', '0.0.0.0/0', '::/0', '::ffff:1:2:3']) {
    it(`${text} is one, and can be looked up in`, () => {
      expect(isNetwork(text)).to.equal(true);
      expect(networksOf([text]).has(text.split('/')[0]!)).to.equal(true);
    });
  }

  for (const text of [
    '::ffff:1.2.3.4',
    '0:0:0:0:0:ffff:1.2.3.4',
    '0::FFFF:102:304',
    '::ffff:0:0/96',
    '1.2.3',
    '1.2.3.4/33',
    '::1/129',
    'fe80::1%lo',
  ]) {
    it(`${text} is none`, () => expect(isNetwork(text)).to.equal(false));
  }

  it('of one family hold no address of the other', () => {
    expect(networksOf(['::/0']).has('8.8.8.8')).to.equal(false);
    expect(networksOf(['0.0.0.0/0']).has('2001:db8::1')).to.equal(false);
  });

  it('are asked about addresses without a zone, and about IPv4 as such', () => {
    expect(plainAddress('::ffff:203.0.113.9')).to.equal('203.0.113.9');
    expect(plainAddress(' fe80::1%eth0 ')).to.equal('fe80::1');
    expect(plainAddress('203.0.113.9:443')).to.equal(undefined);
  });
});
