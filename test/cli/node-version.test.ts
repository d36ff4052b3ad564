import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Script } from 'node:vm';
import { expect } from 'chai';

const bin = new URL('../../bin/tenet.js', import.meta.url);

describe('bin/tenet.js', () => {
  /** How it ends on a Node.js that says that it is this version. */
  const runAs = (version: string, ...args: string[]) =>
    spawnSync(
      process.execPath,
      [
        ...['--input-type=commonjs', '--eval'],
        `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } }); import('${bin}');`,
        ...['--', ...args],
      ],
      { encoding: 'utf8' },
    );

  for (const version of ['0.10.48', '12.22.12', '18.20.8', '20.18.3']) {
    it(`says on Node.js ${version} which version it needs, and nothing else`, () => {
      const { status, stdout, stderr } = runAs(version);
      expect(stderr).to.equal(
        `tenet: Tenet needs Node.js 20.19 or newer, and this is ${version}. Install a newer one: https://nodejs.org\n`,
      );
      expect(stdout).to.equal('');
      expect(status).to.equal(1);
    });
  }

  it('runs on the least version that package.json names', () => {
    const { engines } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { engines: { node: string } };
    expect(engines.node).to.equal('>=20.19');
    expect(runAs('20.19.0').stderr).not.to.include('needs Node.js');
  });

  it('has no syntax that an old Node.js cannot read', () => {
    const text = readFileSync(bin, 'utf8').replace(/^#!.*/, '');
    // Neither a module nor a top-level await: a classic script.
    expect(() => new Script(text)).not.to.throw();
    expect(text).not.to.match(/\?\.|\?\?|\basync\b|\bawait\b|\*\*/);
  });
});
