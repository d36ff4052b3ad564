import { expect } from 'chai';
import fc from 'fast-check';
import { InvalidInput } from '../../../core/base/errors.ts';
import { numberKey, readPage, toPage, uuidKey } from '../../../core/base/pages.ts';

/** Reads a whole list page by page, as a caller would. */
function walk(keys: readonly string[], pageSize: number): string[][] {
  const pages: string[][] = [];
  let pageToken: string | undefined;
  do {
    const page = readPage({ pageSize, pageToken }, 'things', /./);
    const rows = keys.filter((key) => page.after === undefined || key > page.after).slice(0, page.limit + 1);
    const { items, nextPageToken } = toPage(
      rows,
      page,
      'things',
      (key) => key,
      (key) => key,
    );
    pages.push(items);
    pageToken = nextPageToken;
  } while (pageToken !== undefined);
  return pages;
}

describe('pages', () => {
  it('walk through every list once, whatever its length and the size of a page', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ minLength: 1, maxLength: 9, unit: fc.constantFrom('a', 'b', 'c', 'ü', '/') })),
        fc.integer({ min: 1, max: 7 }),
        (keys, size) => {
          const sorted = keys.sort();
          const pages = walk(sorted, size);
          expect(pages.flat()).to.deep.equal(sorted);
          for (const page of pages.slice(0, -1)) expect(page).to.have.length(size);
        },
      ),
    );
  });

  it('end without a token when the last one is exactly full', () => {
    expect(walk(['a', 'b', 'c', 'd'], 2)).to.deep.equal([
      ['a', 'b'],
      ['c', 'd'],
    ]);
  });

  it('hold 50 items unless the caller says', () => {
    expect(readPage({}, 'things', /./)).to.deep.equal({ limit: 50 });
  });

  const token = toPage(
    ['5', '6'],
    { limit: 1 },
    'things',
    (key) => key,
    (key) => key,
  ).nextPageToken!;
  const forge = (text: string) => Buffer.from(text).toString('base64url');
  const mark = Buffer.from(token, 'base64url').toString().split('\n')[0];
  const refused: Record<string, [token: string, list: string, key?: RegExp]> = {
    'of another list': [token, 'other things'],
    'that is empty': ['', 'things'],
    'that is no base64': ['%%%', 'things'],
    'without a key': [forge(`${mark}\n`), 'things'],
    'without its mark': [forge('\n5'), 'things'],
    'with a key of another shape': [forge(`${mark}\n'; drop table users`), 'things', numberKey],
    'with a number where a uuid belongs': [token, 'things', uuidKey],
  };
  for (const [title, [pageToken, list, key]] of Object.entries(refused)) {
    it(`a token ${title} is bad input`, () => {
      expect(() => readPage({ pageToken }, list, key ?? /./)).to.throw(InvalidInput, 'The page token does not belong to this list.');
    });
  }
});
