/** This process does not lead any more; another one may be at work already. */
export class LeadershipLost extends Error {
  constructor(why: string) {
    super(`This process does not lead any more: ${why}`);
    this.name = 'LeadershipLost';
  }
}

/** One term of office. */
export interface Leadership {
  /** Grows with each change of the leader: stored with what is written, it lets a leader of the past be refused. */
  readonly fence: number;
  /** Aborted with LeadershipLost, or with the reason of the stop. */
  readonly signal: AbortSignal;
  /**
   * Throws LeadershipLost when the last renewal is too old. Call it right before a write: a process that was suspended comes back
   * in the middle of its work, long before its timers tell it anything.
   */
  check(): void;
}
