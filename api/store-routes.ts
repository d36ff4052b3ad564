import { isSignedOut, type Principal } from '../core/authorization/decisions/actor.ts';
import type { Decision } from '../core/authorization/decisions/decide.ts';
import { decideWith } from '../core/authorization/decisions/decide.ts';
import { batchOf, type EvaluationsBody } from '../core/authorization/decisions/evaluations.ts';
import { takeSnapshot } from '../core/authorization/decisions/snapshot.ts';
import type { SnapshotCache } from '../core/authorization/decisions/snapshot-cache.ts';
import { memoName, storeOf } from '../core/authorization/decisions/subjects.ts';
import { createMemo } from '../core/authorization/engine/memo.ts';
import { domainOf } from '../core/authorization/policy/domain.ts';
import type { LivePolicies } from '../core/authorization/store/live-policies.ts';
import { toUuid } from '../core/base/ids.ts';
import type { Database } from '../core/database/database.ts';
import type { CompiledStores } from '../core/policy-stores/compiled-stores.ts';
import { compiledFor, compiledInMemory, type OpenStore, openedWith, readKept } from '../core/policy-stores/open-store.ts';
import {
  type AskedEntity,
  type AskedQuestion,
  answersOf,
  askedIn,
  type Brought,
  boundedQuestions,
  decide,
  type StoreAnswer,
  type StoreBatch,
} from '../core/policy-stores/questions.ts';
import type { StoreCache } from '../core/policy-stores/store-cache.ts';
import type { StoreKey } from '../core/policy-stores/stores.ts';
import type { Authenticate } from './authentication/identify.ts';
import type { Contract, Operation } from './contract/contract.ts';
import { checkAccept, checkContentType } from './contract/media-types.ts';
import { consistencyOf } from './decision-routes.ts';
import type { Consistency } from './evaluation.ts';
import { parseBody } from './http/body.ts';
import type { Route } from './http/exchange.ts';
import type { Reply, TenetRequest } from './http/message.ts';
import { shown } from './operations/policies/store-decisions.ts';
import type { OnDecision } from './operations/services.ts';

interface RouteOptions {
  readonly contract: Contract;
  readonly authenticate: Authenticate;
  readonly database: Database;
  readonly policies: LivePolicies;
  readonly cache: SnapshotCache;
  readonly stores: StoreCache;
  readonly compiled: CompiledStores;
  /** Whether changes are heard of. */
  readonly healthy: () => boolean;
  readonly consistency: Consistency;
  readonly validateResponses: boolean;
  readonly onDecision: OnDecision;
  readonly onActivity: (principal: Principal, organizationId: string) => void;
}

type OperationId = 'evaluateInStore' | 'evaluateManyInStore';

/** A question or a batch that the contract admits. */
interface Asked extends StoreBatch {
  readonly about: readonly AskedEntity[];
  readonly isExplained: boolean;
  readonly isOne: boolean;
}

/** What an answer needs: that the caller may ask, and what the store decides by. */
interface Ready {
  readonly decision: Decision;
  readonly open: OpenStore;
}

const paths =
  /^\/v1\/organizations\/(org_[0-7][0-9a-hjkmnp-tv-z]{25})\/projects\/(prj_[0-7][0-9a-hjkmnp-tv-z]{25})\/policy-stores\/(pst_[0-7][0-9a-hjkmnp-tv-z]{25})\/access\/v1\/evaluation(s?)$/;

/**
 * The evaluation routes of policy stores, by path, ahead of Express: with minimize_latency and from memory alone where everything is there, else once
 * what is missing was read. Whatever else there is to say, a refusal above all, is said by the contract's own way, which asks everything anew.
 */
export function createStoreRoutes(options: RouteOptions): { get(url: string): Route | undefined } {
  const routes = createMemo<string, Route>(5_000);
  return {
    get(url) {
      const known = routes.get(url);
      if (known) return known;
      const [, organizationId, projectId, policyStoreId, isMany] = paths.exec(url) ?? [];
      if (organizationId === undefined) return undefined;
      const key = { organizationId, projectId: projectId!, policyStoreId: policyStoreId! };
      const route = createRoute(options, key, isMany === 's' ? 'evaluateManyInStore' : 'evaluateInStore');
      routes.set(url, route);
      return route;
    },
  };
}

