import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { keepSeconds, testFiles } from './order.ts';

describe('the order of test files', () => {
  let root: string;
  const write = (path: string, content = ''): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'tenet-order-'));
    for (const name of ['slow', 'fast', 'new', 'deep/slowest']) write(`test/${name}.test.ts`);
    write('test/helpers/helper.ts');
    write('test/run/seconds.json', JSON.stringify({ 'test/slow.test.ts': 40, 'test/fast.test.ts': 1, 'test/deep/slowest.test.ts': 50 }));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('begins with the slowest; a new file may be a slow one', () => {
    expect(testFiles(root)).to.deep.equal(['test/deep/slowest.test.ts', 'test/slow.test.ts', 'test/new.test.ts', 'test/fast.test.ts']);
  });

  it('follows what was measured here, and forgets nothing of files that did not run again', () => {
    keepSeconds(root, new Map([['test/fast.test.ts', 60]]));
    keepSeconds(root, new Map([['test/new.test.ts', 0.04]]));
    expect(testFiles(root)).to.deep.equal(['test/fast.test.ts', 'test/deep/slowest.test.ts', 'test/slow.test.ts', 'test/new.test.ts']);
  });

  it('does not depend on a file of seconds that is there and whole', () => {
    write('node_modules/.cache/test-seconds.json', '{"test/fa');
    rmSync(join(root, 'test/run/seconds.json'));
    expect(testFiles(root)).to.have.length(4);
  });
});
