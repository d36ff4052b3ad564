import { expect } from 'chai';
import { InvalidInput } from '../../../core/base/errors.ts';
import { isInstant, parseInstant, readInstant } from '../../../core/base/instants.ts';
import { failure } from '../../helpers/failure.ts';

describe('an instant', () => {
  for (const [text, shown] of [
    ['2030-01-01T00:00:00Z', '2030-01-01T00:00:00.000Z'],
    ['2030-01-01T00:00:00.5+14:59', '2029-12-31T09:01:00.500Z'],
    ['2030-01-01T00:00:00.123456789-14:59', '2030-01-01T14:59:00.123Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['0000-12-31T23:59:59-00:01', '0001-01-01T00:00:59.000Z'],
    ['0001-01-01T14:59:00+14:59', '0001-01-01T00:00:00.000Z'],
    ['0099-02-28T00:00:00Z', '0099-02-28T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999999999Z', '9999-12-31T23:59:59.999Z'],
    ['9999-12-31T09:00:59-14:59', '9999-12-31T23:59:59.000Z'],
    ['2028-02-29T12:00:00Z', '2028-02-29T12:00:00.000Z'],
  ] as const) {
    it(`is ${text}`, () => expect(parseInstant(text)?.toISOString()).to.equal(shown));
  }

  for (const text of [
    '9999-12-31T23:59:59-01:00',
    '9999-12-31T23:59:00-00:01',
    '0001-01-01T00:00:00+00:01',
    '0000-12-31T23:59:59Z',
    '0000-01-01T00:00:00Z',
    '2027-06-30T23:59:60Z',
    '2030-01-01T00:00:00,5Z',
    '2030-01-01T00:00:00+15:00',
    '2030-01-01T00:00:00+24:00',
    '2030-01-01T00:00:00-14:60',
    '2030-01-01T24:00:00Z',
    '2030-01-01T00:60:00Z',
    '2027-02-29T00:00:00Z',
    '2030-13-01T00:00:00Z',
    '2030-00-01T00:00:00Z',
    '2030-01-00T00:00:00Z',
    '2030-01-01T00:00:00',
    '2030-01-01t00:00:00z',
    '2030-01-01 00:00:00Z',
    '2030-01-01T00:00:00.Z',
    '2030-01-01T00:00:00.1234567890Z',
    '+010000-01-01T00:00:00Z',
    '-000001-01-01T00:00:00Z',
    '2030-01-01T00:00:00Z\n',
    '٢٠٣٠-01-01T00:00:00Z',
    '',
  ]) {
    it(`is not ${JSON.stringify(text)}`, () => expect(isInstant(text)).to.equal(false));
  }

  it('that is refused says where it stands and what it must be', async () => {
    const refused = await failure(() => readInstant('tomorrow', { pointer: '#/until' }));
    expect(refused).to.be.instanceOf(InvalidInput);
    expect((refused as InvalidInput).fields).to.have.nested.property('errors[0].pointer', '#/until');
    expect((refused as InvalidInput).fields)
      .to.have.nested.property('errors[0].detail')
      .that.contains('2026-11-21T09:30:00Z');
  });
});
