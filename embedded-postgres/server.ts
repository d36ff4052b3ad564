import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { Unavailable } from '../core/base/errors.ts';
import { type Account, runAs } from './account.ts';
import type { Binaries } from './binaries.ts';
import type { ServerLog } from './log.ts';
import { disarmStalePostmaster, probe, readPostmaster } from './postmaster.ts';
import { isAlive } from './processes.ts';

/** What is needed to start the server of one cluster. */
export interface ServerOptions {
  readonly cluster: string;
  readonly binaries: Binaries;
  readonly account: Account;
  readonly password: string;
  readonly log: ServerLog;
  readonly settings: Readonly<Record<string, string>>;
  readonly say: (line: string) => void;
}

/** A server that accepts, and that stops when this process ends. */
export interface Running {
  readonly pid: number;
  readonly port: number;
  /** Ends the process that would stop the server after us. */
  letGo(): void;
}

/** Small enough for a laptop, and silent about what is in the rows: neither statements nor the values of a violated key reach the log. */
const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  shared_buffers: '64MB',
  huge_pages: 'off',
  max_connections: '200',
  max_wal_size: '512MB',
  max_parallel_workers_per_gather: '0',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  logging_collector: 'off',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
};

/** Starts the server on `port`, or on a free one, and waits until it accepts; throws Unavailable with the log's last lines. Recovery after a crash may take as long as it needs. */
export async function startServer(options: ServerOptions, port?: number): Promise<Running> {
  const patience = performance.now() + 20_000;
  for (let attempt = 1; ; attempt++) {
    const chosen = port ?? (await freePort());
    const outcome = await tryStart(options, chosen);
    if (!Array.isArray(outcome)) return outcome;
    const why = outcome.join(' ');
    // Somebody else was given the port between our question and the server's bind.
    if (port === undefined && attempt < 10 && /could not (bind|create any TCP\/IP)|another server/.test(why)) continue;
    // Children of a killed server need a moment to notice.
    if (/shared memory block|lock file .* already exists/.test(why) && performance.now() < patience) {
      await wait(100);
      continue;
    }
    throw new Unavailable(`PostgreSQL did not start on ${options.cluster}. Its last words: ${why} (More in ${options.log.path}.)`);
  }
}

/** The last lines of its log when it did not come up. */
async function tryStart(options: ServerOptions, port: number): Promise<Running | string[]> {
  const { cluster } = options;
  disarmStalePostmaster(cluster);
  const child = spawnServer(options, port);
  const failed = await spawnFailure(child);
  if (failed) return [failed];
  // From the first moment: recovery may take long, and we may be killed meanwhile.
  const letGo = stopServerWithUs(child.pid!, cluster, options.account);
  try {
    const failure = await untilReady(options, child, port);
    if (!failure) return { pid: child.pid!, port, letGo };
    letGo();
    return failure;
  } catch (error) {
    await stopServer(child.pid!);
    letGo();
    throw error;
  }
}

/** The reason when it does not come up. */
async function untilReady(options: ServerOptions, child: ChildProcess, port: number): Promise<string[] | undefined> {
  const { cluster, password, log } = options;
  const ended = () => child.exitCode !== null || child.signalCode !== null;
  const slow = performance.now() + 5_000;
  let told = false;
  for (;;) {
    if (ended()) return log.tail();
    const postmaster = readPostmaster(cluster);
    if (postmaster?.pid === child.pid && postmaster?.status === 'ready') {
      const answer = await probe(port, password, cluster);
      if (answer === 'ours') return undefined;
      if (answer === 'foreign') {
        await stopServer(child.pid!);
        return [`another server answers at port ${port}`];
      }
    }
    if (!told && performance.now() > slow) {
      options.say('PostgreSQL is still starting: after a hard stop it first puts in place what it had only noted.');
      told = true;
    }
    await wait(20);
  }
}

function spawnServer({ cluster, binaries, account, log, settings: more }: ServerOptions, port: number): ChildProcess {
  const out = log.open();
  try {
    const flags = Object.entries({ ...settings, ...more, port: String(port) }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    // A session of its own: Ctrl-C is for Tenet, which stops the server when it has no more use for it.
    const child = spawn(binaries.postgres, ['-D', cluster, ...flags], { ...runAs(account), detached: true, stdio: ['ignore', out, out] });
    child.unref();
    return child;
  } finally {
    closeSync(out);
  }
}

/** Asks for a fast shutdown and waits; after 20 seconds for an immediate one, from which the next start recovers. */
export async function stopServer(pid: number): Promise<void> {
  for (const [signal, patience] of [
    ['SIGINT', 20_000],
    ['SIGQUIT', 10_000],
    ['SIGKILL', 5_000],
  ] as const) {
    if (!isAlive(pid)) return;
    try {
      process.kill(pid, signal);
    } catch (error) {
      // It may have ended since we looked.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
    const end = performance.now() + patience;
    while (isAlive(pid) && performance.now() < end) await wait(10);
  }
  if (isAlive(pid)) throw new Unavailable(`PostgreSQL (process ${pid}) does not stop.`);
}

/**
 * Starts a process that waits for the end of this one, also by kill -9, and then stops the server: its input is a pipe that only we hold.
 * Returns the function that lets it go.
 */
export function stopServerWithUs(pid: number, cluster: string, account: Account): () => void {
  const script = 'while read -r _; do :; done; read -r pid < "$1/postmaster.pid" && [ "$pid" = "$2" ] && kill -INT "$2"';
  const watcher = spawn('/bin/sh', ['-c', script, 'sh', cluster, String(pid)], {
    ...runAs(account),
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watcher.once('error', () => undefined);
  watcher.unref();
  const input = watcher.stdin as unknown as { unref(): void; destroy(): void; on(event: 'error', listener: () => void): void };
  input.on('error', () => undefined);
  input.unref();
  return () => {
    watcher.kill('SIGKILL');
    input.destroy();
  };
}

async function spawnFailure(child: ChildProcess): Promise<string | undefined> {
  if (child.pid !== undefined) {
    child.once('error', () => undefined);
    return undefined;
  }
  const [error] = (await once(child, 'error').catch((reason: unknown) => [reason])) as [Error];
  return error.message;
}

async function freePort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  listener.close();
  await once(listener, 'close');
  return port;
}
