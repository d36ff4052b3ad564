/** Milliseconds after which a wait for a connection is too long. */
const patience = 2_000;
/** Milliseconds for which `shortage` still reports that a wait was too long. */
const memory = 15_000;

/** Watches how long statements wait for a connection of the pool. */
export class ConnectionWatch {
  readonly #now: () => number;
  /** The requests for a connection that wait, the oldest first. */
  readonly #waiting = new Set<{ readonly since: number }>();
  #gaveAt = -Infinity;
  #refusedAt = -Infinity;

  /** `now` is in milliseconds; for tests. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** A statement asks for a connection. The caller gives what is returned to `gave` or `refused` when the wait ends. */
  ask(): { readonly since: number } {
    const asked = { since: this.#now() };
    this.#waiting.add(asked);
    return asked;
  }

  /** The statement got its connection. */
  gave(asked: { readonly since: number }): void {
    this.#waiting.delete(asked);
    this.#gaveAt = this.#now();
  }

  /** The statement got no connection. */
  refused(asked: { readonly since: number }): void {
    this.#waiting.delete(asked);
    const now = this.#now();
    // A server that refuses at once is another matter.
    if (now - asked.since > patience) this.#refusedAt = now;
  }

  /** `stuck` while statements wait and none has got a connection for seconds; `refusing` for a moment after one got none in time. */
  shortage(): 'stuck' | 'refusing' | undefined {
    const now = this.#now();
    const [longest] = this.#waiting;
    if (longest && now - Math.max(longest.since, this.#gaveAt) > patience) return 'stuck';
    return now - this.#refusedAt < memory ? 'refusing' : undefined;
  }
}
