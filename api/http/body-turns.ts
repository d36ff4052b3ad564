import { OwnerQueue } from '../../core/base/owner-queue.ts';

/** Bytes of a body that takes longer to read than most requests take in all. */
export const largeBody = 65_536;

/** Lets requests with large bodies through, one in each turn of the event loop: callers take turns with each other, and other requests come in between. */
export type BodyTurns = (caller: string, go: () => void) => void;

/** What waits is bounded by the room for bodies (body.ts). */
export function createBodyTurns(): BodyTurns {
  const queue = new OwnerQueue<() => void>();

  function next(): void {
    const go = queue.take()!;
    if (queue.size > 0) setImmediate(next);
    go();
  }

  return (caller, go) => {
    queue.add(caller, go);
    if (queue.size === 1) setImmediate(next);
  };
}
