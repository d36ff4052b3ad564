import type { Principal } from '../core/authorization/decisions/actor.ts';
import type { Evaluation, EvaluationQuestion } from '../core/authorization/decisions/evaluation.ts';
import { answersOf, batchOf, type EvaluationsBody } from '../core/authorization/decisions/evaluations.ts';
import { storeOf } from '../core/authorization/decisions/subjects.ts';
import { InvalidInput } from '../core/base/errors.ts';
import type { Authenticate } from './authentication/identify.ts';
import type { Contract, Operation } from './contract/contract.ts';
import { misfit } from './contract/input-errors.ts';
import { checkAccept, checkContentType } from './contract/media-types.ts';
import type { Consistency, Evaluator } from './evaluation.ts';
import { parseBody } from './http/body.ts';
import type { Route } from './http/exchange.ts';
import type { Reply, TenetRequest } from './http/message.ts';
import type { OnDecision } from './operations/services.ts';
import { pathFor } from './store-paths.ts';

interface RouteOptions {
  readonly contract: Contract;
  readonly evaluator: Evaluator;
  readonly authenticate: Authenticate;
  readonly consistency: Consistency;
  readonly validateResponses: boolean;
  readonly onDecision: OnDecision;
  /** Those of policy stores, by path. */
  readonly storeRoutes: { get(path: string): Route | undefined };
}

/** Who asks what, and how fresh the answer must be. */
interface Asked {
  readonly principal: Principal;
  readonly body: unknown;
  readonly consistency: Consistency;
  readonly request: TenetRequest;
}

/**
 * POST to `/access/v1/evaluation` and `/access/v1/evaluations`, by path, ahead of Express: the same authentication, the same compiled schemas of
 * the contract and the same evaluation, without what a decision does not need. AuthZEN asks for 400 where the rest of the API says 415.
 */
export function createDecisionRoutes(options: RouteOptions): ReadonlyMap<string, Route> {
  const { contract, evaluator } = options;
  const errorsOf = (question: unknown) => contract.bodyErrors('evaluate', question);
  const demandFit = (operationId: string, body: unknown): void => {
    const errors = contract.bodyErrors(operationId, body);
    if (errors.length > 0) throw misfit(errors);
  };

  function evaluate({ principal, body, consistency, request }: Asked): unknown {
    demandFit('evaluate', body);
    const answer = (evaluation: Evaluation) => noted(evaluation, request, consistency).answer;
    const evaluation = evaluator.evaluate(principal, body as EvaluationQuestion, consistency);
    return evaluation instanceof Promise ? evaluation.then(answer) : answer(evaluation);
  }

  function evaluateMany(asked: Asked): unknown {
    const { principal, body, consistency, request } = asked;
    demandFit('evaluateMany', body);
    const batch = batchOf(body as EvaluationsBody, errorsOf);
    if (batch === undefined) return evaluate(asked);
    const answer = (all: readonly Evaluation[]) => {
      for (const evaluation of all) noted(evaluation, request, consistency);
      return answersOf(all, batch);
    };
    const evaluations = evaluator.evaluateAll(principal, batch, consistency);
    return evaluations instanceof Promise ? evaluations.then(answer) : answer(evaluations);
  }

  function noted(evaluation: Evaluation, request: TenetRequest, consistency: Consistency): Evaluation {
    const { decision } = evaluation;
    if (decision) {
      request.logFields.decision = decision;
      const { level, org } = decision.snapshot.domain;
      if (level !== 'platform') request.logFields.organizationId = org;
      options.onDecision(decision, request.requestId, consistency);
    }
    return evaluation;
  }

  const routes = { evaluate, evaluateMany };
  return new Map(
    Object.entries(routes).map(([operationId, ask]) => {
      const operation = contract.operations.get(operationId)!;
      return [operation.path, createRoute(options, operation, ask)];
    }),
  );
}

function createRoute(options: RouteOptions, operation: Operation, ask: (asked: Asked) => unknown): Route {
  const callers = new WeakMap<TenetRequest, Principal>();
  const ofStores = new WeakMap<TenetRequest, Route>();

  function toReply(body: unknown): Reply {
    const reply = { status: 200, body };
    if (options.validateResponses) options.contract.checkReply(operation, reply);
    return reply;
  }

  return {
    admit(request) {
      request.logFields.operationId = operation.operationId;
      const admit = (principal: Principal): number | Promise<number> => {
        if (storeOf(principal.subject)) {
          request.principal = principal;
          request.path = pathFor(principal, request.path);
          const route = options.storeRoutes.get(request.path)!;
          ofStores.set(request, route);
          return route.admit(request);
        }
        callers.set(request, principal);
        return operation.maxBodyBytes;
      };
      const principal = options.authenticate(request);
      return principal instanceof Promise ? principal.then(admit) : admit(principal);
    },
    handle(request) {
      const principal = callers.get(request);
      if (principal === undefined) return ofStores.get(request)!.handle(request);
      checkAccept(operation, request.headers.accept);
      if (request.bodyError) throw request.bodyError;
      checkContentType(operation, request.headers['content-type']);
      const body = request.bytes && parseBody(request.bytes, operation.maxBodyBytes);
      const consistency = consistencyOf(request.headers['tenet-consistency'], options.consistency);
      const answer = ask({ principal, body, consistency, request });
      return answer instanceof Promise ? answer.then(toReply) : toReply(answer);
    },
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
