import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { startTenet, type TestTenet } from '../helpers/tenet.ts';
import { root } from './checkout.ts';
import { type Block, blocksOf } from './markdown.ts';

const run = promisify(execFile);
const page = readFileSync(join(root, 'docs/clients.md'), 'utf8');
const blocks = blocksOf(page);
const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'tenet/contract');

/** The program in this language, the commands in front of it, and what the page says that it prints. */
function sectionOf(language: string): { commands: string[]; program: string; output: string } {
  const index = blocks.findIndex((block) => block.language === language);
  const [before, program, after] = blocks.slice(index - 1, index + 2) as [Block, Block, Block];
  expect([before.language, after.language]).to.deep.equal(['sh', 'text']);
  return { commands: before.text.split('\n'), program: program.text, output: after.text };
}

describe('The page for clients', function () {
  this.timeout(240_000);
  let tenet: TestTenet;
  let folder: string;
  let environment: NodeJS.ProcessEnv;

  before(async () => {
    tenet = await startTenet();
  });

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tenet-clients-'));
    copyFileSync(join(root, 'openapi.yaml'), join(folder, 'openapi.yaml'));
    const caller = await tenet.as(`${crypto.randomUUID()}@example.com`);
    environment = { ...process.env, TENET: tenet.url, TOKEN: caller.token };
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  after(() => tenet?.stop());

  const inFolder = async (command: string, ...words: string[]): Promise<string> =>
    (await run(command, words, { cwd: folder, env: environment })).stdout.trimEnd();

  it('makes a client in TypeScript, which compiles and prints what the page says', async () => {
    const { commands, program, output } = sectionOf('ts');
    const generate = commands.at(-1)!.split(' ');
    expect(generate.slice(0, 2)).to.deep.equal(['npx', 'openapi-typescript']);
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(folder, 'tour.ts'), program);
    const { compilerOptions } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8')) as { compilerOptions: object };
    const strict = { ...compilerOptions, rootDir: '.', noEmit: true, incremental: false };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: strict, files: ['tour.ts'] }));
    await inFolder(join(root, 'node_modules/.bin/openapi-typescript'), ...generate.slice(2));
    await inFolder(join(root, 'node_modules/.bin/tsc'), '-p', '.');
    expect(await inFolder(process.execPath, '--import', 'tsx', 'tour.ts')).to.equal(output);
  });

  it('makes a client in Go, which compiles and prints what the page says', async function () {
    const { commands, program, output } = sectionOf('go');
    const [, version] = /oapi-codegen@v(\S+)/.exec(commands[0]!)!;
    const generator = join(cache, `oapi-codegen-${version}/oapi-codegen`);
    // .ci/contract puts it there where Go is.
    if (!existsSync(generator)) return this.skip();
    mkdirSync(join(folder, 'tenet'));
    writeFileSync(join(folder, 'go.mod'), 'module example.com/tour\n\ngo 1.24\n');
    writeFileSync(join(folder, 'main.go'), program);
    await inFolder(generator, ...commands[0]!.split(' ').slice(3));
    expect(commands[1]).to.equal('go mod tidy');
    await inFolder('go', 'mod', 'tidy');
    expect(await inFolder('go', 'run', '.')).to.equal(output);
  });

  it('names the versions of this checkout', () => {
    const { devDependencies } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages[''] as {
      devDependencies: Record<string, string>;
    };
    for (const name of ['openapi-fetch', 'openapi-typescript']) {
      const installed = JSON.parse(readFileSync(join(root, `node_modules/${name}/package.json`), 'utf8')) as { version: string };
      expect(devDependencies).to.include.keys(name);
      expect(page).to.contain(`${name}@${installed.version}`);
    }
  });
});
