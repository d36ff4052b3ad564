import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { generate } from '../../cli/generate.ts';

const checkout = new URL('../../', import.meta.url);

describe('npm run generate', () => {
  let directory: string;
  let root: URL;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tenet-generate-'));
    root = pathToFileURL(`${directory}/`);
  });

  afterEach(() => rm(directory, { recursive: true }));

  const generators = [{ path: 'made.txt', make: async () => 'wanted\n' }];

  it('finds every generated file of the checkout fresh', async () => {
    expect(await generate(checkout, true)).to.deep.equal([]);
  }).timeout(60_000);

  it('names a stale or missing file and leaves it alone when it only checks', async () => {
    expect(await generate(root, true, generators)).to.deep.equal(['made.txt']);
    await writeFile(join(directory, 'made.txt'), 'edited by hand\n');
    expect(await generate(root, true, generators)).to.deep.equal(['made.txt']);
    expect(await readFile(join(directory, 'made.txt'), 'utf8')).to.equal('edited by hand\n');
  });

  it('writes what is stale, and nothing the second time', async () => {
    expect(await generate(root, false, generators)).to.deep.equal(['made.txt']);
    expect(await readFile(join(directory, 'made.txt'), 'utf8')).to.equal('wanted\n');
    expect(await generate(root, false, generators)).to.deep.equal([]);
  });
});
