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
import { denialsToKeep } from '../core/authorization/decisions/records.ts';
import type { SnapshotCache } from '../core/authorization/decisions/snapshot-cache.ts';
import { memoName, payerOf } from '../core/authorization/decisions/subjects.ts';
import type { LivePolicies } from '../core/authorization/store/live-policies.ts';
import { InvalidInput } from '../core/base/errors.ts';
import type { Database } from '../core/database/database.ts';
import { Turns, turnLimits } from '../core/database/turns.ts';
import type { Authenticate } from './authentication/identify.ts';
import type { Contract } from './contract/contract.ts';
import { checkAccept, checkContentType } from './contract/media-types.ts';
import { parseBody } from './http/body.ts';
import type { Route } from './http/exchange.ts';
import type { Reply, TenetRequest } from './http/message.ts';

export type Consistency = 'fully_consistent' | 'minimize_latency';

/** Answers questions with the consistency that was asked for: at once when everything is in memory. */
export interface Evaluator {
  evaluate(principal: Principal, question: EvaluationQuestion, consistency: Consistency): Evaluation | Promise<Evaluation>;
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

  return {
    evaluate(principal, question, consistency) {
      const inquiry = inquiryOf(principal, question);
      const mayBeCached = consistency === 'minimize_latency' && options.healthy();
      const inputs = mayBeCached ? fromMemory(policies, find, inquiry) : undefined;
      return inputs ? answer(inquiry, inputs) : read(inquiry, mayBeCached).then((each) => answer(inquiry, each));
    },
  };

  function answer(inquiry: Inquiry, inputs: Inputs): Evaluation | Promise<Evaluation> {
    const denials: Decision[] = [];
    try {
      return evaluate(inquiry, inputs, denials);
    } catch (error) {
      return refuse(payerOf(inquiry.principal.subject), error, denials);
    }
  }

  async function refuse(caller: string, error: unknown, denials: readonly Decision[]): Promise<never> {
    const kept = denialsToKeep(denials);
    if (kept.length > 0) {
      throw await turns.take({ caller }, () => database.write('platform', (db) => keepDenials(db, kept, error)));
    }
    throw error;
  }
}

/**
 * `POST /access/v1/evaluation` ahead of Express: the same authentication, the same compiled schema of the contract and the same
 * evaluation, without what a decision does not need. AuthZEN asks for 400 where the rest of the API says 415.
 */
export function createEvaluationRoute(options: {
  contract: Contract;
  evaluator: Evaluator;
  authenticate: Authenticate;
  consistency: Consistency;
  validateResponses: boolean;
  onEvaluation: (evaluation: Evaluation) => void;
}): Route {
  const operation = options.contract.operations.get('evaluate')!;

  function evaluateFor(principal: Principal, request: TenetRequest): Reply | Promise<Reply> {
    checkAccept(operation, request.headers.accept);
    if (request.bodyError) throw request.bodyError;
    checkContentType(operation, request.headers['content-type']);
    const body = request.bytes && parseBody(request.bytes, operation.maxBodyBytes);
    const errors = options.contract.bodyErrors('evaluate', body);
    if (errors.length > 0) throw new InvalidInput('The request does not fit the contract.', errors);
    const consistency = consistencyOf(request.headers['tenet-consistency'], options.consistency);
    const evaluation = options.evaluator.evaluate(principal, body as EvaluationQuestion, consistency);
    return evaluation instanceof Promise ? evaluation.then((each) => toReply(each, request)) : toReply(evaluation, request);
  }

  function toReply(evaluation: Evaluation, request: TenetRequest): Reply {
    const { decision } = evaluation;
    if (decision) {
      request.logFields.decision = decision;
      const { level, org } = decision.snapshot.domain;
      if (level !== 'platform') request.logFields.organizationId = org;
    }
    options.onEvaluation(evaluation);
    const reply = { status: 200, body: evaluation.answer };
    if (options.validateResponses) options.contract.checkReply(operation, reply);
    return reply;
  }

  const callers = new WeakMap<TenetRequest, Principal>();

  return {
    admit(request) {
      request.logFields.operationId = 'evaluate';
      const admit = (principal: Principal): number => {
        callers.set(request, principal);
        return operation.maxBodyBytes;
      };
      const principal = options.authenticate(request);
      return principal instanceof Promise ? principal.then(admit) : admit(principal);
    },
    handle: (request) => evaluateFor(callers.get(request)!, request),
  };
}

/** Reads the header Tenet-Consistency. Throws InvalidInput for a word that it does not know. */
export function consistencyOf(header: string | string[] | undefined, fallback: Consistency): Consistency {
  if (header === undefined) return fallback;
  if (header === 'fully_consistent' || header === 'minimize_latency') return header;
  throw new InvalidInput('The header Tenet-Consistency must be fully_consistent or minimize_latency.', [
    { parameter: 'Tenet-Consistency', detail: 'must be fully_consistent or minimize_latency' },
  ]);
}
