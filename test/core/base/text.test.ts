import { expect } from 'chai';
import { hasNameForm, hasTextForm, isName } from '../../../core/base/text.ts';

describe('a name for people', () => {
  const names: Record<string, string> = {
    'a word': 'Acme',
    'words and a blank at the end': 'Acme  Corp ',
    'an emoji of several': '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}',
    'an emoji with a variation before the joiner': '\u2764\ufe0f\u200d\u{1f525}',
    'a flag of tags': '\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
    'Persian with a joiner that parts': '\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645',
    'Sinhala with a joiner behind a mark': '\u0dc1\u0dca\u200d\u0dbb\u0dd3',
    'Bengali with a joiner before a mark': '\u09b0\u200d\u09cd\u09af\u09be\u09ac',
    'a mark behind its letter': 'e\u0301',
    'a Hangul syllable': '\ud55c\uae00',
  };
  for (const [what, name] of Object.entries(names)) it(`is ${what}`, () => expect(isName(name)).to.equal(true));

  const others: Record<string, string> = {
    nothing: '',
    'a blank before a word': ' Acme',
    'a Hangul filler alone': '\u3164',
    'a half-width Hangul filler alone': '\uffa0',
    'a Hangul filler of the first consonant': '\u115f',
    'a Hangul filler of the vowel': '\u1160',
    'an empty Braille pattern': '\u2800\u2800',
    'a mark before its letter': '\u0301e',
    'a mark behind a blank': 'a \u0301',
    'a tag alone': '\u{e0067}',
    'a joiner alone': '\u200d',
    'a joiner at the start': '\u200da',
    'a joiner at the end': 'a\u200d',
    'two joiners': 'a\u200d\u200db',
    'a joiner before a blank': 'a\u200c b',
    'a joiner behind a blank': 'a \u200cb',
    'a letter and a filler behind a joiner': 'a\u200d\u3164',
    'a character of no width': 'a\u200bb',
    'a change of direction': 'a\u202eb',
    'a line': 'a\nb',
    'half a surrogate pair': 'a\ud800',
  };
  for (const [what, text] of Object.entries(others)) it(`is not ${what}`, () => expect(isName(text)).to.equal(false));

  it('is told in linear time, whatever the text', () => {
    const started = performance.now();
    for (const piece of [' ', 'a ', 'a\u200d', 'a\u0301', '\u3164a']) hasNameForm(`a${piece.repeat(500_000)}\0`);
    expect(performance.now() - started).to.be.lessThan(5_000);
  });
});

describe('a text that people write', () => {
  it('has lines, tabs, emoji and every script, and may be empty', () => {
    for (const text of ['', 'One.\r\n\n\tTwo.', '\u{1f468}\u200d\u{1f469}', '\u0645\u06cc\u200c\u062e', ' a '])
      expect(hasTextForm(text), text).to.equal(true);
  });

  it('has nothing that hides, controls or turns the writing round', () => {
    for (const code of [
      0, 7, 0x0b, 0x1b, 0x7f, 0x85, 0xad, 0x61c, 0x200b, 0x200e, 0x2028, 0x202e, 0x2060, 0x2066, 0x2069, 0xfeff, 0xfffb, 0xd800,
    ])
      expect(hasTextForm(`a${String.fromCharCode(code)}b`), code.toString(16)).to.equal(false);
  });
});
