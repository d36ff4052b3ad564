import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type pg from 'pg';
import { serverAccount } from './embedded-postgres/account.ts';
import { findBinaries } from './embedded-postgres/binaries.ts';
import { checkVersion, clusterPassword, initializeCluster } from './embedded-postgres/cluster.ts';
import { serverLog } from './embedded-postgres/log.ts';
import { takeOwnership } from './embedded-postgres/ownership.ts';
import { chooseCluster, clusterOwner, findCluster, makeDataDirectory } from './embedded-postgres/place.ts';
import { livePostmaster, probe, urlOf } from './embedded-postgres/postmaster.ts';
import { type ServerOptions, startServer, stopServer, stopServerWithUs } from './embedded-postgres/server.ts';
import { Unavailable } from './errors.ts';

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
  const { path: dataDir, made } = makeDataDirectory(options.dataDir);
  const ownership = takeOwnership(dataDir);
  try {
    const existing = findCluster(dataDir);
    const account = serverAccount(existing === undefined ? undefined : clusterOwner(existing), say);
    const binaries = findBinaries(account, dataDir, say);
    const cluster = existing ?? chooseCluster(dataDir, made, account, say);
    const password = clusterPassword(dataDir, existing !== undefined);
    const log = serverLog(join(dataDir, 'postgres.log'));
    if (existing) checkVersion(existing, binaries);
    else {
      say('Making a new PostgreSQL database; this takes some seconds, once.');
      await initializeCluster(cluster, { binaries, account, password, log, sync: settings['fsync'] !== 'off' });
    }
    const server: ServerOptions = { cluster, binaries, account, password, log, settings, say };
    const adopted = await findLive(cluster, password, 60_000);
    const running = adopted ?? (await startServer(server));
    const letGo = stopServerWithUs(running.pid, cluster, account);
    await probe(running.port, password, cluster, ensureDatabase);

    let stopped: Promise<void> | undefined;
    const stop = async () => {
      await stopServer(running.pid);
      letGo();
      ownership.release();
    };
    return {
      url: urlOf(running.port, password),
      dataDirectory: cluster,
      adopted: adopted !== undefined,
      stop: () => (stopped ??= stop()),
    };
  } catch (error) {
    ownership.release();
    throw error;
  }
}

/** The server that runs on this data directory now, verified by asking it; undefined when there is none. Starts and changes nothing. */
export async function findEmbeddedPostgres(dataDir: string): Promise<{ url: string } | undefined> {
  if (!existsSync(join(dataDir, 'postgres.password'))) return undefined;
  const { path } = makeDataDirectory(dataDir);
  const cluster = findCluster(path);
  if (!cluster) return undefined;
  const password = clusterPassword(path, true);
  const live = livePostmaster(cluster);
  return live && (await probe(live.port, password, cluster)) === 'ours' ? { url: urlOf(live.port, password) } : undefined;
}

/** The live server of the cluster once it accepts; undefined when there is none, or when the one that was stopping has ended. */
async function findLive(cluster: string, password: string, patience: number): Promise<{ pid: number; port: number } | undefined> {
  const end = performance.now() + patience;
  for (;;) {
    const live = livePostmaster(cluster);
    if (!live) return undefined;
    const answer = live.status === 'ready' ? await probe(live.port, password, cluster) : 'silent';
    if (answer === 'ours') return live;
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
