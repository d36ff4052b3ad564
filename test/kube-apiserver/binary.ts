import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The Kubernetes version that go.mod pins. */
export const kubernetesVersion = '1.36.3';

/** Where the sources of the binary are. */
export const sourceFolder = import.meta.dirname;

/**
 * The path of the binary with API server, etcd and kubectl; it need not exist yet. It lies in the user's cache, so that
 * checkouts share it, and its name holds a hash of the sources, so that a changed main.go is never served by an old build.
 */
export function binaryPath(): string {
  const hash = createHash('sha256');
  for (const file of ['main.go', 'go.sum']) hash.update(readFileSync(join(sourceFolder, file)));
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return join(cache, 'tenet', `kube-apiserver-${kubernetesVersion}-${hash.digest('hex').slice(0, 12)}`, 'kube');
}

/** Whether `npm run kube:build` has been run for these sources. */
export const isBuilt = (): boolean => existsSync(binaryPath());
