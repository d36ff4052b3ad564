#!/usr/bin/env node
// `npm run build`: puts the build of the command into dist/, one file for each source, and the contract as JSON. Only sources that have changed since the last build are
// compiled again, and types are not looked at, which is what `npm run check` does; so it takes seconds at first, and nothing when it is fresh.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { fileState, recordPath, sourceState } from './build-state.js';

const root = fileURLToPath(new URL('..', import.meta.url));
/** Times of files are that exact; two writes within it may leave the same time. */
const tickMs = 20;

function readRecord() {
  try {
    return JSON.parse(readFileSync(recordPath(root), 'utf8'));
  } catch {
    return { made: {}, sources: {} };
  }
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const target = (source) => join(root, 'dist', source.replace(/\.ts$/, '.js'));

/** What compiles one source as `tsc` does. It takes a second to load. */
async function compiler() {
  const { default: ts } = await import('typescript');
  const config = ts.readConfigFile(join(root, 'tsconfig.build.json'), ts.sys.readFile).config;
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  return (source) => {
    const fileName = join(root, source);
    // Every file is an ES module, which nodenext would look up in package.json for each of them.
    const compilerOptions = { ...options, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler };
    const { outputText, sourceMapText } = ts.transpileModule(readFileSync(fileName, 'utf8'), { fileName, compilerOptions });
    const map = { ...JSON.parse(sourceMapText), sources: [relative(dirname(target(source)), fileName)] };
    return { code: outputText, map: JSON.stringify(map) };
  };
}

/** A reader sees the old file or the new one, never half of one. */
function replace(path, content) {
  writeFileSync(`${path}.${process.pid}`, content);
  renameSync(`${path}.${process.pid}`, path);
}

/** Keeps openapi.yaml as JSON too, with the digest of its text (api/contract/document.ts). */
async function buildContract() {
  const text = readFileSync(join(root, 'openapi.yaml'), 'utf8');
  const sha256 = createHash('sha256').update(text).digest('hex');
  const path = join(root, 'dist/openapi.json');
  if (existsSync(path) && readFileSync(path, 'utf8').startsWith(`{"sha256":"${sha256}"`)) return;
  const { parse } = await import('yaml');
  mkdirSync(dirname(path), { recursive: true });
  replace(path, JSON.stringify({ sha256, document: parse(text) }));
}

async function build() {
  await buildContract();
  const record = readRecord();
  const state = sourceState(root);
  if (same(record, state)) return;
  const unchanged = same(record.made, state.made) ? record.sources : {};
  const stale = Object.keys(state.sources).filter((source) => unchanged[source] !== state.sources[source] || !fileState(target(source)));

  // Until it is whole there is no record, and the sources run.
  rmSync(recordPath(root), { force: true });
  for (const source of Object.keys(record.sources)) {
    if (state.sources[source] === undefined) for (const end of ['', '.map']) rmSync(target(source) + end, { force: true });
  }
  await wait(tickMs);
  const compile = stale.length === 0 ? undefined : await compiler();
  for (const source of stale) {
    const { code, map } = compile(source);
    mkdirSync(dirname(target(source)), { recursive: true });
    replace(`${target(source)}.map`, map);
    replace(target(source), code);
  }
  // What has changed in between is compiled by the next build.
  if (same(state, sourceState(root))) replace(recordPath(root), JSON.stringify(state));
}

await build().catch((error) => {
  // `npm ci --omit=dev` prepares too, and has no compiler: then the sources run.
  if (process.env.npm_lifecycle_event !== 'prepare' || error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
});
