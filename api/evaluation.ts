import type { Place, Principal } from '../core/actor.ts';
import type { Decision } from '../core/authorization/decide.ts';
import { domainOf } from '../core/authorization/domain.ts';
import type { LivePolicies } from '../core/authorization/live.ts';
import { type Snapshot, type Subject, takeSnapshot } from '../core/authorization/snapshot.ts';
import type { SnapshotCache } from '../core/authorization/snapshot-cache.ts';
import type { Database, Db } from '../core/db.ts';
import { recordDecision } from '../core/decisions.ts';
import { InvalidInput } from '../core/errors.ts';
import { type Evaluation, type EvaluationQuestion, evaluate, type ReadSnapshot } from '../core/evaluation.ts';
import { parseBody } from './body.ts';
import type { Contract, Reply } from './contract.ts';
import type { TenetRequest } from './dispatch.ts';

export type Consistency = 'fully_consistent' | 'minimize_latency';

/** Answers questions with the consistency that was asked for. */
export interface Evaluator {
  evaluate(principal: Principal, question: EvaluationQuestion, consistency: Consistency): Promise<Evaluation>;
}

/** `fully_consistent` reads the database for every question; `minimize_latency` takes what is cached while the listener is healthy. */
export function createEvaluator(options: {
  database: Database;
  policies: LivePolicies;
  cache: SnapshotCache;
  healthy: () => boolean;
}): Evaluator {
  const { database, policies, cache } = options;
  const readFresh = (subject: Subject, place: Place): Promise<Snapshot> =>
    database.read('platform', async (db) => readIn(db)(subject, place));
  const readCached: ReadSnapshot = (subject, place) => {
    const key = { subject: subject.id, dom: domainOf(place).dom, organizationId: place.organizationId };
    return cache.get(key) ?? cache.load(key, () => readFresh(subject, place));
  };
  return {
    async evaluate(principal, question, consistency) {
      const denials: Decision[] = [];
      try {
        if (consistency === 'minimize_latency' && options.healthy())
          return await evaluate(policies, readCached, principal, question, denials);
        return await database.read('platform', (db) => evaluate(policies, readIn(db), principal, question, denials));
      } catch (error) {
        if (denials.some(({ snapshot }) => snapshot.roles.length > 0)) await database.write('platform', (db) => recordDenials(db, denials));
        throw error;
      }
    },
  };
}

/** Reads role sets within a transaction. */
export function readIn(db: Db): ReadSnapshot {
  return (subject, place) => takeSnapshot(db, subject, domainOf(place), place);
}

/** Records are for people who are something in the place: a stranger fills nothing, and cannot tell by the time whether it exists. */
async function recordDenials(db: Db, denials: readonly Decision[]): Promise<void> {
  for (const decision of denials) if (decision.snapshot.roles.length > 0) await recordDecision(db, decision);
}

/**
 * `POST /access/v1/evaluation` ahead of Express: the same authentication, the same compiled schema of the contract and the same
 * evaluation, without what a decision does not need. AuthZEN asks for 400 where the rest of the API says 415.
 */
export function createEvaluationRoute(options: {
  contract: Contract;
  evaluator: Evaluator;
  authenticate: (request: TenetRequest) => Promise<Principal>;
  consistency: Consistency;
  validateResponses: boolean;
  onEvaluation: (evaluation: Evaluation) => void;
}): (request: TenetRequest) => Promise<Reply> {
  const operation = options.contract.operations.get('evaluate')!;
  return async (request) => {
    request.trail.operationId = 'evaluate';
    const principal = await options.authenticate(request);
    request.trail.subject = principal.subject.id;
    if (request.bodyError) throw request.bodyError;
    const type = request.headers['content-type'];
    if (type === undefined || !/^application\/json\s*(;|$)/i.test(type))
      throw new InvalidInput('The body must be JSON: send Content-Type: application/json.');
    const body = request.bytes && parseBody(request.bytes, operation.longestBody);
    const errors = options.contract.bodyErrors('evaluate', body);
    if (errors.length > 0) throw new InvalidInput('The request does not fit the contract.', errors);
    const consistency = consistencyOf(request.headers['tenet-consistency'], options.consistency);
    const evaluation = await options.evaluator.evaluate(principal, body as EvaluationQuestion, consistency);
    if (evaluation.decision) request.trail.decision = evaluation.decision;
    options.onEvaluation(evaluation);
    const reply = { status: 200, body: evaluation.answer };
    if (options.validateResponses) options.contract.checkReply(operation, reply);
    return reply;
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
