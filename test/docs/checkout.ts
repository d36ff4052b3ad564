import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { recordPath, sourceState } from '../../bin/build-state.js';

/** The root of this checkout. */
export const root = resolve(import.meta.dirname, '../..');

/** A copy of the checkout that a test may change, and a shell in it. */
export interface Checkout {
  readonly path: string;
  /** Runs a bash script to its end; standard output and standard error apart. */
  run(script: string, environment?: Record<string, string>): Promise<{ code: number; output: string; errors: string }>;
  /** Runs a command that serves until it is stopped; resolves with its URL when it says that it is ready, rejects when it ends before. */
  serve(
    command: string,
    environment: Record<string, string>,
    ready?: Ready,
  ): Promise<{ url: string; said: string[]; stop(): Promise<void> }>;
  /** What all servers of this copy have said so far. */
  said(): string[];
  /** Stops what still serves and removes the copy. */
  remove(): Promise<void>;
}

/** The line by which a server says that it is ready, with its URL in the first group. */
interface Ready {
  readonly stream: 'stdout' | 'stderr';
  readonly line: RegExp;
}

const tenetReady: Ready = { stream: 'stderr', line: /^Tenet is ready .* at (http:\S+) / };

/** Copies the files of the checkout as they are now; dependencies are linked, and data, caches and history are left behind. */
export function copyCheckout(): Checkout {
  const path = mkdtempSync(join(tmpdir(), 'tenet-checkout-'));
  // When root runs the tests, PostgreSQL's own user must get through to the data directory.
  chmodSync(path, 0o755);
  const left = new Set(['node_modules', '.git', '.tenet', 'dist', 'coverage']);
  cpSync(root, path, { recursive: true, filter: (source) => !left.has(relative(root, source)) });
  symlinkSync(join(root, 'node_modules'), join(path, 'node_modules'));
  copyBuild(path);
  const serving = new Set<() => Promise<void>>();
  const all: string[] = [];

  function start(script: string, environment: Record<string, string>): ChildProcess {
    const env = { ...withoutTenet(process.env), ...environment };
    return spawn('bash', ['-c', script], { cwd: path, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  }

  return {
    path,
    async run(script, environment = {}) {
      const child = start(script, environment);
      let output = '';
      let errors = '';
      child.stdout!.setEncoding('utf8').on('data', (text) => (output += text));
      child.stderr!.setEncoding('utf8').on('data', (text) => (errors += text));
      const [code] = (await once(child, 'close')) as [number | null];
      return { code: code ?? -1, output, errors };
    },
    async serve(command, environment, { stream, line: readyLine } = tenetReady) {
      const child = start(command, environment);
      const ended = once(child, 'close').then(() => undefined);
      const said: string[] = [];
      // To the whole group, as a terminal does on Ctrl-C: npm stands between us and the server.
      const stop = (): Promise<void> => {
        if (serving.delete(stop)) process.kill(-child.pid!, 'SIGINT');
        return ended;
      };
      serving.add(stop);
      child[stream === 'stdout' ? 'stderr' : 'stdout']!.resume();
      const url = await new Promise<string>((resolve, reject) => {
        createInterface(child[stream]!).on('line', (line) => {
          said.push(line);
          all.push(line);
          const url = readyLine.exec(line)?.[1];
          if (url) resolve(url);
        });
        ended.then(() => {
          serving.delete(stop);
          reject(new Error(`\`${command}\` ended before it was ready:\n${said.join('\n')}`));
        });
      });
      return { url, said, stop };
    },
    said: () => all,
    async remove() {
      await Promise.all([...serving].map((stop) => stop()));
      rmSync(path, { recursive: true, force: true });
    },
  };
}

/** The build too, where it is fresh, as `npm ci` makes it; in the copy its sources have other times, so its record is written anew. */
function copyBuild(path: string): void {
  const isFresh = existsSync(recordPath(root)) && readFileSync(recordPath(root), 'utf8') === JSON.stringify(sourceState(root));
  if (!isFresh) return;
  cpSync(join(root, 'dist'), join(path, 'dist'), { recursive: true });
  writeFileSync(recordPath(path), JSON.stringify(sourceState(path)));
}

/** What a developer has configured must not reach the servers of a test. */
function withoutTenet(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !name.startsWith('TENET_') && name !== 'DATABASE_URL' && name !== 'KUBECONFIG'),
  );
}
