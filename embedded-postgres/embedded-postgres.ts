import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type pg from 'pg';
import { TenetError, Unavailable } from '../core/base/errors.ts';
import { checkAccount, serverAccount } from './account.ts';
import { findBinaries, type PlatformPackage, platformPackage } from './binaries.ts';
import { checkVersion, initializeCluster } from './cluster.ts';
import { serverLog } from './log.ts';
import { takeOwnership } from './ownership.ts';
import { chooseCluster, clusterOwner, dataDirectory, findCluster, makeDataDirectory } from './place.ts';
import { livePostmaster, probe, urlOf } from './postmaster.ts';
import { draftRecord, keepRecord, readRecord } from './record.ts';
import { type Running, type ServerOptions, startServer, stopServerWithUs } from './server.ts';
import { superviseServer } from './supervisor.ts';

/** A PostgreSQL server of our own, on this machine only. */
export interface EmbeddedPostgres {
  /** Of the database `tenet`, as its owner, who is also the superuser of this server. */
  readonly url: string;
  /** PostgreSQL's data_directory; not always inside Tenet's own data directory. */
  readonly dataDirectory: string;
  /** Whether it was running already, left behind by a Tenet that was killed. */
  readonly adopted: boolean;
  /** Stops the server and gives the data directory free; the second call does nothing more. */
  stop(): Promise<void>;
}

/**
 * Starts PostgreSQL on the data directory `dataDir` (made, 0700, when it does not exist), or adopts the server that a killed Tenet left there.
 * It stops with this process, however this process ends, and is started again at the same address when it is killed itself.
 * One data directory belongs to one machine. `say` receives progress in plain words; `settings` are for tests.
 * Throws Unavailable with one sentence that says what to do.
 */
export async function startEmbeddedPostgres(options: {
  dataDir: string;
  say?: (line: string) => void;
  settings?: Record<string, string>;
}): Promise<EmbeddedPostgres> {
  const { say = () => undefined, settings = {} } = options;
  const packaged = platformPackage();
  const dataDir = makeDataDirectory(options.dataDir);
  const ownership = takeOwnership(dataDir);
  try {
    const server = await prepareServer(packaged, dataDir, settings, say);
    const adopted = await findLive(server);
    const running = adopted ?? (await startServer(server));
    const stopServer = superviseServer(server, running);
    try {
      const answer = await probe(running.port, server.password, server.cluster, ensureDatabase);
      if (answer !== 'ours')
        throw new Unavailable(`PostgreSQL on ${server.cluster} ended again. Its last words: ${server.log.tail().join(' ')}`);
    } catch (error) {
      await stopServer();
      throw error;
    }
    let stopped: Promise<void> | undefined;
    return {
      url: urlOf(running.port, server.password),
      dataDirectory: server.cluster,
      adopted: adopted !== undefined,
      stop: () => (stopped ??= stopServer().then(ownership.release)),
    };
  } catch (error) {
    ownership.release();
    if (error instanceof TenetError) throw error;
    throw new Unavailable(`The embedded PostgreSQL of ${dataDir} could not be started: ${(error as Error).message}`, { cause: error });
  }
}

/** Whether there is a database in this data directory, running or not. */
export function hasEmbeddedPostgres(dataDir: string): boolean {
  const path = dataDirectory(dataDir);
  return path !== undefined && findCluster(path) !== undefined;
}

/** The server that runs on this data directory now, verified by asking it; undefined when there is none. Starts and changes nothing. */
export async function findEmbeddedPostgres(dataDir: string): Promise<{ url: string } | undefined> {
  const path = dataDirectory(dataDir);
  const cluster = path && findCluster(path);
  if (!path || !cluster) return undefined;
  const { password } = readRecord(path, cluster)!;
  // On a busy machine a server that runs may take longer to answer than one attempt waits.
  for (const end = performance.now() + 30_000; ; await wait(100)) {
    const live = livePostmaster(cluster);
    if (!live) return undefined;
    const answer = await probe(live.port, password, cluster);
    if (answer === 'ours') return { url: urlOf(live.port, password) };
    if (answer === 'foreign' || performance.now() > end) return undefined;
  }
}

/** All that has to be there before the server can start: a system account, programs that it can run, and a cluster. */
async function prepareServer(
  packaged: PlatformPackage,
  dataDir: string,
  settings: Record<string, string>,
  say: (line: string) => void,
): Promise<ServerOptions> {
  const existing = findCluster(dataDir);
  const record = readRecord(dataDir, existing);
  const account = serverAccount(existing === undefined ? undefined : clusterOwner(existing), say);
  checkAccount(account);
  const binaries = findBinaries(packaged, account, dataDir, say);
  const cluster = existing ?? chooseCluster(dataDir, account, say);
  const { password } = record ?? draftRecord(dataDir, cluster);
  const log = serverLog(join(dataDir, 'postgres.log'));
  if (existing) checkVersion(existing, binaries);
  else {
    say('Making a new PostgreSQL database; this takes some seconds, once.');
    await initializeCluster(cluster, { binaries, account, password, log, sync: settings['fsync'] !== 'off' });
  }
  keepRecord(dataDir);
  return { cluster, binaries, account, password, log, settings, say };
}

/** The live server of the cluster once it accepts; undefined when there is none, or when the one that was stopping has ended. */
async function findLive({ cluster, password, account }: ServerOptions): Promise<Running | undefined> {
  const end = performance.now() + 60_000;
  for (;;) {
    const live = livePostmaster(cluster);
    if (!live) return undefined;
    const answer = live.status === 'ready' ? await probe(live.port, password, cluster) : 'silent';
    if (answer === 'ours') return { ...live, letGo: stopServerWithUs(live.pid, cluster, account) };
    if (answer === 'foreign' || performance.now() > end) {
      throw new Unavailable(
        `A PostgreSQL server (process ${live.pid}) runs on ${cluster} and does not let Tenet in. Stop that process and start Tenet again.`,
      );
    }
    await wait(50);
  }
}

async function ensureDatabase(client: pg.Client): Promise<void> {
  const { rowCount } = await client.query("select 1 from pg_database where datname = 'tenet'");
  if (rowCount === 0) await client.query('create database tenet owner tenet');
}
