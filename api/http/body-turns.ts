/** Bytes of a body that takes longer to read than most requests take in all. */
export const largeBody = 65_536;

/** Lets requests with large bodies through, one in each turn of the event loop: callers take turns with each other, and other requests come in between. */
export type BodyTurns = (caller: string, go: () => void) => void;

/** What waits is bounded by the room for bodies (body.ts). */
export function createBodyTurns(): BodyTurns {
  const queues = new Map<string, (() => void)[]>();

  function next(): void {
    const [first] = queues;
    const [caller, own] = first!;
    const go = own.shift()!;
    queues.delete(caller);
    if (own.length > 0) queues.set(caller, own);
    if (queues.size > 0) setImmediate(next);
    go();
  }

  return (caller, go) => {
    const own = queues.get(caller) ?? [];
    own.push(go);
    queues.set(caller, own);
    if (queues.size === 1 && own.length === 1) setImmediate(next);
  };
}
