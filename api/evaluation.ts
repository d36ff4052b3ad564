import { keepDenials } from '../core/audit/denials.ts';
import type { Principal } from '../core/authorization/decisions/actor.ts';
import type { Decision } from '../core/authorization/decisions/decide.ts';
import {
  type Evaluation,
  type EvaluationQuestion,
  evaluate,
  type FindSnapshot,
  fromDatabase,
  fromMemory,
  type Inputs,
  type Inquiry,
  inquiryOf,
  type ReadSnapshot,
  readIn,
} from '../core/authorization/decisions/evaluation.ts';
import {
  type AskedItem,
  allFromDatabase,
  allFromMemory,
  type Batch,
  type BatchItem,
  evaluateAll,
  inquiriesOf,
  isDeniedByRestrictions,
  withRestrictions,
} from '../core/authorization/decisions/evaluations.ts';
import { denialsToKeep } from '../core/authorization/decisions/records.ts';
import type { SnapshotCache } from '../core/authorization/decisions/snapshot-cache.ts';
import { memoName, payerOf } from '../core/authorization/decisions/subjects.ts';
import type { LivePolicies } from '../core/authorization/store/live-policies.ts';
import type { Database } from '../core/database/database.ts';
import { Turns, turnLimits } from '../core/database/turns.ts';

export type Consistency = 'fully_consistent' | 'minimize_latency';

/** Answers questions with the consistency that was asked for: at once when everything is in memory. */
export interface Evaluator {
  evaluate(principal: Principal, question: EvaluationQuestion, consistency: Consistency): Evaluation | Promise<Evaluation>;
  evaluateAll(principal: Principal, batch: Batch, consistency: Consistency): Evaluation[] | Promise<Evaluation[]>;
}

/** `fully_consistent` reads the database for every question; `minimize_latency` takes what is cached while the listener is healthy. */
export function createEvaluator(options: {
  database: Database;
  policies: LivePolicies;
  cache: SnapshotCache;
  healthy: () => boolean;
}): Evaluator {
  const { database, policies, cache } = options;
  // What is kept of denials is written, so each caller takes turns for it as for changes.
  const turns = new Turns(turnLimits);
  const find: FindSnapshot = (subject, { domain, place }) =>
    cache.get({ subject: memoName(subject), dom: domain.dom, organizationId: place.organizationId });
  const readThrough: ReadSnapshot = async (subject, site) => {
    const key = { subject: memoName(subject), dom: site.domain.dom, organizationId: site.place.organizationId };
    return cache.get(key) ?? cache.load(key, () => database.read('platform', (db) => readIn(db)(subject, site)));
  };
  const read = (inquiry: Inquiry, mayBeCached: boolean): Promise<Inputs> =>
    mayBeCached
      ? fromDatabase(policies, readThrough, inquiry)
      : database.read('platform', (db) => fromDatabase(policies, readIn(db), inquiry));
  const readAll = (asked: readonly AskedItem[], mayBeCached: boolean): Promise<BatchItem[]> =>
    mayBeCached
      ? allFromDatabase(policies, readThrough, asked)
      : database.read('platform', (db) => allFromDatabase(policies, readIn(db), asked));

  return {
    evaluate(principal, question, consistency) {
      const inquiry = inquiryOf(principal, question);
      const mayBeCached = consistency === 'minimize_latency' && options.healthy();
      const inputs = mayBeCached ? fromMemory(policies, find, inquiry) : undefined;
      return inputs ? answer(inquiry, inputs) : read(inquiry, mayBeCached).then((each) => answer(inquiry, each));
    },

    evaluateAll(principal, batch, consistency) {
      const asked = inquiriesOf(principal, batch);
      const mayBeCached = consistency === 'minimize_latency' && options.healthy();
      const known = mayBeCached ? allFromMemory(policies, find, asked) : undefined;
      const conclude = (items: readonly BatchItem[]) => answerAll(principal, items, batch);
      return known ? conclude(known) : readAll(asked, mayBeCached).then(conclude);
    },
  };

  function answerAll(
    principal: Principal,
    items: readonly BatchItem[],
    { semantic, isExplained }: Batch,
  ): Evaluation[] | Promise<Evaluation[]> {
    const denials: Decision[] = [];
    const payer = payerOf(principal.subject);
    let evaluations: Evaluation[];
    try {
      evaluations = evaluateAll(items, semantic, denials);
    } catch (error) {
      return refuse(payer, error, denials);
    }
    const told = isExplained ? tell(evaluations) : evaluations;
    if (denials.length === 0) return told;
    // They are all about this caller's right to ask about others; one for each place says it.
    const places = new Map(denials.map((denial) => [denial.snapshot.domain.dom, denial]));
    return keep(payer, [...places.values()]).then(() => told);
  }

  function answer(inquiry: Inquiry, inputs: Inputs): Evaluation | Promise<Evaluation> {
    const denials: Decision[] = [];
    try {
      const evaluation = evaluate(inquiry, inputs, denials);
      const told = tell([evaluation]);
      return told instanceof Promise ? told.then(([one]) => one!) : evaluation;
    } catch (error) {
      return refuse(payerOf(inquiry.principal.subject), error, denials);
    }
  }

  /** With the restrictions that an explained denial is by; at once where there is none. */
  function tell(evaluations: Evaluation[]): Evaluation[] | Promise<Evaluation[]> {
    if (!evaluations.some(isDeniedByRestrictions)) return evaluations;
    return withRestrictions(evaluations, (run) => database.read('platform', run));
  }

  async function refuse(caller: string, error: unknown, denials: readonly Decision[]): Promise<never> {
    throw await keep(caller, denials, error);
  }

  async function keep(caller: string, denials: readonly Decision[], error?: unknown): Promise<unknown> {
    const kept = denialsToKeep(denials);
    if (kept.length === 0) return error;
    return turns.take({ caller }, () => database.write('platform', (db) => keepDenials(db, kept, error)));
  }
}
