import { Unavailable } from '../../core/base/errors.ts';
import { groupedBy } from '../../core/base/grouped.ts';
import type { Limits } from './limits.ts';

/** A request that is with its program, or a WebSocket. */
export interface Passage {
  /** A uuid. */
  readonly instance: string;
  readonly organizationId: string;
  /** Passages of the same credential to the same instance are asked about together. */
  readonly visitor: string;
  readonly kind: 'request' | 'websocket';
  /** Rejects once the caller who opened it may not use it any more. */
  askAgain(): Promise<unknown>;
  /** Ends it on both sides. */
  cut(): void;
}

/** What keeping track takes. */
export interface PassagesOptions {
  readonly limits: Pick<Limits, 'open' | 'openOfOrganization' | 'openOfOne' | 'askAgainMs' | 'touchMs'>;
  /** Writes that instances (uuids) are in use. */
  readonly touch: (instances: readonly string[]) => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/** What is open: its bounds, what it tells of the use of instances, and whether it may go on. */
export interface Passages {
  /** Throws Unavailable where too many are open; the result ends it. */
  begin(passage: Passage): () => void;
  count(kind: Passage['kind']): number;
  cutWebSockets(): void;
  stop(): Promise<void>;
}

/** What cannot be asked about for so many times in a row is cut. */
const maxUnanswered = 6;

interface Open extends Passage {
  readonly since: number;
}

/** Begins to keep track. */
export function createPassages({ limits, touch, onError }: PassagesOptions): Passages {
  const open = new Set<Open>();
  const countOf = new Map<string, number>();
  const countOfOrganization = new Map<string, number>();
  const touched = new Map<string, number>();
  const unanswered = new Map<string, number>();
  let due = new Set<string>();
  let isAsking = false;
  const asking = setInterval(() => void askAll(), limits.askAgainMs);
  const touching = setInterval(touchOpen, limits.touchMs);
  for (const timer of [asking, touching]) timer.unref();

  function note(instance: string): void {
    if (Date.now() - (touched.get(instance) ?? 0) < limits.touchMs) return;
    touched.set(instance, Date.now());
    due.add(instance);
    if (due.size === 1) setImmediate(() => void write());
  }

  async function write(): Promise<void> {
    const instances = [...due];
    due = new Set();
    await touch(instances).catch((error: unknown) => {
      for (const instance of instances) touched.delete(instance);
      onError(error);
    });
  }

  function touchOpen(): void {
    for (const instance of countOf.keys()) note(instance);
    const old = Date.now() - limits.touchMs;
    for (const [instance, at] of touched) if (at < old) touched.delete(instance);
  }

  async function askAll(): Promise<void> {
    if (isAsking) return;
    isAsking = true;
    const old = Date.now() - limits.askAgainMs;
    const groups = groupedBy(
      [...open].filter(({ since }) => since <= old),
      ({ visitor, instance }) => `${instance} ${visitor}`,
    );
    for (const name of unanswered.keys()) if (!groups.has(name)) unanswered.delete(name);
    const queue = [...groups];
    // A few at a time: the database has other work.
    await Promise.all(
      Array.from({ length: 4 }, async () => {
        for (let next = queue.pop(); next !== undefined; next = queue.pop()) await askOne(...next);
      }),
    );
    isAsking = false;
  }

  async function askOne(name: string, passages: readonly Open[]): Promise<void> {
    try {
      await passages[0]!.askAgain();
      unanswered.delete(name);
    } catch (error) {
      const times = (unanswered.get(name) ?? 0) + 1;
      unanswered.set(name, times);
      if (error instanceof Unavailable && times < maxUnanswered) return;
      for (const one of passages) one.cut();
    }
  }

  return {
    begin(passage) {
      const { instance, organizationId } = passage;
      const count = countOf.get(instance) ?? 0;
      const ofOrganization = countOfOrganization.get(organizationId) ?? 0;
      if (open.size >= limits.open || ofOrganization >= limits.openOfOrganization || count >= limits.openOfOne) {
        throw new Unavailable('Too many requests to this application are open. Try again soon.');
      }
      const one: Open = { ...passage, since: Date.now() };
      open.add(one);
      countOf.set(instance, count + 1);
      countOfOrganization.set(organizationId, ofOrganization + 1);
      note(instance);
      return () => {
        if (!open.delete(one)) return;
        countDown(countOf, instance);
        countDown(countOfOrganization, organizationId);
        // Idle time begins when the last answer has ended.
        note(instance);
      };
    },
    count: (kind) => [...open].filter((one) => one.kind === kind).length,
    cutWebSockets() {
      for (const one of [...open]) if (one.kind === 'websocket') one.cut();
    },
    async stop() {
      clearInterval(asking);
      clearInterval(touching);
      await write();
    },
  };
}

function countDown(counts: Map<string, number>, name: string): void {
  const left = counts.get(name)! - 1;
  if (left > 0) counts.set(name, left);
  else counts.delete(name);
}
