import { expect } from 'chai';
import { InvalidInput } from '../../../core/base/errors.ts';
import { maxLabels, newLabels, patchLabels, readSelector } from '../../../core/base/labels.ts';

/** What it was refused with. */
function refusal(run: () => unknown): { pointer?: string; parameter?: string; detail: string }[] {
  try {
    run();
  } catch (error) {
    if (error instanceof InvalidInput) return error.fields['errors'] as never;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('labels', () => {
  for (const key of ['a', 'env', 'A.b_c-9', 'example.com/env', 'a-b.example.com/x', `${'a'.repeat(63)}`, `${'a.'.repeat(126)}a/x`]) {
    it(`${key.slice(0, 40)} is a key`, () => expect(newLabels({ [key]: '' })).to.deep.equal({ [key]: '' }));
  }

  for (const key of [
    '',
    '-a',
    'a-',
    'a b',
    'ä',
    '__proto__',
    '/a',
    'a/',
    'a/b/c',
    'Example.com/a',
    'a..b/c',
    'a'.repeat(64),
    `${'a.'.repeat(127)}a/x`,
  ]) {
    it(`${JSON.stringify(key.slice(0, 40))} is no key`, () => {
      const [error, ...more] = refusal(() => newLabels(Object.fromEntries([[key, 'x']])));
      expect(more).to.deep.equal([]);
      expect(error!.pointer).to.equal(`#/labels/${key.replaceAll('/', '~1')}`);
      expect(error!.detail).to.match(/^must be a key such as env or example.com\/env/);
    });
  }

  for (const key of ['tenet.dev/x', 'keys.tenet.dev/x']) {
    it(`${key} is Tenet's`, () => expect(refusal(() => newLabels({ [key]: 'x' }))[0]!.detail).to.match(/^is reserved/));
  }

  it('a domain that only ends like the one of Tenet is free', () => {
    expect(newLabels({ 'mytenet.dev/x': 'y' })).to.deep.equal({ 'mytenet.dev/x': 'y' });
  });

  it('a patch sets, takes away and leaves as it is; it is none when nothing differs', () => {
    const before = { a: '1', b: '2' };
    expect(patchLabels(before, { a: null, b: '3', c: '4' })).to.deep.equal({ b: '3', c: '4' });
    expect(patchLabels(before, {})).to.equal(undefined);
    expect(patchLabels(before, { a: '1', x: null })).to.equal(undefined);
    expect(patchLabels(before, undefined)).to.equal(undefined);
    expect(before).to.deep.equal({ a: '1', b: '2' });
  });

  it('there are at most as many as the contract says, counted after the patch', () => {
    const full = Object.fromEntries(Array.from({ length: maxLabels }, (_, index) => [`l${index}`, 'x']));
    expect(refusal(() => patchLabels(full, { more: 'x' }))).to.deep.equal([
      { pointer: '#/labels', detail: 'must have at most 32 labels, and there would be 33' },
    ]);
    expect(patchLabels(full, { more: 'x', l0: null })).to.include({ more: 'x' });
  });
});

describe('a label selector', () => {
  const cases: [text: string, read: unknown[]][] = [
    ['a=b', [['a', 'in', 'b']]],
    ['a==b', [['a', 'in', 'b']]],
    ['a=', [['a', 'in', '']]],
    ['a!=b', [['a', 'notin', 'b']]],
    ['a', [['a', 'exists']]],
    ['!a', [['a', 'absent']]],
    ['! a', [['a', 'absent']]],
    ['example.com/a in (x, y)', [['example.com/a', 'in', 'x', 'y']]],
    ['a notin(z)', [['a', 'notin', 'z']]],
    ['a in ()', [['a', 'in', '']]],
    ['in in (in)', [['in', 'in', 'in']]],
    [
      ' a=b , c!=d,e in (x,y),f notin (z),g,!h ',
      [
        ['a', 'in', 'b'],
        ['c', 'notin', 'd'],
        ['e', 'in', 'x', 'y'],
        ['f', 'notin', 'z'],
        ['g', 'exists'],
        ['h', 'absent'],
      ],
    ],
  ];
  for (const [text, read] of cases) {
    it(`${text} is read`, () => {
      expect(readSelector(text).map(({ key, operator, values }) => [key, operator, ...values])).to.deep.equal(read);
    });
  }

  const wrong: [text: string, at: number, what: RegExp][] = [
    [' ', 2, /the key of a label/],
    [',', 1, /the key of a label/],
    ['a,', 3, /the key of a label/],
    ['a=b,,c', 5, /the key of a label/],
    ['=b', 1, /the key of a label/],
    ['!', 2, /the key of a label/],
    ['!!a', 2, /the key of a label/],
    ['a b', 3, /expected =, !=, in, notin/],
    ['a in b', 6, /expected \(/],
    ['a in (b', 8, /a comma or \)/],
    ['a in (b c)', 9, /a comma or \)/],
    ['a=b)', 4, /a comma or the end/],
    ['!a=b', 3, /a comma or the end/],
    ['a=b=c', 4, /a comma or the end/],
    ['a=-b', 3, /the value of a label/],
    [`a=${'b'.repeat(64)}`, 3, /the value of a label/],
    ['ä=b', 1, /the key of a label/],
    ["a='b'", 3, /the value of a label/],
    [Array.from({ length: 17 }, (_, index) => `a${index}`).join(), 55, /more than 16 requirements/],
  ];
  for (const [text, at, what] of wrong) {
    it(`${JSON.stringify(text.slice(0, 30))} is refused at character ${at}`, () => {
      const errors = refusal(() => readSelector(text));
      expect(errors).to.have.length(1);
      expect(errors[0]!.parameter).to.equal('labelSelector');
      expect(errors[0]!.detail)
        .to.match(what)
        .and.to.match(new RegExp(`^at character ${at}: `));
    });
  }
});
