import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { usualCodes, verbCodes } from '../../cli/exit-codes.ts';
import { eventually } from './eventually.ts';

/** How a `tenet` command ended, and all that it said. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A `tenet` command that runs. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Everything that it wrote to standard error so far. */
  said(): string;
}

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The variables of a server on a database of a test: a directory of its own, free ports and no cluster. */
export function serverOn(databaseUrl: string, dataDir: string): Record<string, string> {
  return {
    DATABASE_URL: databaseUrl,
    TENET_ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
    TENET_DATA_DIR: dataDir,
    TENET_PORT: '0',
    TENET_METRICS_PORT: '0',
    TENET_KUBECONFIG: 'none',
  };
}

/** Starts `node bin/tenet.js ...`, which runs the build where that is fresh, with these variables and none of the caller's but PATH and HOME. */
export function spawnTenet(args: readonly string[], environment: Record<string, string> = {}): Running {
  return spawnNode([join(root, 'bin/tenet.js'), ...args], environment);
}

/** The same, always from the sources. */
export function spawnSources(args: readonly string[], environment: Record<string, string> = {}): Running {
  return spawnNode(['--import', 'tsx', join(root, 'cli/main.ts'), ...args], environment);
}

function spawnNode(args: readonly string[], environment: Record<string, string>): Running {
  const { PATH = '', HOME = '' } = process.env;
  return follow(spawn(process.execPath, args, { env: { PATH, HOME, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] }));
}

/** Collects what a `tenet` command says, whose output is piped, until it ends. */
export function follow(child: ChildProcess): Running {
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) child[name]!.on('data', (chunk: Buffer) => (text[name] += chunk.toString()));
  // A program that cannot be started fails every wait for it at once, with its reason.
  child.on('error', (error) => (text.stderr += `it could not be started: ${error.message}\n`));
  const ended = new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
    child.on('close', (...end: [number | null, NodeJS.Signals | null]) => resolve(end));
  }).then(([code, signal]) => ({ code, signal, ...text }));
  return { child, ended, said: () => text.stderr };
}

/** Runs a command to its end. */
export async function runTenet(args: readonly string[], environment: Record<string, string> = {}): Promise<Ended> {
  const ended = await spawnTenet(args, environment).ended;
  demandDocumented(args, ended);
  return ended;
}

/** Throws where a verb of policies ends with a code that its table (docs/cli.md) does not have. */
function demandDocumented(args: readonly string[], { code }: Ended): void {
  const verb = Object.keys(verbCodes).find((name) => args.slice(0, name.split(' ').length).join(' ') === name);
  if (verb === undefined || code === null || code in usualCodes || code in verbCodes[verb]!) return;
  throw new Error(`tenet ${verb} ends with ${code}, which cli/exit-codes.ts does not have.`);
}

/** The URL of a server once it takes requests. Fails with what it said when it ends before. */
export async function readyUrl(running: Running, within = 60_000): Promise<string> {
  let ended: Ended | undefined;
  void running.ended.then((end) => (ended = end));
  const url = await eventually(() => {
    const match = /Tenet is ready after [\d.]+ s at (http:\S+) /.exec(running.said());
    if (!match && !ended) throw new Error(`the server is not ready: ${running.said()}`);
    return match?.[1];
  }, within);
  if (url === undefined) throw new Error(`the server ended: ${JSON.stringify(ended)}`);
  return url;
}
