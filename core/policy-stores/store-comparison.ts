import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import type { StoreContents, StoreDecision } from '../authorization/policy-stores/types.ts';
import { counted } from '../base/counted.ts';
import { toUuid } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import type { Metrics } from '../base/metrics.ts';
import type { Database, Db } from '../database/database.ts';
import type { CompiledStores } from './compiled-stores.ts';
import { rollBackStoreRollout } from './rollout-ends.ts';
import {
  addCompared,
  figuresOf,
  findingOf,
  listFindings,
  type ShownStoreFinding,
  type StoreCompared,
  type StoreFinding,
} from './rollout-findings.ts';
import type { RolloutStore, StoreRollout } from './rollout-rows.ts';
import type { ComparedDecision, TakenStoreDecision } from './store-shadow.ts';
import type { StoreKey } from './stores.ts';

/**
 * Takes live decisions of policy stores again by the other side of the rollout that they belong to: in SHADOW by the candidate, in a CANARY by the revision in
 * force. Off the way of requests: `observe` waits for nothing.
 */
export interface StoreComparison {
  observe(taken: TakenStoreDecision): void;
  /** Compares and writes what waits. */
  flush(): Promise<void>;
  /** The same for the last time. */
  stop(): Promise<void>;
}

interface Options {
  /** Connections that no request waits for. */
  readonly database: Database;
  readonly compiled: () => Pick<CompiledStores, 'find' | 'get' | 'rounds'>;
  readonly read: (key: StoreKey, revision: number) => Promise<StoreContents | undefined>;
  readonly log: Pick<Log, 'warn'>;
  readonly metrics: Pick<Metrics, 'comparedStoreDecisions'>;
}

/** Decisions that may wait, of all and of one organization; findings of a round and subjects that wait to be written; decisions after which others have their turn (docs/limits.md). */
const most = { waiting: 1_000, ofOne: 100, findings: 1_000, subjects: 100, turn: 20 };
/** Milliseconds between two writes. */
const pause = 1_000;
/** Of so many subjects decisions differ before a canary ends by itself: one that asks in a loop shall not end it for all. */
const severalSubjects = 2;

/** What was compared of one round since it was last written. */
interface Round {
  readonly key: StoreKey;
  readonly of: ComparedDecision;
  compared: number;
  dropped: number;
  readonly findings: Map<string, StoreFinding>;
  readonly subjects: Map<string, StoreCompared['subjects'][number]>;
}

type Waiting = TakenStoreDecision & { readonly compared: ComparedDecision };

export function createStoreComparison({ database, compiled, read, log, metrics }: Options): StoreComparison {
  const waiting: Waiting[] = [];
  const waitingOf = new Map<string, number>();
  let rounds = new Map<string, Round>();
  let comparing: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const failed = (error: unknown) => log.warn({ error }, 'decisions of a rollout of a policy store could not be compared');

  function roundOf({ key, compared: of }: Waiting): Round {
    const name = `${of.rolloutId} ${of.round}`;
    let round = rounds.get(name);
    if (round === undefined) {
      round = { key, of, compared: 0, dropped: 0, findings: new Map(), subjects: new Map() };
      rounds.set(name, round);
    }
    return round;
  }

  /** What the other side decides. Throws where it does not hold, or is gone. */
  async function decideOther({ key, question, compared: { other } }: Waiting): Promise<StoreDecision> {
    const { find, get, rounds: inTurn } = compiled();
    const load = async (): Promise<StoreContents> => {
      const contents = await read(key, other.revision);
      if (!contents) throw new Error('The revision is gone.');
      return contents;
    };
    const store = find(key.organizationId, other.sha256) ?? (await get(key.organizationId, other.sha256, load));
    return store.decideAtOnce(question) ?? (await inTurn.run(key.organizationId, store.decideSteps(question)));
  }

  async function compare(taken: Waiting): Promise<void> {
    const round = roundOf(taken);
    const other = await decideOther(taken).catch(() => undefined);
    if (other !== undefined && (other.decision === taken.decided.decision || addFinding(round, taken, other))) round.compared += 1;
    else round.dropped += 1;
  }

  async function compareAll(): Promise<void> {
    while (waiting.length > 0) {
      await turn();
      for (const taken of waiting.splice(0, most.turn)) {
        const { organizationId } = taken.key;
        const left = waitingOf.get(organizationId)! - 1;
        if (left > 0) waitingOf.set(organizationId, left);
        else waitingOf.delete(organizationId);
        await compare(taken);
      }
    }
  }

  function drain(): Promise<void> {
    comparing ??= compareAll().finally(() => {
      comparing = undefined;
    });
    return comparing;
  }

  async function write(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const some = rounds;
    rounds = new Map();
    for (const round of some.values()) await writeRound(round).catch(failed);
  }

  async function writeRound({ key, of, compared, dropped, findings, subjects }: Round): Promise<void> {
    metrics.comparedStoreDecisions.inc({ outcome: 'compared' }, compared);
    metrics.comparedStoreDecisions.inc({ outcome: 'dropped' }, dropped);
    const scope = { organization: toUuid('organization', key.organizationId) };
    const store = { org_id: scope.organization, id: toUuid('policyStore', key.policyStoreId) };
    const { rolloutId, round, isCanary } = of;
    const found = { compared, dropped, findings: [...findings.values()], subjects: [...subjects.values()] };
    await database.write(scope, (db) => addCompared(db, { ...store, rolloutId, round }, found));
    if (!isCanary || findings.size === 0) return;
    // Once among all replicas: the one that ends it says so.
    const ended = await database.write(scope, (db) =>
      rollBackStoreRollout(db, { ...key, rolloutId, round }, (rollout, of) => whyNot(db, rollout, of)),
    );
    if (ended) log.warn({ ...key, rollout: ended.id, reason: ended.movedReason }, 'a rollout of a policy store was rolled back');
  }

  function arm(): void {
    timer ??= setTimeout(() => {
      timer = undefined;
      void drain().then(write).catch(failed);
    }, pause).unref();
  }

  return {
    observe(taken) {
      if (taken.compared === undefined || taken.by === undefined || isStopped) return;
      const one = taken as Waiting;
      const { organizationId } = taken.key;
      const already = waitingOf.get(organizationId) ?? 0;
      arm();
      if (waiting.length >= most.waiting || already >= most.ofOne) {
        roundOf(one).dropped += 1;
        return;
      }
      waitingOf.set(organizationId, already + 1);
      waiting.push(one);
      drain().catch(failed);
    },
    async flush() {
      await drain();
      await write();
    },
    async stop() {
      isStopped = true;
      await drain();
      await write();
    },
  };
}

