import type { HealthCheck } from '../core/base/health.ts';
import type { LockState } from './directory/lock.ts';
import type { Seen } from './directory/source.ts';

/** Longer than any pause between two bookmarks of a watch and the new attempt after it. */
const silenceMs = 180_000;

/** What readiness says of a cluster; `leads`: this process holds the lease. Nothing of it keeps the API from working, so it is never FAILING. */
export function clusterCheck(source: { hasSynced(): boolean; silentMs(): number }, leads: boolean): HealthCheck {
  const name = 'kubernetes';
  if (!source.hasSynced())
    return {
      name,
      state: 'DEGRADED',
      detail: 'The cluster has not been read yet: it does not answer, or its CRDs are missing. The log says which.',
    };
  if (source.silentMs() > silenceMs)
    return {
      name,
      state: 'DEGRADED',
      detail: 'The API server has not been heard of for minutes; what is known stays, and it is tried again.',
    };
  return { name, state: 'OK', ...(!leads && { detail: 'This process does not hold the lease and waits for it.' }) };
}

/** What readiness says of a directory of manifests. Nothing of it keeps the API from working, so it is never FAILING. */
export function directoryCheck(lock: LockState, seen: Seen): HealthCheck {
  const name = 'manifests';
  // As it should be: one replica works, the others wait.
  if (lock === 'elsewhere')
    return { name, state: 'OK', detail: 'Another process holds the lock of the manifest directory and works; this one waits.' };
  const detail = trouble(lock, seen);
  return { name, state: detail === undefined ? 'OK' : 'DEGRADED', ...(detail !== undefined && { detail }) };
}

function trouble(lock: LockState, { synced, failure, refused, pruningStopped }: Seen): string | undefined {
  if (lock === 'unreachable') return 'The lock of the manifest directory cannot be taken, because the database does not answer.';
  if (failure === 'unusable')
    return 'The manifest directory cannot be read or is empty; what is known stays, and the log says what is missing.';
  if (failure === 'unrecorded') return 'The manifests could not be brought into the database; it is tried again, and the log says why.';
  if (lock === 'starting' || !synced) return 'The manifest directory has not been read yet.';
  if (refused > 0)
    return `${refused === 1 ? 'A manifest file is' : `${refused} manifest files are`} refused; what was there before stays. The status directory and the log say why.`;
  if (pruningStopped) return 'More manifests have left the directory than are deleted at a time, so none is; the log names them.';
  return undefined;
}
