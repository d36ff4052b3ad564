import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import type { StoreContents, StoreDecision } from '../authorization/policy-stores/types.ts';
import { counted } from '../base/counted.ts';
import { toUuid } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import type { Metrics } from '../base/metrics.ts';
import { OwnerQueue } from '../base/owner-queue.ts';
import type { Steps } from '../base/steps.ts';
import { printable } from '../base/text.ts';
import type { Database, Db } from '../database/database.ts';
import type { CompiledStores } from './compiled-stores.ts';
import { type RolloutKey, rollBackStoreRollout } from './rollout-ends.ts';
import {
  addCompared,
  figuresOf,
  findingOf,
  listFindings,
  type ShownStoreFinding,
  type StoreDifference,
  type StoreFinding,
  together,
} from './rollout-findings.ts';
import { findRollout, type RolloutStore, type StoreRollout } from './rollout-rows.ts';
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
  readonly compiled: () => Pick<CompiledStores, 'find' | 'get'>;
  readonly read: (key: StoreKey, revision: number) => Promise<StoreContents | undefined>;
  readonly log: Pick<Log, 'warn'>;
  readonly metrics: Pick<Metrics, 'comparedStoreDecisions'>;
}

/**
 * Decisions that may wait, of all, of one organization and of one subject in it; findings of a round that wait to be written; steps of one decision, and of
 * those after which others have their turn (docs/limits.md).
 */
const most = { waiting: 1_000, ofOne: 100, ofSubject: 10, findings: 1_000, steps: 250, turn: 20 };
/** Milliseconds between two writes. */
const pause = 1_000;
/** Of so many subjects decisions differ before a canary ends by itself: one that asks in a loop shall not end it for all. */
const severalSubjects = 2;
/** Characters of a name that an application gives, in a sentence. */
const shownCharacters = 60;

/** What was compared of one round since it was last written. */
interface Round {
  readonly key: StoreKey;
  readonly of: ComparedDecision;
  compared: number;
  dropped: number;
  readonly findings: Map<string, StoreFinding>;
  /** Why some were dropped. */
  error?: unknown;
}

type Waiting = TakenStoreDecision & { readonly compared: ComparedDecision };

export function createStoreComparison({ database, compiled, read, log, metrics }: Options): StoreComparison {
  const waiting = new OwnerQueue<Waiting>();
  const waitingOf = new Map<string, number>();
  let rounds = new Map<string, Round>();
  let comparing: Promise<void> | undefined;
  let writing: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const failed = (error: unknown) => log.warn({ error }, 'decisions of a rollout of a policy store could not be compared');

  function roundOf({ key, compared: of }: Pick<Waiting, 'key' | 'compared'>): Round {
    const name = `${of.rolloutId} ${of.round}`;
    let round = rounds.get(name);
    if (round === undefined) {
      round = { key, of, compared: 0, dropped: 0, findings: new Map() };
      rounds.set(name, round);
    }
    return round;
  }

  /** What the other side decides; undefined where that takes too long. Throws where it does not hold, or is gone. */
  async function decideOther({ key, question, compared: { other } }: Waiting): Promise<StoreDecision | undefined> {
    const { find, get } = compiled();
    const load = async (): Promise<StoreContents> => {
      const contents = await read(key, other.revision);
      if (!contents) throw new Error('The revision is gone.');
      return contents;
    };
    const store = find(key.organizationId, other.sha256) ?? (await get(key.organizationId, other.sha256, load));
    return store.decideAtOnce(question) ?? decideInSteps(store.decideSteps(question));
  }

  async function compare(taken: Waiting): Promise<void> {
    try {
      const other = await decideOther(taken);
      // Only now: what was compared before may have been written meanwhile.
      const round = roundOf(taken);
      if (other === undefined) round.dropped += 1;
      else {
        round.compared += 1;
        if (other.decision !== taken.decided.decision) addFinding(round, taken, other);
      }
    } catch (error) {
      const round = roundOf(taken);
      round.dropped += 1;
      round.error ??= error;
    }
  }

  async function compareAll(): Promise<void> {
    for (let done = 0; ; done++) {
      if (done % most.turn === 0) await turn();
      const taken = waiting.take();
      if (!taken) return;
      count(taken, -1);
      await compare(taken);
    }
  }

  function count(taken: Waiting, change: number): void {
    const name = subjectOf(taken);
    const now = (waitingOf.get(name) ?? 0) + change;
    if (now > 0) waitingOf.set(name, now);
    else waitingOf.delete(name);
  }

  function drain(): Promise<void> {
    comparing ??= compareAll()
      .catch(failed)
      .finally(() => {
        comparing = undefined;
      });
    return comparing;
  }

  /** One after the other; resolves when what was compared by then is written, or could not be. */
  function write(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    writing = writing.then(async () => {
      const some = rounds;
      rounds = new Map();
      for (const round of some.values()) await writeRound(round);
    });
    return writing;
  }

  async function writeRound(round: Round): Promise<void> {
    const { key, of, compared, dropped, findings, error } = round;
    if (error !== undefined) failed(error);
    const scope = { organization: toUuid('organization', key.organizationId) };
    const store = { org_id: scope.organization, id: toUuid('policyStore', key.policyStoreId) };
    const { rolloutId, round: number, isCanary } = of;
    try {
      const found = { compared, dropped, findings: [...findings.values()] };
      await database.write(scope, (db) => addCompared(db, { ...store, rolloutId, round: number }, found));
      metrics.comparedStoreDecisions.inc({ outcome: 'compared' }, compared);
      metrics.comparedStoreDecisions.inc({ outcome: 'dropped' }, dropped);
    } catch (reason) {
      failed(reason);
      return putBack(round);
    }
    // Each time, so that an end that failed is tried again. Once among all replicas: the one that ends it says so.
    if (isCanary && compared > 0) await endBeyondGate({ ...key, rolloutId, round: number }, store).catch(failed);
  }

  /** What could not be written waits for the next time, unless the next is full of it already. */
  function putBack({ key, of, ...found }: Round): void {
    const round = roundOf({ key, compared: of });
    round.compared += found.compared;
    round.dropped += found.dropped;
    for (const finding of found.findings.values()) keep(round, finding);
    if (!isStopped) arm();
  }

  async function endBeyondGate(at: RolloutKey & { readonly round: number }, store: RolloutStore): Promise<void> {
    const scope = { organization: store.org_id };
    const isMet = await database.read(scope, async (db) => {
      const rollout = await findRollout(db, store, at.rolloutId);
      return !rollout || (await whyNot(db, rollout, store)) === undefined;
    });
    if (isMet) return;
    const ended = await database.write(scope, (db) => rollBackStoreRollout(db, at, (rollout) => whyNot(db, rollout, store)));
    const { organizationId, projectId, policyStoreId } = at;
    if (ended) log.warn({ organizationId, projectId, policyStoreId, rollout: ended.id }, 'a rollout of a policy store was rolled back');
  }

  function arm(): void {
    timer ??= setTimeout(() => void write(), pause).unref();
  }

  return {
    observe(taken) {
      if (taken.compared === undefined || taken.by === undefined || isStopped) return;
      const one = taken as Waiting;
      const { organizationId } = taken.key;
      arm();
      const isFull = waiting.size >= most.waiting || waiting.countOf(organizationId) >= most.ofOne;
      if (isFull || (waitingOf.get(subjectOf(one)) ?? 0) >= most.ofSubject) {
        roundOf(one).dropped += 1;
        return;
      }
      count(one, 1);
      waiting.add(organizationId, one);
      if (comparing === undefined) void drain();
    },
    async flush() {
      await drain();
      await write();
    },
    async stop() {
      isStopped = true;
      for (let taken = waiting.take(); taken; taken = waiting.take()) roundOf(taken).dropped += 1;
      await drain();
      await write();
    },
  };
}

