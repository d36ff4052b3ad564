import { expect } from 'chai';
import { InvalidInput } from '../../../core/base/errors.ts';
import { createKeyring } from '../../../core/base/keyring.ts';
import { uuidKey } from '../../../core/base/pages.ts';
import { sealedPages } from '../../../core/base/sealed-pages.ts';

const key = (kid: string, fill: number) => ({ kid, key: Buffer.alloc(32, fill) });
const someId = '11111111-1111-4111-8111-111111111111';

describe('sealed pages', () => {
  const pages = sealedPages(createKeyring([key('k1', 1)]));
  const refused = 'The page token does not belong to this list.';

  it('go on where the token was made, and the token does not hold the place in the open', () => {
    const token = pages.next('things', someId);
    expect(pages.read({ pageToken: token, pageSize: 7 }, 'things', uuidKey)).to.deep.equal({ limit: 7, after: someId });
    expect(pages.read({}, 'things', uuidKey)).to.deep.equal({ limit: 50 });
    expect(Buffer.from(token, 'base64url').toString('latin1')).not.to.include(someId.slice(0, 8));
    expect(token).to.match(/^[\w-]{1,2048}$/);
  });

  it('hold the longest key in a token that the contract admits', () => {
    const longest = 'x'.repeat(1_400);
    const named = sealedPages(createKeyring([key('k'.repeat(32), 1)]));
    const token = named.next('things', longest);
    expect(token).to.match(/^[\w-]{1,2048}$/);
    expect(named.read({ pageToken: token }, 'things', /^x+$/).after).to.equal(longest);
  });

  it('refuse what they did not write, bit for bit', () => {
    const token = pages.next('things', someId);
    const bytes = Buffer.from(token, 'base64url');
    const changed = [...bytes.keys()].map((at) =>
      Buffer.from(bytes.map((byte, index) => (index === at ? byte ^ 1 : byte))).toString('base64url'),
    );
    const cut = [...bytes.keys()].map((length) => bytes.subarray(0, length).toString('base64url'));
    for (const pageToken of [...changed, ...cut, `${token}=`, `.${token}`, `${token}A`, '%%%']) {
      expect(() => pages.read({ pageToken }, 'things', uuidKey), pageToken).to.throw(InvalidInput, refused);
    }
    expect(() => pages.read({ pageToken: token }, 'other things', uuidKey)).to.throw(InvalidInput, refused);
    expect(() => pages.read({ pageToken: pages.next('things', 'a') }, 'things', uuidKey)).to.throw(InvalidInput, refused);
  });

  it('are good while the key that sealed them is in the ring', () => {
    const token = pages.next('things', someId);
    const read = (...keys: ReturnType<typeof key>[]) => sealedPages(createKeyring(keys)).read({ pageToken: token }, 'things', uuidKey);
    expect(read(key('k2', 2), key('k1', 1)).after).to.equal(someId);
    expect(() => read(key('k2', 2))).to.throw(InvalidInput, refused);
  });
});
