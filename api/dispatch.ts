import { record } from '../core/audit/record.ts';
import { type Actor, createActor, type Place, type Principal } from '../core/authorization/decisions/actor.ts';
import type { Decision } from '../core/authorization/decisions/decide.ts';
import { denialsToKeep, recordDecision } from '../core/authorization/decisions/records.ts';
import type { LivePolicies } from '../core/authorization/store/live-policies.ts';
import { FailedPrecondition, Unauthenticated } from '../core/base/errors.ts';
import { toUuid } from '../core/base/ids.ts';
import type { Database, Db, Scope } from '../core/database/database.ts';
import type { Operation, OperationInput } from './contract/contract.ts';
import type { Reply, TenetRequest } from './http/message.ts';
import { type IdempotentUse, remember, replay } from './idempotency.ts';
import type { AnyHandler } from './operations/index.ts';

export interface DispatchOptions {
  readonly database: Database;
  readonly policies: LivePolicies;
  readonly handlers: Readonly<Record<string, AnyHandler>>;
  readonly onDecision: (decision: Decision) => void;
}

/**
 * The sentence: a request that the contract admits is allowed by the policy, done in one transaction, and recorded.
 * Denials of requests that would change something are recorded too, in a transaction of their own.
 */
export function createDispatch(options: DispatchOptions): (input: OperationInput) => Promise<Reply> {
  const { database, policies, handlers } = options;

  return async function dispatch(input) {
    const { operation, params } = input;
    const request = input.request as TenetRequest;
    const handler = handlers[operation.operationId]!;
    if (operation.isPublic) return handler({ ...input, requestId: request.requestId });

    const principal = input.principal as Principal;
    const place: Place = { organizationId: params['organizationId'], projectId: params['projectId'] };
    if (place.organizationId !== undefined) request.trail.organizationId = place.organizationId;
    if (operation.needsIfMatch && input.headers['if-match'] === undefined) {
      throw new FailedPrecondition('precondition-required', 'Send If-Match with the ETag that you read.');
    }

    let denials: readonly Decision[] = [];
    const work = async (db: Db): Promise<Reply> => {
      const actor = createActor({ db, policies, principal, requestId: request.requestId, lock: operation.mutates });
      denials = actor.denials;
      await authorize(actor, operation, place, request);
      const use = idempotentUse(operation, input, principal);
      const before = use && (await replay(db, use));
      if (before) return before;
      const reply = await handler({ ...input, principal, actor, db, requestId: request.requestId });
      if (use) await remember(db, use, reply);
      return reply;
    };
    try {
      const scope = scopeOf(place);
      return await (operation.mutates ? database.write(scope, work) : database.read(scope, work));
    } catch (error) {
      const kept = denialsToKeep(denials);
      if (kept.length > 0) await recordDenials(input, place, kept);
      throw error;
    }
  };

  async function authorize(actor: Actor, operation: Operation, place: Place, request: TenetRequest): Promise<void> {
    const { notBefore } = await actor.snapshot(place);
    if (notBefore && actor.principal.issuedAt * 1000 < notBefore.getTime()) throw new Unauthenticated('revoked');
    const { resource, action } = operation.permission!;
    try {
      request.trail.decision = await actor.require(resource, action, place);
    } finally {
      const decision = request.trail.decision ?? actor.denials.at(-1);
      if (decision) {
        request.trail.decision = decision;
        options.onDecision(decision);
      }
    }
  }

  async function recordDenials({ operation, params, request }: OperationInput, place: Place, denials: readonly Decision[]): Promise<void> {
    // The innermost thing that the path names, which is what a success has as its target too.
    const target = Object.values(params).at(-1) ?? 'platform';
    await database.write(scopeOf(place), async (db) => {
      for (const decision of denials) {
        await recordDecision(db, decision);
        if (!operation.mutates) continue;
        const { subject } = decision.snapshot;
        await record(
          db,
          { name: subject.id, requestId: (request as TenetRequest).requestId },
          {
            organizationId: place.organizationId,
            action: `${operation.permission!.resource}.${operation.permission!.action}`,
            target,
            outcome: 'DENIED',
            decisionId: decision.id,
          },
        );
      }
    });
  }
}

function scopeOf({ organizationId }: Place): Scope {
  return organizationId === undefined ? 'platform' : { organization: toUuid('organization', organizationId) };
}

function idempotentUse(operation: Operation, input: OperationInput, principal: Principal): IdempotentUse | undefined {
  const key = input.headers['idempotency-key'];
  if (!operation.isIdempotent || key === undefined) return undefined;
  return {
    principal: principal.subject.id,
    operationId: operation.operationId,
    key,
    request: { params: input.params, query: input.query, body: input.body },
  };
}
