import { createHash } from 'node:crypto';
import { appendFileSync, linkSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { parse } from 'yaml';
import { type Checkout, copyCheckout } from '../docs/checkout.ts';

describe('the build of the command in a checkout', function () {
  this.timeout(120_000);
  let checkout: Checkout;
  let version: string;
  let source: string;
  let built: string;

  before(() => {
    checkout = copyCheckout();
    rmSync(join(checkout.path, 'dist'), { recursive: true, force: true });
    version = JSON.parse(readFileSync(join(checkout.path, 'package.json'), 'utf8')).version;
    source = join(checkout.path, 'cli/version.ts');
    built = join(checkout.path, 'dist/cli/version.js');
  });
  after(() => checkout.remove());

  const tenetVersion = async (): Promise<string> => {
    const { output, errors } = await checkout.run('node bin/tenet.js --version');
    return output.trim() + errors;
  };
  const build = async (): Promise<void> => {
    expect(await checkout.run('node bin/build.js')).to.deep.equal({ code: 0, output: '', errors: '' });
  };
  /** From then on the build tells itself from the sources. */
  const mark = (): void => writeFileSync(built, "export const version = () => 'from the build';\n");

  beforeEach(async () => {
    await build();
    mark();
    expect(await tenetVersion()).to.equal('from the build');
  });

  it('consists of all rooms', () => {
    const rooms = readdirSync(join(checkout.path, 'dist')).filter((name) => !name.endsWith('.json'));
    const { include } = parse(readFileSync(join(checkout.path, 'tsconfig.json'), 'utf8'));
    expect(rooms.sort()).to.deep.equal(include.filter((room: string) => !['test', 'bench'].includes(room)).sort());
  });

  it('has the contract as JSON, made again when its text changes', async () => {
    const kept = (): { sha256: string; document: unknown } => JSON.parse(readFileSync(join(checkout.path, 'dist/openapi.json'), 'utf8'));
    const path = join(checkout.path, 'openapi.yaml');
    const text = readFileSync(path, 'utf8');
    expect(kept().document).to.deep.equal(parse(text));
    appendFileSync(path, 'x-later: true\n');
    await build();
    expect(kept().document).to.deep.equal({ ...(parse(text) as object), 'x-later': true });
    expect(kept().sha256).to.equal(createHash('sha256').update(readFileSync(path)).digest('hex'));
  });

  it('is not made again, nor anything in it, while nothing has changed', async () => {
    const before = statSync(join(checkout.path, 'dist/made-from.json')).mtimeMs;
    await build();
    expect(statSync(join(checkout.path, 'dist/made-from.json')).mtimeMs).to.equal(before);
    expect(await tenetVersion()).to.equal('from the build');
  });

  it('stays fresh when what it was made with gets another link, as package managers make', async () => {
    linkSync(join(checkout.path, 'tsconfig.json'), join(checkout.path, 'linked.json'));
    expect(await tenetVersion()).to.equal('from the build');
  });

  it('runs in threads too, and the sources do once one has changed', async () => {
    const thread = 'core/policies/replay-thread';
    const says = (what: string): string => `import { parentPort } from 'node:worker_threads';\nparentPort.postMessage('${what}');\n`;
    const begun = async (): Promise<string> => {
      const entry = pathToFileURL(join(checkout.path, `${thread}.ts`)).href;
      const worker = `new Worker('./bin/thread.js', { workerData: { entry: '${entry}' } })`;
      const script = `const { Worker } = require('node:worker_threads'); ${worker}.once('message', (said) => console.log(said))`;
      const { output, errors } = await checkout.run(`node -e "${script}"`);
      return output.trim() + errors;
    };
    writeFileSync(join(checkout.path, `dist/${thread}.js`), says('from the build'));
    expect(await begun()).to.equal('from the build');
    writeFileSync(join(checkout.path, `${thread}.ts`), says('from the source'));
    expect(await begun()).to.equal('from the source');
  });

  it('does not run when it was not finished', async () => {
    rmSync(join(checkout.path, 'dist/made-from.json'));
    expect(await tenetVersion()).to.equal(version);
  });

  it('does not run after a source was changed, and then only that source is built again', async () => {
    appendFileSync(join(checkout.path, 'cli/crds.ts'), '// changed\n');
    expect(await tenetVersion()).to.equal(version);
    await build();
    expect(await tenetVersion()).to.equal('from the build');
    expect(readFileSync(join(checkout.path, 'dist/cli/crds.js'), 'utf8')).to.contain('// changed');
  });

  it('does not run after a source of the same size took the place of another, though its time is older than the build', async () => {
    const longAgo = new Date('2026-01-01T00:00:00Z');
    utimesSync(source, longAgo, longAgo);
    await build();
    mark();
    expect(await tenetVersion()).to.equal('from the build');
    writeFileSync(`${source}.new`, readFileSync(source));
    utimesSync(`${source}.new`, longAgo, longAgo);
    renameSync(`${source}.new`, source);
    expect(statSync(source).mtime).to.deep.equal(longAgo);
    expect(await tenetVersion()).to.equal(version);
    await build();
    expect(await tenetVersion()).to.equal(version);
  });

  it('loses what has no source any longer', async () => {
    const stray = join(checkout.path, 'cli/stray.ts');
    writeFileSync(stray, 'export {};\n');
    await build();
    expect(statSync(join(checkout.path, 'dist/cli/stray.js')).isFile()).to.equal(true);
    rmSync(stray);
    expect(await tenetVersion()).to.equal(version);
    await build();
    for (const end of ['js', 'js.map']) {
      expect(statSync(join(checkout.path, `dist/cli/stray.${end}`), { throwIfNoEntry: false })).to.equal(undefined);
    }
  });

  it('names the lines of the sources where it fails', async () => {
    appendFileSync(join(checkout.path, 'cli/version.ts'), "\nexport const broken = (): never => {\n  throw new Error('it broke');\n};\n");
    await build();
    const { errors } = await checkout.run(`node --enable-source-maps -e "import('./dist/cli/version.js').then((m) => m.broken())"`);
    const line =
      readFileSync(source, 'utf8')
        .split('\n')
        .findIndex((text) => text.includes('it broke')) + 1;
    expect(errors).to.contain(`cli/version.ts:${line}:`);
  });
});