function createRoute(options: RouteOptions, key: StoreKey, operationId: OperationId): Route {
  const { contract, policies, cache, stores, compiled, database } = options;
  const operation = contract.operations.get(operationId)!;
  const { organizationId, projectId, policyStoreId } = key;
  const place = { organizationId, projectId };
  const domain = domainOf(place);
  const errorsOf = (question: unknown) => contract.bodyErrors('evaluateInStore', question);

  /** What is asked; undefined where there is anything to refuse. */
  function read(request: TenetRequest): Asked | undefined {
    checkAccept(operation, request.headers.accept);
    checkContentType(operation, request.headers['content-type']);
    const body = request.bytes && parseBody(request.bytes, operation.maxBodyBytes);
    if (contract.bodyErrors(operationId, body).length > 0) return undefined;
    const batch = operationId === 'evaluateManyInStore' ? batchOf(body as EvaluationsBody, errorsOf) : undefined;
    if (batch) {
      const bounded = { ...batch, questions: boundedQuestions(batch.questions, body as Brought) };
      return { ...bounded, about: askedIn(bounded), isOne: false };
    }
    if (operationId === 'evaluateManyInStore' && errorsOf(body).length > 0) return undefined;
    const one = { questions: [body as AskedQuestion], semantic: 'execute_all' } as const;
    const isExplained = (body as EvaluationsBody).options?.include_context === true;
    return { ...one, about: askedIn(one), isExplained, isOne: true };
  }

  /** Undefined where something is not in memory, or where the policy says no. */
  function fromMemory({ principal: caller, requestId }: TenetRequest, about: Asked['about']): Ready | undefined {
    const { subject, ...principal } = caller!;
    const snapshot = cache.get({ subject: memoName(subject), dom: domain.dom, organizationId });
    const policy = snapshot && policies.find(snapshot.revisions);
    if (!policy || isSignedOut({ ...principal }, snapshot)) return undefined;
    const kept = stores.find(key, about);
    const ready = kept && compiledInMemory(compiled, key, kept);
    if (!ready) return undefined;
    const decision = decideWith(policy.engine, snapshot, 'policy-store', 'evaluate');
    if (!decision.allowed) return undefined;
    const by = { subject, supportAccessId: snapshot.supportAccessId, requestId, mayBeCached: true };
    return { decision, open: openedWith({ key, kept, stores: ready, compiled, by }) };
  }

  async function load({ subject }: Principal, about: Asked['about']): Promise<void> {
    const at = { subject: memoName(subject), dom: domain.dom, organizationId };
    const snapshot =
      cache.get(at) ?? (await cache.load(at, () => database.read('platform', (db) => takeSnapshot(db, subject, domain, place))));
    const { engine } = await policies.get(snapshot.revisions);
    // The store of a caller who may not ask it is not read.
    if (!decideWith(engine, snapshot, 'policy-store', 'evaluate').allowed) return;
    const scope = { organization: toUuid('organization', organizationId) };
    await database.read(scope, async (db) => {
      const kept = stores.find(key, about) ?? (await stores.load(key, about, () => readKept(db, key, about)));
      await compiledFor(db, compiled, key, kept);
    });
  }

  function reply({ decision, open }: Ready, asked: Asked, request: TenetRequest): Reply | Promise<Reply> {
    request.logFields.decision = decision;
    request.logFields.organizationId = organizationId;
    options.onDecision(decision, request.requestId, 'minimize_latency');
    options.onActivity(request.principal!, organizationId);
    const [question] = asked.questions;
    if (asked.isOne) {
      const toReply = (answer: StoreAnswer) => answered(shown(answer, asked.isExplained));
      const answer = decide(open, question as AskedQuestion);
      return answer instanceof Promise ? answer.then(toReply) : toReply(answer);
    }
    const toReply = (answers: readonly StoreAnswer[]) =>
      answered({ evaluations: answers.map((answer) => shown(answer, asked.isExplained)) });
    const all = answersOf(open, asked);
    return all instanceof Promise ? all.then(toReply) : toReply(all);
  }

  function answered(body: unknown): Reply {
    const sent = { status: 200, body };
    if (options.validateResponses) contract.checkReply(operation, sent);
    return sent;
  }

  /** Everything in the contract's own order. */
  const slowly = (request: TenetRequest) => contract.handle(request);

  function isFast(request: TenetRequest): boolean {
    const bound = storeOf(request.principal!.subject);
    if (request.bodyError || (bound && bound.policyStoreId !== policyStoreId)) return false;
    const consistency = consistencyOf(request.headers['tenet-consistency'], options.consistency);
    return consistency === 'minimize_latency' && options.healthy();
  }

  function handle(request: TenetRequest): Reply | Promise<Reply> {
    let asked: Asked | undefined;
    try {
      asked = isFast(request) ? read(request) : undefined;
    } catch {
      // It is thrown again where it belongs.
    }
    if (asked === undefined) return slowly(request);
    const principal = request.principal!;
    const ready = fromMemory(request, asked.about);
    if (ready) return reply(ready, asked, request);
    const { about } = asked;
    return load(principal, about).then(
      () => {
        const now = fromMemory(request, about);
        return now ? reply(now, asked, request) : slowly(request);
      },
      () => slowly(request),
    );
  }

  return { admit: (request) => admitTo(operation, request, options.authenticate), handle };
}

function admitTo(operation: Operation, request: TenetRequest, authenticate: Authenticate): number | Promise<number> {
  request.logFields.operationId = operation.operationId;
  const admit = (principal: Principal): number => {
    request.principal = principal;
    return operation.maxBodyBytes;
  };
  const principal = request.principal ?? authenticate(request);
  return principal instanceof Promise ? principal.then(admit) : admit(principal);
}
