import { expect } from 'chai';
import { createLog } from '../../core/log.ts';

function written(fields: object): { line: Record<string, unknown>; text: string } {
  let text = '';
  const destination = {
    write(line: string) {
      text += line;
    },
  };
  createLog('info', destination).info(fields, 'said');
  return { line: JSON.parse(text) as Record<string, unknown>, text };
}

describe('log', () => {
  it('covers what could be a credential, at the top and one level below', () => {
    const { line, text } = written({
      token: 'secret',
      authorization: 'secret',
      headers: { cookie: 'secret', authorization: 'secret', accept: '*/*' },
      mail: { password: 'secret', token: 'secret', to: 'bob' },
    });
    expect(text).not.to.include('secret');
    expect(line).to.deep.include({ token: '***', mail: { password: '***', token: '***', to: 'bob' } });
    expect(line['headers']).to.deep.equal({ cookie: '***', authorization: '***', accept: '*/*' });
  });

  it('writes an error with its message and stack, and without the credentials that it carries', () => {
    const { line, text } = written({ error: Object.assign(new Error('boom'), { password: 'secret', code: 'E1' }) });
    expect(line['error']).to.include({ message: 'boom', password: '***', code: 'E1' });
    expect((line['error'] as { stack: string }).stack).to.include('log.test.ts');
    expect(text).not.to.include('secret');
  });

  it('leaves the fields that it was given as they were', () => {
    const fields = { token: 'secret', mail: { token: 'secret' } };
    written(fields);
    expect(fields).to.deep.equal({ token: 'secret', mail: { token: 'secret' } });
  });
});
