import { createHash } from 'node:crypto';
import type { AskedEntity } from './questions.ts';

/** A share is a number of these parts of all subjects: a hundredth of a percent each. */
const places = 10_000;

/**
 * Where a subject stands among all, from 0 to 9999, by a hash of its type and id alone: one whose place is below the share is in the canary, on every replica
 * and for every question, and a greater share has all subjects of a smaller one. It is the same in each rollout, so that an operator can compute it before.
 */
export function canaryPlace({ type, id }: Pick<AskedEntity, 'type' | 'id'>): number {
  return (
    createHash('sha256')
      .update(JSON.stringify([type, id]))
      .digest()
      .readUInt32BE() % places
  );
}