/** False where there is no room for another case. */
function addFinding({ findings, subjects }: Round, { question, decided, compared }: Waiting, other: StoreDecision): boolean {
  const [before, after] = compared.isCanary ? [other, decided] : [decided, other];
  const [[beforeLine], [afterLine]] = [before.rules, after.rules];
  const finding = findingOf({
    effect: before.decision ? 'ALLOW_TO_DENY' : 'DENY_TO_ALLOW',
    ...{ subjectType: question.subject.type, action: question.action.name, resourceType: question.resource.type },
    ...(beforeLine !== undefined && { beforeLine }),
    ...(afterLine !== undefined && { afterLine }),
  });
  const known = findings.get(finding.digest);
  if (known === undefined && findings.size >= most.findings) return false;
  findings.set(finding.digest, known ? { ...known, count: known.count + 1 } : finding);
  const { effect, subjectType, action, resourceType } = finding;
  const hash = createHash('sha256')
    .update(JSON.stringify([question.subject.type, question.subject.id]))
    .digest('hex');
  const name = JSON.stringify([hash, effect, subjectType, action, resourceType]);
  if (subjects.size < most.subjects) subjects.set(name, { hash, effect, subjectType, action, resourceType });
  return true;
}

/** Why a rollout ends, in a sentence; undefined where its gate is met, or one subject alone has met differences. */
async function whyNot(db: Db, { id, gates, ...rollout }: StoreRollout, store: RolloutStore): Promise<string | undefined> {
  const { unplanned, subjects } = (await figuresOf(db, store, [id])).get(id)!;
  if (unplanned <= gates.unplanned || subjects < severalSubjects) return undefined;
  const differ = counted(unplanned, 'decision differs', 'decisions differ');
  const sentence = `${differ} where that is not planned, and the gate allows ${gates.unplanned}`;
  const [example] = (await listFindings(db, store, { id, gates, ...rollout }, 1)).filter(({ planned }) => !planned);
  return example ? `${sentence}: ${exampleWords(example)}` : sentence;
}

function exampleWords({ effect, subjectType, action, resourceType, beforeLine, afterLine }: ShownStoreFinding): string {
  const change = effect === 'ALLOW_TO_DENY' ? 'is denied and was allowed' : 'is allowed and was denied';
  const lines = [
    ...(beforeLine === undefined ? [] : [`before by line ${beforeLine}`]),
    ...(afterLine === undefined ? [] : [`now by line ${afterLine}`]),
  ];
  return `${action} on ${resourceType} ${change} for ${subjectType}${lines.length === 0 ? '' : ` (${lines.join(', ')})`}`;
}
