import { expect } from 'chai';
import fc from 'fast-check';
import { createLog } from '../../../core/base/log.ts';
import { readable } from '../../../core/base/readable-log.ts';

/** The line that people read. */
function read(level: 'info' | 'warn' | 'error', fields: object, colored = false): string {
  const lines: string[] = [];
  createLog('info', { write: (line) => void lines.push(readable(line, colored)) })[level](fields, 'said');
  return lines.join('');
}

describe('A log line for people', () => {
  it('has time, level, message and fields', () => {
    expect(read('info', { status: 200, path: '/v1/me', note: 'two words' })).to.match(
      /^\d\d:\d\d:\d\d\.\d{3}Z INFO {2}said status=200 path=\/v1\/me note="two words"\n$/,
    );
  });

  it('has a failure in words, and its stack only when it is an error', () => {
    const failed = { error: new Error('the disk is full') };
    expect(read('warn', failed)).to.match(/^\S+ WARN {2}said error="the disk is full"\n$/);
    const [line, ...stack] = read('error', failed).trimEnd().split('\n');
    expect(line).to.match(/ ERROR said error="the disk is full"$/);
    expect(stack[0]).to.match(/^ {4}at .*readable-log\.test\.ts/);
  });

  it('covers what the JSON line covers', () => {
    expect(read('info', { token: 'secret', mail: { password: 'secret' } })).not.to.include('secret');
  });

  it('colours the level on a terminal and nothing else', () => {
    expect(read('warn', { status: 1 }, true)).to.include('\u001b[33mWARN \u001b[39m said status=1\n');
    expect(read('info', { status: 1 }, true)).not.to.include('\u001b');
  });

  it('is one line without control characters, whatever a caller has sent', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const line = read('info', { path: text, nested: { text } });
        expect(line.slice(0, -1)).not.to.match(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        expect(line.endsWith('\n')).to.equal(true);
      }),
    );
  });
});
