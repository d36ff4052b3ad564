import type { GapReason, Loss } from './writing.ts';

/** What was lost since it was last written down. */
export interface Losses {
  add(reason: GapReason, lost: number): void;
  /** All of it, which then counts as written down. */
  take(): Loss[];
  /** Takes it back: it could not be written down. */
  restore(taken: readonly Loss[]): void;
}

export function createLosses(): Losses {
  let losses = new Map<GapReason, Loss>();
  const join = (loss: Loss): void => {
    const { reason, since, until, lost } = loss;
    const other = losses.get(reason) ?? loss;
    const both = { since: Math.min(since, other.since), until: Math.max(until, other.until), lost: lost + other.lost };
    losses.set(reason, other === loss ? loss : { reason, ...both });
  };
  return {
    add: (reason, lost) => join({ reason, since: Date.now(), until: Date.now(), lost }),
    take() {
      const taken = [...losses.values()];
      losses = new Map();
      return taken;
    },
    restore: (taken) => taken.forEach(join),
  };
}
