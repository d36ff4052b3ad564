import { RateLimited } from '../base/errors.ts';

/** What is counted, how often it may happen in how many seconds in one process, and what a caller is answered from then on. */
interface Rule {
  readonly most: number;
  readonly seconds: number;
  readonly refusal: string;
  isWrong(error: unknown): boolean;
}

const busy = 'You send too many of these requests at once. Wait for their answers first.';

/** Of how many callers it is known (docs/limits.md). */
const callers = 10_000;

interface Wrong {
  count: number;
  since: number;
}

/**
 * Counts the wrong tries of each caller, in this process. What is asked for cannot be guessed; this keeps callers from having Tenet look for as much
 * as they like. The request that a wrong try fails is rolled back, so that the database could not count it. What is not answered yet may be wrong, so
 * a caller who sends many at once makes no more wrong tries than one who waits for each answer.
 */
export class WrongTries {
  readonly #rule: Rule;
  readonly #wrong = new Map<string, Wrong>();
  /** How many tries of each caller have no answer yet. */
  readonly #pending = new Map<string, number>();

  constructor(rule: Rule) {
    this.#rule = rule;
  }

  /** Does what may be a wrong try. Throws RateLimited for a caller who has made too many, or may have with those that have no answer yet. */
  async guard<T>(caller: string, work: () => Promise<T>): Promise<T> {
    const { most, seconds, refusal } = this.#rule;
    const wrong = this.#of(caller);
    if (wrong && wrong.count >= most) {
      const retryAfter = Math.max(1, Math.ceil(seconds - (Date.now() - wrong.since) / 1_000));
      throw new RateLimited(refusal, { retryAfter });
    }
    const pending = this.#pending.get(caller) ?? 0;
    if (pending + (wrong?.count ?? 0) >= most) throw new RateLimited(busy, { retryAfter: 1 });
    this.#pending.set(caller, pending + 1);
    try {
      return await work();
    } catch (error) {
      if (this.#rule.isWrong(error)) this.#count(caller);
      throw error;
    } finally {
      this.#answered(caller);
    }
  }

  #answered(caller: string): void {
    const left = this.#pending.get(caller)! - 1;
    if (left === 0) this.#pending.delete(caller);
    else this.#pending.set(caller, left);
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
