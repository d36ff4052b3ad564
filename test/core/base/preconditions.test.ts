import { expect } from 'chai';
import fc from 'fast-check';
import { InvalidInput, VersionMismatch } from '../../../core/base/errors.ts';
import { checkPreconditions, isUnmodified, readPreconditions } from '../../../core/base/preconditions.ts';
import { rounds } from '../../helpers/generators.ts';

const outcome = (headers: Record<string, string>, etag: string | undefined): 'done' | 'refused' | 'malformed' => {
  try {
    checkPreconditions(readPreconditions(headers), etag);
    return 'done';
  } catch (error) {
    if (error instanceof VersionMismatch) return 'refused';
    if (error instanceof InvalidInput) return 'malformed';
    throw error;
  }
};

describe('preconditions', () => {
  const ifMatch: [string, 'done' | 'refused' | 'malformed'][] = [
    ['"7"', 'done'],
    ['*', 'done'],
    [' * ', 'done'],
    ['"1", "7"', 'done'],
    ['"1","7"', 'done'],
    [', "7" ,,', 'done'],
    ['"a,b", "7"', 'done'],
    ['W/"7"', 'refused'],
    ['W/"7", "7"', 'done'],
    ['"8"', 'refused'],
    ['"7', 'malformed'],
    ['7', 'malformed'],
    ['"7" "8"', 'malformed'],
    ['"7"x', 'malformed'],
    ['w/"7"', 'malformed'],
    ['W /"7"', 'malformed'],
    ['*, "7"', 'malformed'],
    ['"7", *', 'malformed'],
    ['"a b"', 'malformed'],
    ["'7'", 'malformed'],
    ['', 'malformed'],
    [',', 'malformed'],
  ];
  for (const [header, expected] of ifMatch) {
    it(`If-Match: ${header} beside "7" is ${expected}`, () => {
      expect(outcome({ 'if-match': header }, '"7"')).to.equal(expected);
    });
  }

  const ifNoneMatch: [string, 'done' | 'refused' | 'malformed'][] = [
    ['"7"', 'refused'],
    ['W/"7"', 'refused'],
    ['*', 'refused'],
    ['"1", W/"7"', 'refused'],
    ['"8"', 'done'],
    ['W/"8"', 'done'],
    ['7', 'malformed'],
  ];
  for (const [header, expected] of ifNoneMatch) {
    it(`If-None-Match: ${header} beside "7" is ${expected}`, () => {
      expect(outcome({ 'if-none-match': header }, '"7"')).to.equal(expected);
      if (expected !== 'malformed') {
        expect(isUnmodified(readPreconditions({ 'if-none-match': header }), '"7"')).to.equal(expected === 'refused');
      }
    });
  }

  it('If-Match: * does not match what is not there, "0" does, and If-None-Match: * lets it be made', () => {
    expect(outcome({ 'if-match': '*' }, undefined)).to.equal('refused');
    expect(outcome({ 'if-match': '"1"' }, undefined)).to.equal('refused');
    expect(outcome({ 'if-match': '"0"' }, undefined)).to.equal('done');
    expect(outcome({ 'if-none-match': '*' }, undefined)).to.equal('done');
  });

  it('If-Match is judged before If-None-Match', () => {
    const preconditions = readPreconditions({ 'if-match': '"8"', 'if-none-match': '"7"' });
    expect(() => isUnmodified(preconditions, '"7"')).to.throw(VersionMismatch);
  });

  const tag = fc.tuple(fc.constantFrom('', 'W/'), fc.stringMatching(/^[\x21\x23-\x7e]{0,6}$/)).map(([weak, text]) => `${weak}"${text}"`);
  const blank = fc.constantFrom('', ' ', '\t', '  ');
  const list = fc
    .array(fc.tuple(blank, fc.oneof({ weight: 5, arbitrary: tag }, { weight: 1, arbitrary: fc.constant('') }), blank), {
      minLength: 1,
      maxLength: 5,
    })
    .map((members) => ({
      header: members.map((member) => member.join('')).join(','),
      tags: members.map(([, each]) => each).filter(Boolean),
    }));

  it('take every list of tags for what it says', () => {
    fc.assert(
      fc.property(list, ({ header, tags }) => {
        if (tags.length === 0) {
          expect(outcome({ 'if-match': header }, '"7"')).to.equal('malformed');
          return;
        }
        for (const each of tags) {
          const strong = each.replace(/^W\//, '');
          expect(outcome({ 'if-match': header }, strong)).to.equal(tags.includes(strong) ? 'done' : 'refused');
          expect(outcome({ 'if-none-match': header }, strong)).to.equal('refused');
        }
      }),
      rounds(200),
    );
  });

  it('refuse every other text with the name of the header, however long', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('"', 'W', '/', ',', ' ', '*', 'a', '\t') })), (header) => {
        expect(outcome({ 'if-match': header }, '"7"')).to.be.oneOf(['done', 'refused', 'malformed']);
      }),
      rounds(500),
    );
    for (const header of [
      '"'.repeat(16_000),
      ' '.repeat(16_000),
      ' ,'.repeat(8_000),
      `${'"a" '.repeat(4_000)}`,
      `"${'a'.repeat(16_000)}`,
    ]) {
      expect(outcome({ 'if-match': header }, '"7"')).to.equal('malformed');
    }
  });
});
