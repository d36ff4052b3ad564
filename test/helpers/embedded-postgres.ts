import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import pg from 'pg';
import { type Account, serverAccount } from '../../embedded-postgres/account.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../embedded-postgres/embedded-postgres.ts';
import { readPostmaster } from '../../embedded-postgres/postmaster.ts';
import { servesCluster } from '../../embedded-postgres/processes.ts';
import { eventually } from './eventually.ts';

/** What a Tenet in a process of its own says when it is up or refuses. */
export interface Report {
  readonly url: string;
  readonly dataDirectory: string;
  readonly adopted: boolean;
  readonly refused?: string;
}

/** What the tests of the embedded PostgreSQL start, and what ends it. */
export interface EmbeddedPostgresTests {
  /** A data directory that was used before, for those who have no need to see one made. */
  readonly made: string;
  /** Ended after each test, in reverse order. */
  readonly cleanups: (() => unknown)[];
  /** A parent for a data directory, traversable for everybody, as it usually is. It goes after the test, once the server in it has ended. */
  newParent(): string;
  /** Puts a copy of `made` in the place of the data directory. */
  useMade(): void;
  start(): Promise<EmbeddedPostgres>;
  /** A Tenet in a process of its own, and what it reports when it is up or refuses. */
  startProcess(options?: { uid?: number; gid?: number }): Promise<{ tenet: ChildProcess; report: Report }>;
  /** What a start says that must fail. */
  refusal(): Promise<string>;
}

/** The program of the processes that are killed. */
export const program = fileURLToPath(new URL('../embedded-postgres/process.ts', import.meta.url));

/** Sets up the group of tests that calls it; a test may change its data directory at any time. */
export function embeddedPostgres(dataDir: () => string): EmbeddedPostgresTests {
  const made = join(tmpdir(), `tenet-made-${process.pid}`);
  const cleanups: (() => unknown)[] = [];

  before(async () => {
    await (await startEmbeddedPostgres({ dataDir: made, settings: { fsync: 'off' } })).stop();
  });

  after(() => rmSync(made, { recursive: true, force: true }));

  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });

  function newParent(): string {
    const parent = mkdtempSync(join(tmpdir(), 'tenet-embedded-'));
    chmodSync(parent, 0o755);
    cleanups.push(() => rmSync(parent, { recursive: true, force: true }), serverHasEnded);
    return parent;
  }

  /** The servers of killed processes end by themselves. */
  async function serverHasEnded(): Promise<void> {
    const cluster = join(dataDir(), 'postgres');
    const postmaster = existsSync(cluster) ? readPostmaster(cluster) : undefined;
    if (postmaster) await eventually(() => expect(servesCluster(postmaster.pid, cluster)).to.equal(false), 30_000);
  }

  function useMade(): void {
    execFileSync('cp', ['-a', made, dataDir()]);
  }

  async function start(): Promise<EmbeddedPostgres> {
    const server = await startEmbeddedPostgres({ dataDir: dataDir(), settings: { fsync: 'off' } });
    cleanups.push(() => server.stop());
    return server;
  }

  async function startProcess(options: { uid?: number; gid?: number } = {}): Promise<{ tenet: ChildProcess; report: Report }> {
    const tenet = spawn(process.execPath, ['--import', 'tsx', program, dataDir()], { ...options, stdio: ['pipe', 'pipe', 'inherit'] });
    cleanups.push(() => tenet.kill('SIGKILL'));
    const [line] = (await once(createInterface(tenet.stdout!), 'line')) as [string];
    return { tenet, report: JSON.parse(line) as Report };
  }

  async function refusal(): Promise<string> {
    const error = await start().then(
      () => expect.fail('it started'),
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(Error);
    return (error as Error).message;
  }

  return { made, cleanups, newParent, useMade, start, startProcess, refusal };
}

/** The rows that one statement answers, over a connection of its own. */
export async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Ends a process as a crash does, and waits until it has ended. */
export async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

/** The account that the server runs under. */
export function asAccount(): Account {
  return serverAccount(undefined, () => undefined);
}
