import { NotFound, RateLimited } from '../base/errors.ts';

/** How many wrong tokens a caller may send in how many seconds to one process, and of how many callers that is known (docs/limits.md). */
const most = 30;
const seconds = 600;
const callers = 10_000;

interface Wrong {
  count: number;
  since: number;
}

/**
 * Counts the wrong tokens of each caller, in this process. No token can be guessed; this keeps callers from having Tenet look for as many as
 * they like. The request that a wrong token fails is rolled back, so that the database could not count it.
 */
export class WrongTokens {
  readonly #wrong = new Map<string, Wrong>();

  /** Does what a token is for. Throws RateLimited for a caller who has sent too many that are for nothing; NotFound counts. */
  async guard<T>(caller: string, work: () => Promise<T>): Promise<T> {
    const wrong = this.#of(caller);
    if (wrong && wrong.count >= most) {
      const retryAfter = Math.max(1, Math.ceil(seconds - (Date.now() - wrong.since) / 1_000));
      throw new RateLimited('You have sent too many tokens that are for nothing. Ask for a new invitation.', { retryAfter });
    }
    try {
      return await work();
    } catch (error) {
      if (error instanceof NotFound) this.#count(caller);
      throw error;
    }
  }

  #of(caller: string): Wrong | undefined {
    const wrong = this.#wrong.get(caller);
    return wrong && Date.now() - wrong.since < seconds * 1_000 ? wrong : undefined;
  }

  #count(caller: string): void {
    const wrong = this.#of(caller) ?? { count: 0, since: Date.now() };
    wrong.count += 1;
    // Behind all others: the one that sent none for longest goes first.
    this.#wrong.delete(caller);
    this.#wrong.set(caller, wrong);
    if (this.#wrong.size <= callers) return;
    const [first] = this.#wrong.keys();
    this.#wrong.delete(first!);
  }
}