async function decideInSteps(steps: Steps<StoreDecision>): Promise<StoreDecision | undefined> {
  for (let made = 0; made < most.steps; made++) {
    if (made % most.turn === 0) await turn();
    const { done, value } = steps.next();
    if (done) return value;
  }
  return undefined;
}

const subjectOf = ({ key, question: { subject } }: Waiting): string => JSON.stringify([key.policyStoreId, subject.type, subject.id]);

function addFinding(round: Round, { question, decided, compared }: Waiting, other: StoreDecision): void {
  const [before, after] = compared.isCanary ? [other, decided] : [decided, other];
  const [[beforeLine], [afterLine]] = [before.rules, after.rules];
  const difference: StoreDifference = {
    effect: before.decision ? 'ALLOW_TO_DENY' : 'DENY_TO_ALLOW',
    ...{ subjectType: question.subject.type, action: question.action.name, resourceType: question.resource.type },
    ...(beforeLine !== undefined && { beforeLine }),
    ...(afterLine !== undefined && { afterLine }),
  };
  // Of this round alone, so that a hash of one rollout says nothing about another one.
  const who = [compared.rolloutId, compared.round, question.subject.type, question.subject.id];
  keep(round, findingOf(difference, createHash('sha256').update(JSON.stringify(who)).digest('hex')));
}

function keep(round: Round, finding: StoreFinding): void {
  const known = round.findings.get(finding.digest);
  if (known) round.findings.set(finding.digest, together(known, finding));
  else if (round.findings.size < most.findings) round.findings.set(finding.digest, finding);
  else {
    // As if it had not been compared: whether it is planned is only known where it is written.
    round.compared -= finding.count;
    round.dropped += finding.count;
  }
}

/** Why a rollout ends, in a sentence; undefined where its gate is met, or one subject alone has met differences. */
async function whyNot(db: Db, rollout: StoreRollout, store: RolloutStore): Promise<string | undefined> {
  const { id, gates } = rollout;
  const { unplanned, subjects } = (await figuresOf(db, store, [id])).get(id)!;
  if (unplanned <= gates.unplanned || subjects < severalSubjects) return undefined;
  const differ = counted(unplanned, 'decision differs', 'decisions differ');
  const sentence = `${differ} where that is not planned, and the gate allows ${gates.unplanned}`;
  const [example] = (await listFindings(db, store, rollout, 1)).filter(({ planned }) => !planned);
  return example ? `${sentence}: ${exampleWords(example)}` : sentence;
}

function exampleWords({ effect, subjectType, action, resourceType, beforeLine, afterLine }: ShownStoreFinding): string {
  const change = effect === 'ALLOW_TO_DENY' ? 'is denied and was allowed' : 'is allowed and was denied';
  const lines = [
    ...(beforeLine === undefined ? [] : [`before by line ${beforeLine}`]),
    ...(afterLine === undefined ? [] : [`now by line ${afterLine}`]),
  ];
  const by = lines.length === 0 ? '' : ` (${lines.join(', ')})`;
  return `${named(action)} on ${named(resourceType)} ${change} for ${named(subjectType)}${by}`;
}

/** A name of the application as a sentence has it. */
const named = (name: string): string => printable([...name].slice(0, shownCharacters).join('')).slice(0, 2 * shownCharacters);
