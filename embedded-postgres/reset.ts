import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { takeOwnership } from './ownership.ts';
import { dataDirectory, findCluster } from './place.ts';
import { livePostmaster } from './postmaster.ts';
import { stopServer } from './server.ts';

/** What Tenet puts into a data directory; `owner` goes last, because it keeps others out meanwhile. */
const ours = /^(postgres|postgres\.(json|log|new-).*|postgresql-\d.*|dev-issuer\.json.*|encryption-keys.*|mail|status)$/;
const owner = 'owner';

/** What a reset has done with a data directory. */
export interface Reset {
  readonly dataDirectory: string;
  /** What is in it and was not made by Tenet; it stays. */
  readonly left: readonly string[];
}

/**
 * Removes the embedded database of a data directory, its keys and its mails; stops the server that a killed Tenet has left there.
 * Undefined when there is no such directory. Throws Unavailable, before anything is removed, while a Tenet runs on it.
 */
export async function resetDataDirectory(dataDir: string): Promise<Reset | undefined> {
  const path = dataDirectory(dataDir);
  if (path === undefined) return undefined;
  const ownership = takeOwnership(path);
  try {
    const cluster = findCluster(path);
    const live = cluster && livePostmaster(cluster);
    if (live) await stopServer(live.pid);
    if (cluster) removeCluster(cluster, path);
    for (const name of readdirSync(path)) if (ours.test(name)) rmSync(join(path, name), { recursive: true, force: true });
  } catch (error) {
    ownership.release();
    throw error;
  }
  rmSync(join(path, owner), { recursive: true, force: true });
  const left = readdirSync(path);
  if (left.length === 0) rmdirSync(path);
  return { dataDirectory: path, left };
}

/** A cluster that root keeps outside has a directory of its own around it. */
function removeCluster(cluster: string, dataDir: string): void {
  rmSync(cluster, { recursive: true, force: true });
  const parent = dirname(cluster);
  if (parent !== dataDir && existsSync(parent)) rmdirSync(parent);
}
