import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import fc from 'fast-check';
import { createLog, plainLine } from '../../../core/base/log.ts';

function written(fields: object, further: readonly string[] = []): { line: Record<string, unknown>; text: string } {
  let text = '';
  const destination = {
    write(line: string) {
      text += line;
    },
  };
  createLog('info', destination, 'json', further).info(fields, 'said');
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

  it('covers headers that an installation takes for keys', () => {
    const headers = { 'x-pica-secret': 'secret', 'x-other': 'shown' };
    const { line, text } = written({ headers, error: Object.assign(new Error('boom'), { 'x-pica-secret': 'secret' }) }, ['x-pica-secret']);
    expect(text).not.to.include('"secret"');
    expect(line['headers']).to.deep.equal({ 'x-pica-secret': '***', 'x-other': 'shown' });
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

  it('writes what an error is made of, and no credential of its parts', () => {
    const parts = [new Error('refused'), Object.assign(new Error('lost'), { token: 'secret', client: { secretKey: 4711 } })];
    const { line, text } = written({ error: new AggregateError(parts, 'nobody answers') });
    expect(line['error']).to.include({ message: 'nobody answers' });
    expect((line['error'] as { errors: { message: string }[] }).errors.map(({ message }) => message)).to.deep.equal(['refused', 'lost']);
    expect(text).not.to.match(/"secret"|4711/);
  });

  it('writes what was thrown and is no error', () => {
    for (const thrown of [null, undefined, 'boom', 7]) expect(written({ error: thrown }).line).to.have.property('msg', 'said');
  });

  it('leaves out the connection that a pool hangs on an error', () => {
    const { line, text } = written({
      error: Object.assign(new Error('lost'), { code: 'ECONNRESET', client: { secretKey: 4711, user: 'tenet' } }),
    });
    expect(text).not.to.include('4711');
    expect(line['error']).to.include({ message: 'lost', code: 'ECONNRESET' });
  });

  for (const [title, end] of Object.entries({
    'ends by itself': '',
    'is ended': 'process.exit(3);',
    fails: "throw new Error('boom');",
  })) {
    it(`loses no line when the process ${title}`, () => {
      const script = `
        import { createLog } from ${JSON.stringify(new URL('../../../core/base/log.ts', import.meta.url).href)};
        const log = createLog('info');
        for (let index = 0; index < 1000; index++) log.info({ index }, 'said');
        ${end}`;
      const { stdout } = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], { encoding: 'utf8' });
      const lines = stdout.trim().split('\n');
      expect(lines.map((line) => JSON.parse(line).index)).to.deep.equal(Array.from({ length: 1000 }, (_, index) => index));
    });
  }

  it('is for people when it is asked to be, and JSON where no terminal is', () => {
    const script = (format: string) => `
      import { createLog } from ${JSON.stringify(new URL('../../../core/base/log.ts', import.meta.url).href)};
      createLog('info', undefined, '${format}').info({ index: 1 }, 'said');`;
    const printed = (format: string) =>
      spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script(format)], { encoding: 'utf8' }).stdout;
    expect(printed('pretty')).to.match(/^\S+Z INFO {2}said index=1\n$/);
    expect(JSON.parse(printed('auto'))).to.include({ level: 'info', index: 1, msg: 'said' });
  });

  it('writes a line of plain fields as it writes any other', () => {
    const field = fc.oneof(fc.string({ unit: 'binary' }), fc.double(), fc.integer(), fc.boolean(), fc.constant(undefined));
    const fields = fc.record({ requestId: field, status: field, subject: field, refusal: field }, { requiredKeys: [] });
    fc.assert(
      fc.property(fields, fc.string(), (each, message) => {
        const lines: string[] = [];
        const log = createLog('info', { write: (line) => void lines.push(line.replace(/"time":"[^"]*"/, '')) });
        log.info(each, message);
        plainLine(log, message)(each);
        expect(lines[1]).to.equal(lines[0]);
      }),
    );
  });

  it('writes no line of plain fields when only graver ones are asked for', () => {
    const lines: string[] = [];
    const log = createLog('warn', { write: (line) => void lines.push(line) });
    plainLine(log, 'said')({ status: 200 });
    expect(lines).to.deep.equal([]);
  });

  it('tells each line when it was said', () => {
    const before = Date.now();
    const { line } = written({});
    expect(new Date(line['time'] as string).getTime()).to.be.within(before, Date.now());
    expect(line['time']).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });
});
