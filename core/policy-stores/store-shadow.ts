import { LRUCache } from 'lru-cache';
import { createShadowQueue, type ShadowQueue } from '../authorization/decisions/shadow-queue.ts';
import type { Subject } from '../authorization/decisions/subjects.ts';
import type { StoreContents, StoreDecision, StoreQuestion } from '../authorization/policy-stores/types.ts';
import type { Log } from '../base/log.ts';
import type { Metrics } from '../base/metrics.ts';
import { createThread, ThreadLimit, type ThreadLimits, threadFile } from '../base/thread.ts';
import type { WitnessAnswer, WitnessQuestion } from './store-witness.ts';
import type { StoreKey } from './stores.ts';

/** A decision of a store as it was taken. */
export interface TakenStoreDecision {
  readonly key: StoreKey;
  readonly inForce: { readonly revision: number; readonly sha256: string };
  readonly question: StoreQuestion;
  readonly decided: StoreDecision;
  /** Absent where it was no question of a caller. */
  readonly by?: StoreAsker | undefined;
  /** Absent where it is not compared. */
  readonly compared?: ComparedDecision | undefined;
}

/** The other side of the rollout that a decision belongs to. */
export interface ComparedDecision {
  readonly rolloutId: string;
  readonly round: number;
  /** Whether the candidate has decided, and the other side is what was in force before. */
  readonly isCanary: boolean;
  readonly other: TakenStoreDecision['inForce'];
}

/** Who asked a store, by which request. */
export interface StoreAsker {
  readonly subject: Subject;
  readonly supportAccessId?: string | undefined;
  readonly requestId: string;
  /** Asked with minimize_latency. */
  readonly mayBeCached: boolean;
}

/** Re-decides a share of the decisions of stores with stock Casbin. */
export interface StoreShadow extends ShadowQueue<TakenStoreDecision> {
  stop(): Promise<void>;
}

interface ShadowOptions {
  /** The part of decisions to check, 0 to 1. */
  readonly share: number;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'shadowedStores'>;
  /** The files of a revision; undefined where it is gone. */
  readonly read: (key: StoreKey, revision: number) => Promise<StoreContents | undefined>;
}

/** Stock Casbin looks at each row for each question, some milliseconds for a store of 5,000. */
const threadLimits: ThreadLimits = { milliseconds: 5_000, megabytes: 128, waiting: 1 };

/** Decisions of one organization that may wait, so that one which asks much leaves room for the others, however many stores it has. */
const maxOfOrganization = 10;

/**
 * Stock Casbin decides in a thread of its own: it knows no index, and what one store makes it compute keeps no request waiting. A difference is logged
 * without what was asked, counted as agreed="false", and nothing else: the alarm is for people.
 */
export function createStoreShadow({ share, log, metrics, read }: ShadowOptions, limits = threadLimits): StoreShadow {
  const thread = createThread<WitnessQuestion, WitnessAnswer>(threadFile('store-shadow-thread', import.meta.url), limits);
  // Files that cost stock Casbin more than the limits are not tried again.
  const tooDear = new LRUCache<string, true>({ max: 1_000 });
  let isStopped = false;

  async function check({ key, inForce, question, decided }: TakenStoreDecision): Promise<boolean | undefined> {
    const { sha256, revision } = inForce;
    if (isStopped || tooDear.has(sha256)) return undefined;
    const second = await ask(key, { sha256, question }, revision);
    if (second === undefined) return undefined;
    const agreed = second === decided.decision;
    // Lines of policy.csv, and nothing of the question: what an application asks is its own.
    const first = { decision: decided.decision, rules: decided.rules };
    if (!agreed)
      log.error({ ...key, revision, sha256, decided: first, stock: second }, 'stock Casbin decides differently in a policy store');
    return agreed;
  }

  async function ask(key: StoreKey, asked: WitnessQuestion, revision: number): Promise<boolean | undefined> {
    try {
      const { decision } = await thread.run(asked);
      if (decision !== undefined) return decision;
      const contents = await read(key, revision);
      return contents && (await thread.run({ ...asked, contents })).decision;
    } catch (error) {
      if (isStopped) return undefined;
      if (error instanceof ThreadLimit && error.limit !== 'waiting') tooDear.set(asked.sha256, true);
      throw error;
    }
  }

  const hasRoom = ({ key }: TakenStoreDecision, waiting: readonly TakenStoreDecision[]): boolean =>
    waiting.filter((other) => other.key.organizationId === key.organizationId).length < maxOfOrganization;
  const queue = createShadowQueue({ share, log, check, count: (labels) => metrics.shadowedStores.inc(labels), hasRoom });
  return {
    observe: queue.observe,
    async stop() {
      isStopped = true;
      await thread.stop();
    },
  };
}
