import { expect } from 'chai';
import { isEmailAddress } from '../../../core/base/email-address.ts';

const long = `${'a'.repeat(64)}@${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(57)}.eee`;

describe('an e-mail address', () => {
  for (const text of [
    'ada@example.com',
    'a@b.c',
    "o'hara+x/y=z@sub-domain.example",
    'ADA@EXAMPLE.COM',
    'ada@xn--bcher-kva.example',
    'a.b.c@1.2',
    long,
  ])
    it(`is ${text}`, () => expect(isEmailAddress(text)).to.equal(true));

  for (const text of [
    'ada',
    'ada@localhost',
    'ada@b\u00fccher.example',
    'j\u00f6rg@example.com',
    'ada@\uff45xample.com',
    'ada@example.com.',
    'ada@.example.com',
    'ada@-example.com',
    'ada@example-.com',
    'ada@exam_ple.com',
    'ada@[127.0.0.1]',
    '"a b"@example.com',
    '.ada@example.com',
    'ada.@example.com',
    'a..b@example.com',
    'a@b@example.com',
    ' ada@example.com',
    'ada@example.com\n',
    `${'a'.repeat(65)}@example.com`,
    `a@${'b'.repeat(64)}.example`,
    `${long}e`,
    '@example.com',
    '',
  ]) {
    it(`is not ${JSON.stringify(text)}`, () => expect(isEmailAddress(text)).to.equal(false));
  }
});
