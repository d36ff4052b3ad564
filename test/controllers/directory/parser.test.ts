import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { parseManifests } from '../../../controllers/directory/parse.ts';
import { createParser, type Parser } from '../../../controllers/directory/parser.ts';
import { createJudge } from '../../../controllers/directory/validate.ts';
import { inspect } from '../../../controllers/directory/validated-directory.ts';

const good = (name: string) =>
  `apiVersion: tenet.dev/v1alpha1\nkind: Organization\nmetadata: {name: ${name}}\nspec: {displayName: ${name}}\n`;
const problemsOf = (text: string) => parseManifests({ path: 'a.yaml', text }).problems;

describe('the bounds of a directory of manifests', () => {
  const judge = createJudge();
  let directory: string;
  let parser: Parser;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'tenet-parser-'));
    parser = createParser();
    writeFileSync(join(directory, 'good.yaml'), good('good'));
  });
  afterEach(async () => {
    await parser.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  it('read regular files alone: a pipe, a device and a link to one are problems, and the others count', async () => {
    execFileSync('mkfifo', [join(directory, 'pipe.yaml')]);
    symlinkSync('/dev/zero', join(directory, 'zero.yaml'));
    symlinkSync(join(directory, 'pipe.yaml'), join(directory, 'link.yaml'));
    const { found, refused } = await inspect(directory, judge, parser);
    expect(found.map(({ name }) => name)).to.deep.equal(['good']);
    expect(refused.map(({ problems }) => problems)).to.deep.equal([
      ['link.yaml:1: it is no regular file'],
      ['pipe.yaml:1: it is no regular file'],
      ['zero.yaml:1: it is no regular file'],
    ]);
  });

  it('read a megabyte of a file, and parse what is read beside the event loop', async () => {
    writeFileSync(join(directory, 'big.yaml'), `# ${'x'.repeat(1_048_576)}\n${good('big')}`);
    writeFileSync(join(directory, 'keys.yaml'), Array.from({ length: 40_000 }, (_, index) => `k${index}: 1`).join('\n'));
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 1);
    const { found, refused } = await inspect(directory, judge, parser);
    clearInterval(timer);
    expect(found.map(({ name }) => name)).to.deep.equal(['good']);
    expect(refused.map(({ problems }) => problems[0])).to.deep.equal([
      'big.yaml:1: the file has more than 1048576 bytes',
      'keys.yaml:1: apiVersion is not set',
    ]);
    // Meanwhile the event loop went on: what is parsed on it lets no timer in.
    expect(turns).to.be.greaterThan(20);
  });

  it('tell 20 problems of a file with 60,000, and parse nothing again that has not changed', async () => {
    const keys = Array.from({ length: 20_000 }, (_, index) => `  k${index}: 1`).join('\n');
    writeFileSync(join(directory, 'unknown.yaml'), `${good('unknown').replace('spec: {displayName: unknown}', 'spec:')}${keys}\n`);
    const { refused } = await inspect(directory, judge, parser);
    expect(refused[0]!.problems).to.have.length(21);
    expect(refused[0]!.problems[20]).to.equal('unknown.yaml: there is more that is wrong; the first 20 problems are shown');
    const first = await parser.parse('good.yaml', good('good'));
    expect(await parser.parse('good.yaml', good('good'))).to.equal(first);
    expect(await parser.parse('good.yaml', good('better'))).not.to.equal(first);
  });

  it('refuse what is too deep, too many or grows by aliases, with the line', () => {
    expect(problemsOf(`a: ${'['.repeat(200)}${']'.repeat(200)}`)).to.deep.equal(['a.yaml:1: it is nested deeper than 64 levels']);
    expect(problemsOf(`a: [${'1,'.repeat(60_000)}]`)[0]).to.equal('a.yaml:1: it holds more than 50000 values');
    expect(problemsOf('---\na: 1\n'.repeat(1_001))).to.deep.equal(['a.yaml:1: it holds more than 1000 documents']);
    expect(problemsOf(`a: &a ${'x'.repeat(50_000)}\nb: [${'*a,'.repeat(90)}]`)[0]).to.match(
      /aliases make it longer than 2097152 characters/,
    );
    expect(problemsOf(`a: &a 1\nb: [${'*a,'.repeat(200)}]`)[0]).to.match(/alias/i);
    expect(problemsOf('a: b: c\n'.repeat(1_000))).to.have.length(21);
    expect(problemsOf('a: 1\nb: 2\na: 3\n')).to.deep.equal(['a.yaml:3: Map keys must be unique']);
  });
});
