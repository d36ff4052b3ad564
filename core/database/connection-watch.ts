/** Milliseconds after which a wait is too long, and for which one that was is told. */
const patience = 2_000;
const memory = 15_000;

/** Watches how long statements wait for a connection of the pool. */
export class ConnectionWatch {
  readonly #now: () => number;
  /** When each that waits has asked; the longest is the first. */
  readonly #waiting = new Set<{ readonly since: number }>();
  #gaveAt = -Infinity;
  #refusedAt = -Infinity;

  /** `now` is in milliseconds; for tests. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** One asks for a connection; what is returned is for the end of its waiting. */
  ask(): { readonly since: number } {
    const asked = { since: this.#now() };
    this.#waiting.add(asked);
    return asked;
  }

  gave(asked: { readonly since: number }): void {
    this.#waiting.delete(asked);
    this.#gaveAt = this.#now();
  }

  /** It got none. */
  refused(asked: { readonly since: number }): void {
    this.#waiting.delete(asked);
    const now = this.#now();
    // A server that refuses at once is another matter.
    if (now - asked.since > patience) this.#refusedAt = now;
  }

  /** `stuck` while some wait and nobody got one for seconds; `refusing` for a moment after one got none in time. */
  shortage(): 'stuck' | 'refusing' | undefined {
    const now = this.#now();
    const [longest] = this.#waiting;
    if (longest && now - Math.max(longest.since, this.#gaveAt) > patience) return 'stuck';
    return now - this.#refusedAt < memory ? 'refusing' : undefined;
  }
}
