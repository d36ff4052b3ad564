import { expect } from 'chai';
import fc from 'fast-check';
import { slugCandidates, slugPattern } from '../../../core/base/slugs.ts';

const first = (name: string): string => slugCandidates(name).next().value as string;

describe('slugs', () => {
  const table: Record<string, string> = {
    Acme: 'acme',
    'Acme & Söhne GmbH': 'acme-sohne-gmbh',
    '  spaces  around  ': 'spaces-around',
    '--dashes--': 'dashes',
    'Ünïcödé 42': 'unicode-42',
  };
  for (const [name, slug] of Object.entries(table)) {
    it(`${JSON.stringify(name)} becomes ${slug}`, () => expect(first(name)).to.equal(slug));
  }

  it('of names that hold nothing usable are made up', () => {
    for (const name of ['', '日本語', '!', 'x']) expect(first(name)).to.match(/^[ox]-[0-9a-z]{5}$/);
  });

  it('fit the pattern for every name, and the later ones differ', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200, unit: 'grapheme' }), (name) => {
        const candidates = [...slugCandidates(name)];
        expect(candidates).to.have.length(9);
        for (const candidate of candidates) expect(candidate).to.match(slugPattern);
        expect(new Set(candidates).size).to.be.greaterThan(7);
      }),
    );
  });
});
