import { expect } from 'chai';
import { reasonOf } from '../../../core/base/reason.ts';

const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:9'), { code: 'ECONNREFUSED' });

describe('Why something failed', () => {
  for (const [title, error, reason] of [
    ['an error says it', new Error('the answer was 500'), 'the answer was 500'],
    ['its cause says it', new TypeError('fetch failed', { cause: refused }), 'connect ECONNREFUSED 127.0.0.1:9'],
    [
      'the first of several says it',
      new AggregateError([new TypeError('fetch failed', { cause: refused }), new Error('404')], 'no metadata'),
      'no metadata: connect ECONNREFUSED 127.0.0.1:9',
    ],
    [
      'several addresses were tried',
      new TypeError('fetch failed', { cause: Object.assign(new AggregateError([refused], ''), { code: 'ECONNREFUSED' }) }),
      'connect ECONNREFUSED 127.0.0.1:9',
    ],
    ['no error was thrown', 'boom', 'boom'],
    ['it has several lines', new Error('one\ntwo\u001b[2J'), 'one\\u{a}two\\u{1b}[2J'],
    ['nothing says it', new Error(''), 'for a reason that it does not say'],
  ] as const) {
    it(`is said on one line when ${title}`, () => expect(reasonOf(error)).to.equal(reason));
  }

  it('ends with a cause that names itself', () => {
    const error = new Error('around');
    error.cause = error;
    expect(reasonOf(error)).to.equal('around');
  });
});
