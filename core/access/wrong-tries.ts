import { RateLimited } from '../base/errors.ts';

/** What is counted, how often it may happen in how many seconds in one process, and what a caller is answered from then on. */
interface Rule {
  readonly most: number;
  readonly seconds: number;
  readonly refusal: string;
  isWrong(error: unknown): boolean;
}

/** Of how many callers it is known (docs/limits.md). */
const callers = 10_000;

interface Wrong {
  count: number;
  since: number;
}

/**
 * Counts the wrong tries of each caller, in this process. What is asked for cannot be guessed; this keeps callers from having Tenet look for as much
 * as they like. The request that a wrong try fails is rolled back, so that the database could not count it.
 */
export class WrongTries {
  readonly #rule: Rule;
  readonly #wrong = new Map<string, Wrong>();

  constructor(rule: Rule) {
    this.#rule = rule;
  }

  /** Does what may be a wrong try. Throws RateLimited for a caller who has made too many. */
  async guard<T>(caller: string, work: () => Promise<T>): Promise<T> {
    const { most, seconds, refusal } = this.#rule;
    const wrong = this.#of(caller);
    if (wrong && wrong.count >= most) {
      const retryAfter = Math.max(1, Math.ceil(seconds - (Date.now() - wrong.since) / 1_000));
      throw new RateLimited(refusal, { retryAfter });
    }
    try {
      return await work();
    } catch (error) {
      if (this.#rule.isWrong(error)) this.#count(caller);
      throw error;
    }
  }

  #of(caller: string): Wrong | undefined {
    const wrong = this.#wrong.get(caller);
    return wrong && Date.now() - wrong.since < this.#rule.seconds * 1_000 ? wrong : undefined;
  }

  #count(caller: string): void {
    const wrong = this.#of(caller) ?? { count: 0, since: Date.now() };
    wrong.count += 1;
    // Behind all others: the one that made none for longest goes first.
    this.#wrong.delete(caller);
    this.#wrong.set(caller, wrong);
    if (this.#wrong.size <= callers) return;
    const [first] = this.#wrong.keys();
    this.#wrong.delete(first!);
  }
}
