import fc from 'fast-check';

/** How a generated test runs: the same few values each time; TENET_TEST_ROUNDS asks for more of them, and then they are others each time. */
export function rounds(few: number): { numRuns: number; seed?: number } {
  const wanted = process.env['TENET_TEST_ROUNDS'];
  return wanted === undefined ? { numRuns: few, seed: 20_261_126 } : { numRuns: Number(wanted) };
}

const digits = (length: number, max: number) => fc.integer({ min: 0, max }).map((value) => String(value).padStart(length, '0'));
const usually = <T>(usual: fc.Arbitrary<T>, odd: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 8, arbitrary: usual }, { weight: 1, arbitrary: odd });

const years = fc.oneof(
  fc.constantFrom('0000', '0001', '0099', '1583', '1900', '2026', '2027', '2030', '9998', '9999', '10000', '99', '+010000'),
  digits(4, 9999),
);
const offsets = fc.oneof(
  fc.constantFrom(
    'Z',
    'Z',
    'Z',
    'z',
    '',
    '+00:00',
    '-00:00',
    '+14:59',
    '-14:59',
    '+15:00',
    '-15:00',
    '+23:59',
    '-24:00',
    '+24:00',
    '+2:00',
    '+02',
  ),
  fc.tuple(fc.constantFrom('+', '-'), digits(2, 14), digits(2, 59)).map(([sign, hour, minute]) => `${sign}${hour}:${minute}`),
);

/** Texts that are times, that look like times, and that would be times if the calendar or the clock were another one. */
export const timeTexts: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc
      .tuple(
        years,
        usually(digits(2, 12), fc.constantFrom('13', '99', '1')),
        usually(digits(2, 31), fc.constantFrom('32', '1', '00')),
        usually(fc.constant('T'), fc.constantFrom('t', ' ', '_', '')),
        usually(digits(2, 23), fc.constantFrom('24', '99', '1')),
        usually(digits(2, 59), fc.constantFrom('60', '1')),
        usually(digits(2, 59), fc.constantFrom('60', '61')),
        usually(
          fc.constantFrom('', '', '.5', '.123456', '.999999999'),
          fc.constantFrom(',5', '.', '.1234567890', '.0000000000000000000000001'),
        ),
        offsets,
      )
      .map(
        ([year, month, day, t, hour, minute, second, fraction, offset]) =>
          `${year}-${month}-${day}${t}${hour}:${minute}:${second}${fraction}${offset}`,
      ),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      '9999-12-31T23:59:59-01:00',
      '9999-12-31T23:59:59.999Z',
      '2027-06-30T23:59:60Z',
      '0001-01-01T00:00:00+00:01',
      '2030-01-01T00:00:00,5Z',
      'infinity',
      '-infinity',
      'now',
      'tomorrow',
      '2030',
      '1e3',
    ),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 30 }) },
);

const atom = fc.stringMatching(/^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,8}$/);
const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,6}[a-z0-9])?$/);
const localParts = fc.oneof(
  { weight: 4, arbitrary: fc.array(atom, { minLength: 1, maxLength: 3 }).map((atoms) => atoms.join('.')) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '"a b"',
      '.a',
      'a.',
      'a..b',
      'j\u00f6rg',
      'a b',
      'a'.repeat(64),
      'a'.repeat(65),
      'K\u212a',
      '',
      'a\u0000b',
      'a@b',
    ),
  },
);
const domains = fc.oneof(
  { weight: 4, arbitrary: fc.array(label, { minLength: 2, maxLength: 4 }).map((labels) => labels.join('.')) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      'localhost',
      'b\u00fccher.example',
      'xn--bcher-kva.example',
      '[127.0.0.1]',
      '[IPv6:::1]',
      '-a.example',
      'a-.example',
      'exam_ple.com',
      'example.com.',
      'EXAMPLE.com',
      '\uff45xample.com',
      `${'b'.repeat(63)}.example`,
      `${'b'.repeat(64)}.example`,
      Array(60).fill('abc').join('.'),
      Array(70).fill('abc').join('.'),
      'a..b',
      '',
    ),
  },
);

/** Texts that are e-mail addresses, that some provider or standard takes for one, and that look like one. */
export const addressTexts: fc.Arbitrary<string> = fc.oneof(
  { weight: 9, arbitrary: fc.tuple(localParts, domains).map(([local, domain]) => `${local}@${domain}`) },
  { weight: 1, arbitrary: fc.string({ maxLength: 30 }) },
);

/** What names are made of, and what may stand in none or only in some places: joiners, marks, blanks of all kinds, fillers, tags. */
const namePieces = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('a', 'Z', '7', '\u0645', '\u06cc', '\u0915', '\u09b0', '\ud55c', '\u{1f468}', '\u2764', '-') },
  { weight: 2, arbitrary: fc.constantFrom('\u200d', '\u200c') },
  { weight: 2, arbitrary: fc.constantFrom('\u0301', '\u094d', '\ufe0f', '\u034f', '\u{e0067}', '\u{e007f}') },
  { weight: 2, arbitrary: fc.constantFrom(' ', '\u00a0', '\u2003', '\u3000', '\u3164', '\u2800', '\u115f', '\u1160', '\uffa0') },
  { weight: 1, arbitrary: fc.constantFrom('\t', '\u200b', '\u202e', '\ufeff', '\u2065', '\u00ad') },
);

/** Texts that are names, and texts with characters at the start or inside that no name may have there. */
export const nameTexts: fc.Arbitrary<string> = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('', '', ' ', '\u3000', '\u00a0', '\u2003', '\t', '\u200b', '\u202e', '\ufeff'),
      fc.string({ maxLength: 110, unit: 'grapheme' }),
    )
    .map(([start, rest]) => start + rest),
  fc.array(namePieces, { minLength: 1, maxLength: 8 }).map((pieces) => pieces.join('')),
  fc.constantFrom('Ada Lovelace', 'a'.repeat(100), 'a'.repeat(101), '\u{1f600}'.repeat(100), '\ud800', 'a\u0000b', '', ' '),
);
