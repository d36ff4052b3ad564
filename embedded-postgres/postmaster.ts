import { closeSync, constants, lstatSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { isAlive, servesCluster } from './processes.ts';

/** What postmaster.pid says about the server of a cluster. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** `starting`, `ready`, `stopping` or `standby`; empty while the server has not got as far as that. */
  readonly status: string;
}

/** Reads postmaster.pid; undefined when there is none or it is not written yet. A dead server leaves its file behind. */
export function readPostmaster(cluster: string): Postmaster | undefined {
  let lines: string[];
  try {
    lines = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  return Number.isInteger(pid) && pid > 0 ? { pid, port, status: lines[7]?.trim() ?? '' } : undefined;
}

/** The server that runs on the cluster now, by its process and not only by its file. */
export function livePostmaster(cluster: string): Postmaster | undefined {
  const postmaster = readPostmaster(cluster);
  return postmaster && servesCluster(postmaster.pid, cluster) ? postmaster : undefined;
}

/**
 * Lets PostgreSQL start over the file of a dead server whose process id somebody else has now.
 * PostgreSQL itself would refuse; it overlooks the id of its own parent, and with the rest of the file it still finds surviving
 * children of the dead server, which deleting the file would hide.
 */
export function disarmStalePostmaster(cluster: string): void {
  const file = join(cluster, 'postmaster.pid');
  // A crash between making the file and writing it, or a full disk; PostgreSQL would ask a person to remove it.
  if (lstatSync(file, { throwIfNoEntry: false })?.size === 0) rmSync(file);
  const postmaster = readPostmaster(cluster);
  if (!postmaster || !isAlive(postmaster.pid) || servesCluster(postmaster.pid, cluster)) return;
  const [, ...rest] = readFileSync(file, 'utf8').split('\n');
  // The directory is the server account's, and we may be root: never write through a link.
  const descriptor = openSync(file, constants.O_WRONLY | constants.O_TRUNC | constants.O_NOFOLLOW);
  writeSync(descriptor, [process.pid, ...rest].join('\n'));
  closeSync(descriptor);
}

/** The connection string for a database of the server. */
export function urlOf(port: number, password: string, database = 'tenet'): string {
  return `postgres://tenet:${password}@127.0.0.1:${port}/${database}`;
}

/**
 * Connects and asks which data directory answers: `ours`, `foreign` (another server has the port, or it does not know our password)
 * or `silent` (nothing answers yet, or it is starting or stopping). `then` runs on the connection of a server that is ours.
 */
export async function probe(
  port: number,
  password: string,
  cluster: string,
  then?: (client: pg.Client) => Promise<void>,
): Promise<'ours' | 'foreign' | 'silent'> {
  const client = new pg.Client({ connectionString: urlOf(port, password, 'postgres'), connectionTimeoutMillis: 5_000 });
  // The server may end while we are connected; the query that is under way rejects.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>('show data_directory');
    if (rows[0]?.data_directory !== cluster) return 'foreign';
    await then?.(client);
    return 'ours';
  } catch (error) {
    const { code } = error as { code?: string };
    // 28xxx: the server refuses our name or password; 42xxx: it does not speak of data directories as PostgreSQL's superuser sees them.
    if (code?.startsWith('28') || code?.startsWith('42') || code === '3D000') return 'foreign';
    // 57xxx: it is starting or stopping, or ends our session. Other complaints of the server itself are for the caller.
    if (error instanceof pg.DatabaseError && !code?.startsWith('57')) throw error;
    return 'silent';
  } finally {
    await client.end().catch(() => undefined);
  }
}
