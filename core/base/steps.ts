/** Work that yields wherever other requests may have the event loop: rounds.ts does it bit by bit. */
export type Steps<T> = Generator<undefined, T, undefined>;

/** The work as a whole. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}
