import { expect } from 'chai';
import type { LockState } from '../../controllers/directory/lock.ts';
import type { Seen } from '../../controllers/directory/source.ts';
import { clusterCheck, directoryCheck } from '../../controllers/readiness.ts';

const seen: Seen = { synced: true, refused: 0, pruningStopped: false };

const directories: readonly [LockState, Partial<Seen>, 'OK' | 'DEGRADED', RegExp | undefined][] = [
  ['here', {}, 'OK', undefined],
  ['elsewhere', { synced: false }, 'OK', /^Another process holds the lock/],
  ['starting', { synced: false }, 'DEGRADED', /has not been read yet/],
  ['here', { synced: false }, 'DEGRADED', /has not been read yet/],
  ['unreachable', { synced: false }, 'DEGRADED', /lock .* cannot be taken, because the database does not answer/],
  ['here', { failure: 'unusable' }, 'DEGRADED', /cannot be read or is empty/],
  ['here', { failure: 'unrecorded' }, 'DEGRADED', /could not be brought into the database/],
  ['here', { refused: 1 }, 'DEGRADED', /^A manifest file is refused/],
  ['here', { refused: 3 }, 'DEGRADED', /^3 manifest files are refused/],
  ['here', { pruningStopped: true }, 'DEGRADED', /so none is/],
];
const clusters: readonly [synced: boolean, silentMs: number, leads: boolean, 'OK' | 'DEGRADED', RegExp | undefined][] = [
  [true, 1_000, true, 'OK', undefined],
  [true, 95_000, false, 'OK', /waits for it/],
  [false, 1_000, true, 'DEGRADED', /has not been read yet/],
  [true, 200_000, true, 'DEGRADED', /has not been heard of/],
];

describe('readiness of the second door', () => {
  for (const [lock, given, state, detail] of directories) {
    it(`a directory whose lock is ${lock}, ${JSON.stringify(given)}: ${state}`, () => {
      const check = directoryCheck(lock, { ...seen, ...given });
      expect(check).to.include({ name: 'manifests', state });
      expect(check.detail ?? '').to.match(detail ?? /^$/);
    });
  }
  for (const [synced, silentMs, leads, state, detail] of clusters) {
    it(`a cluster that is ${synced ? '' : 'not '}read, silent for ${silentMs} ms, ${leads ? 'with' : 'without'} the lease: ${state}`, () => {
      const check = clusterCheck({ hasSynced: () => synced, silentMs: () => silentMs }, leads);
      expect(check).to.include({ name: 'kubernetes', state });
      expect(check.detail ?? '').to.match(detail ?? /^$/);
    });
  }
});
