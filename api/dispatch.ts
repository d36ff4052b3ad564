import { setTimeout } from 'node:timers/promises';
import { type Plan, readPlan } from '../core/access/plans.ts';
import { readAccessChange, watchAccess } from '../core/access-plans/access-change.ts';
import type { AccessChange } from '../core/access-plans/change-report.ts';
import { type MovedAccess, withMoved } from '../core/access-plans/moved-policies.ts';
import type { Planner } from '../core/access-plans/planner.ts';
import { projectOfInstance } from '../core/apps/instance-rows.ts';
import { keepDenials } from '../core/audit/denials.ts';
import {
  type Actor,
  createActor,
  isSignedOut,
  type MovedPolicies,
  type Place,
  type Principal,
  type ProjectSettingChanges,
} from '../core/authorization/decisions/actor.ts';
import type { Decision } from '../core/authorization/decisions/decide.ts';
import { denialsToKeep } from '../core/authorization/decisions/records.ts';
import { boundHint, payerHere, payerOf, storeOf } from '../core/authorization/decisions/subjects.ts';
import type { Level } from '../core/authorization/policy/domain.ts';
import { keptType } from '../core/authorization/policy/resource-types.ts';
import { canBeAsked } from '../core/authorization/policy/vocabulary.ts';
import type { LivePolicies } from '../core/authorization/store/live-policies.ts';
import { FailedPrecondition, NotFound, TenetError, Unauthenticated, Unavailable } from '../core/base/errors.ts';
import { toUuid } from '../core/base/ids.ts';
import type { Keyring } from '../core/base/keyring.ts';
import { isUnmodified, type Preconditions, readPreconditions } from '../core/base/preconditions.ts';
import type { Asker, Database, Db, Scope } from '../core/database/database.ts';
import { type TurnLimits, Turns, turnLimits } from '../core/database/turns.ts';
import type { StoreVerdict } from '../core/policy-stores/store-checker.ts';
import type { Operation, OperationInput } from './contract/contract.ts';
import type { Judges, OperationId } from './contract/handler.ts';
import { deniedAction, type Permission, parameterIn, permissionFor } from './contract/permission.ts';
import { planType } from './contract/plan-type.ts';
import type { Reply, TenetRequest } from './http/message.ts';
import { type IdempotentUse, remember, replay } from './idempotency.ts';
import type { AnyHandler } from './operations/index.ts';
import type { OnDecision } from './operations/services.ts';

export interface DispatchOptions {
  readonly database: Database;
  readonly policies: LivePolicies;
  readonly keyring: Keyring;
  readonly handlers: Readonly<Record<string, AnyHandler>>;
  readonly judges: Judges;
  readonly onDecision: OnDecision;
  /** Hears of each request in an organization that the policy allows. */
  readonly onActivity: (principal: Principal, organizationId: string) => void;
  /** Says what policies do that a request would put into force. */
  readonly planner: Pick<Planner, 'ask'>;
  readonly turns?: TurnLimits;
}

/** One request on its way through the policy and the transaction. */
interface Task {
  readonly input: OperationInput;
  readonly request: TenetRequest;
  readonly principal: Principal;
  readonly place: Place;
  readonly preconditions: Preconditions;
  /** Whether only a plan is asked for: everything is done, written into the plan, and undone. */
  readonly isPlan: boolean;
  /** What the last attempt has moved of policies that are of more than one organization; absent where it has touched none of them. */
  moved?: readonly MovedPolicies[];
  /** Whose turns it has: the caller, or for a service account the payer of the organization, as soon as that is known (docs/adr/0019). */
  payer: string;
  /** What the judge of the operation has found out. */
  verdict?: StoreVerdict | undefined;
  /** The denials of the last attempt. */
  denials: readonly Decision[];
}

/**
 * The sentence: a request that the contract admits is allowed by the policy, done in one transaction, and recorded.
 * Denials of requests that would change something are recorded too, in a transaction of their own.
 */
export function createDispatch(options: DispatchOptions): (input: OperationInput) => Promise<Reply> {
  const { database, policies, keyring, handlers } = options;
  const turns = new Turns(options.turns ?? turnLimits);

  return async function dispatch(given) {
    const { input, isPlan } = readPlanWish(given);
    const { operation, params } = input;
    const request = input.request as TenetRequest;
    if (operation.isPublic) return handlers[operation.operationId]!({ ...input, requestId: request.requestId });

    const principal = input.principal as Principal;
    const named: Place = { organizationId: params['organizationId'], projectId: projectIn(params) };
    if (named.organizationId !== undefined) request.logFields.organizationId = named.organizationId;
    // What operators may do to an organization is asked on the platform: they hold nothing inside.
    const place = placeOf(operation.level, named);
    const preconditions = readPreconditions(request.headers);
    const scope = scopeOf(place);
    const task: Task = { input, request, principal, place, preconditions, isPlan, payer: payerOf(principal.subject), denials: [] };
    try {
      if (!operation.mutates) return await database.read(scope, (db) => work(task, db), askerOf(task));
      return await held(await change(task, scope));
    } catch (error) {
      const kept = denialsToKeep(task.denials);
      if (kept.length === 0) throw error;
      throw await turns.take({ caller: task.payer }, () => keepAttempts(task, kept, error));
    }
  };

  async function change(task: Task, scope: Scope): Promise<Reply> {
    const { place } = task;
    // An organization is locked, and waited for, only for those who may change something in it.
    if (place.organizationId !== undefined)
      await database.read(scope, async (db) => judge(task, await authorize(task, db, { isFirst: true }), db));
    const transact = task.isPlan ? database.rehearse : database.write;
    const { payer } = task;
    const reply = await turns.take({ caller: payer, organization: place.organizationId }, () =>
      transact(scope, (db) => work(task, db), payer),
    );
    return task.moved ? withPolicies(reply, task, task.moved) : reply;
  }

  /** Finds out what takes long, before the change has its turn and a connection. Whatever there is to refuse, the transaction does, in its own order. */
  async function judge(task: Task, actor: Actor, db: Db): Promise<void> {
    const { input, principal, preconditions } = task;
    const { operationId, needsIfMatch } = input.operation;
    const find = options.judges[operationId as OperationId] as ((request: object) => Promise<StoreVerdict | undefined>) | undefined;
    if (!find || (needsIfMatch && !preconditions.ifMatch)) return;
    try {
      task.verdict = await find({ ...input, principal, actor, db, preconditions });
    } catch (error) {
      if (!(error instanceof TenetError) || error instanceof Unavailable) throw error;
    }
  }

  /** A plan with what the policies do that it moves. It is computed when the transaction is over: it may take long, and holds nothing back. */
  async function withPolicies(reply: Reply, { input }: Task, moved: readonly MovedPolicies[]): Promise<Reply> {
    const plan = reply.body as RequestPlan;
    const answers: MovedAccess[] = [];
    for (const one of moved) answers.push(await options.planner.ask(one));
    return planned({ ...plan, access: withMoved(plan.access, answers) }, input);
  }

  async function work(task: Task, db: Db): Promise<Reply> {
    const { input, principal, preconditions, isPlan } = task;
    const { operation } = input;
    const actor = await authorize(task, db);
    noteActivity(task);
    if (operation.needsIfMatch && !preconditions.ifMatch) {
      throw new FailedPrecondition('precondition-required', 'Send If-Match with the ETag that you read.');
    }
    if (isPlan) return rehearse(task, actor, db);
    const use = idempotentUse(operation, input, principal);
    const before = use && (await replay(db, keyring, use));
    if (before) return before;
    const reply = await act(task, actor, db);
    if (operation.method === 'GET') return operation.isConditional ? conditional(reply, preconditions) : reply;
    if (use) await remember(db, keyring, use, withoutSecrets(reply, operation));
    return reply;
  }

  async function act({ input, principal, preconditions, request, place, verdict }: Task, actor: Actor, db: Db): Promise<Reply> {
    const reply = await handlers[input.operation.operationId]!({
      ...input,
      principal,
      actor,
      db,
      preconditions,
      verdict,
      requestId: request.requestId,
    }).catch((error: unknown) => {
      throw error instanceof NotFound ? error.by(namesWithin(place, input.params)) : error;
    });
    // Within the transaction: the problem that a wrong reply becomes says that nothing was changed.
    input.checkReply(reply);
    input.checkEvents(actor.effects.events);
    return reply;
  }

  /** Does it, and answers what that was. It is undone by then, for what was before is read as well. */
  async function rehearse(task: Task, actor: Actor, db: Db): Promise<Reply> {
    const { input } = task;
    const watch = await watchAccess(db, policies, input.params['organizationId']);
    await act(task, actor, db);
    watch.readAfter();
    const { plan, touched } = await readPlan(db, actor, input.operation.operationId);
    const settings = await actor.effects.settings?.();
    if (touched.movesPolicies) task.moved = await Promise.all(actor.effects.policies.map((read) => read()));
    const access = await readAccessChange(watch, touched, { db, policies, actor });
    return planned({ ...plan, access, ...(settings !== undefined && { settings }) }, input);
  }

  function noteActivity({ principal, place: { organizationId } }: Task): void {
    if (organizationId !== undefined) options.onActivity(principal, organizationId);
  }

  /** Puts the question of the operation to the policy. The first time, ahead of the transaction, only a no counts: it is asked again under the lock. */
  async function authorize(task: Task, db: Db, { isFirst = false } = {}): Promise<Actor> {
    const { input, request, principal, place } = task;
    const { operation } = input;
    const actor = createActor({
      db,
      policies,
      principal,
      requestId: request.requestId,
      clientRequestId: request.clientRequestId,
      lock: operation.mutates && !isFirst,
    });
    task.denials = actor.denials;
    const snapshot = await actor.snapshot(place);
    if (isSignedOut(principal, snapshot)) throw new Unauthenticated('revoked');
    task.payer = payerHere(principal.subject, { id: place.organizationId, payer: snapshot.organization?.payer });
    const asked = permissionFor(operation.permission!, input.params);
    await checkNamed(input, asked, actor, place);
    const { resource, action } = asked;
    let decision: Decision | undefined;
    try {
      // One resource in the path may be switched off.
      decision = await actor.require(resource, action, { ...place, resourceId: input.params['resourceId'] });
    } finally {
      decision ??= actor.denials.at(-1);
      if (decision && !(isFirst && decision.allowed)) {
        request.logFields.decision = decision;
        options.onDecision(decision, request.requestId, 'request');
      }
    }
    // Whatever else the policy lets it do, a key that is bound to a policy store sees no other one.
    const bound = storeOf(principal.subject);
    if (bound && bound.policyStoreId !== input.params['policyStoreId']) throw new NotFound(boundHint(principal.subject));
    return actor;
  }

  /** Keeps denials and returns the error that tells the caller the decision that is kept. */
  async function keepAttempts({ input, request, place, payer }: Task, denials: readonly Decision[], error: unknown): Promise<unknown> {
    const { operation, params } = input;
    const attempt = operation.mutates && {
      action: deniedAction(operation.permission!),
      // The innermost thing that the path names, which is what a success has as its target too.
      target: Object.values(params).at(-1) ?? 'platform',
      requestId: request.requestId,
      clientRequestId: request.clientRequestId,
    };
    return database.write(scopeOf(place), (db) => keepDenials(db, denials, error, attempt || undefined), payer);
  }
}

/**
 * Throws NotFound where the path names what the policy in force does not know, before it is asked: no denial is kept of a word that the caller made up. A
 * type must be one of which something is kept there by the blueprint, so that no path asks about an object of the platform, or about a role.
 */
async function checkNamed({ operation, params }: OperationInput, asked: Permission, actor: Actor, place: Place): Promise<void> {
  const { resource } = operation.permission!;
  const name = parameterIn(resource);
  if (name === undefined) return;
  const engine = await actor.engine(place);
  const isType = resource === `{${name}}`;
  const isThere = !isType || keptType(engine.blueprint, params[name]!, operation.level) !== undefined;
  if (!isThere || !canBeAsked(engine, asked, operation.level)) throw new NotFound();
}

/** The project that the path names; an installed application is one. */
function projectIn({ projectId, instanceId }: Readonly<Record<string, string | undefined>>): string | undefined {
  return instanceId === undefined ? projectId : projectOfInstance(instanceId);
}

/** What a path names within the place in which the caller was allowed to ask: that the place is there is no secret then. */
function namesWithin({ organizationId, projectId }: Place, params: Readonly<Record<string, string>>): string[] {
  const around = new Set([
    ...(organizationId !== undefined ? ['organizationId'] : []),
    ...(projectId !== undefined ? ['projectId', 'instanceId'] : []),
  ]);
  return Object.keys(params).filter((name) => !around.has(name));
}

/** Where the policy is asked: further out than the path reaches, where the operation says so. In a deleted project nobody holds anything. */
function placeOf(level: Level, named: Place): Place {
  if (level === 'platform') return {};
  return level === 'org' ? { organizationId: named.organizationId } : named;
}

/** The request without `validateOnly`, which no handler sees, and whether it says so. */
function readPlanWish(input: OperationInput): { input: OperationInput; isPlan: boolean } {
  if (!input.operation.takesPlan) return { input, isPlan: false };
  const { validateOnly, ...query } = input.query;
  return { input: { ...input, query }, isPlan: validateOnly === true };
}

type RequestPlan = Plan & { readonly access: AccessChange; readonly settings?: ProjectSettingChanges };

/** It is not held back as the reply would be: after a plan there is nothing to wait for. */
function planned(plan: RequestPlan, input: OperationInput): Reply {
  const reply = { status: 200, body: plan, contentType: planType };
  input.checkReply(reply);
  return reply;
}

/** The reply, when its time has come; by then the transaction is over and the turn has passed on. */
async function held({ heldFor, ...reply }: Reply): Promise<Reply> {
  if (heldFor !== undefined) await setTimeout(heldFor);
  return reply;
}

/** What is kept of a reply: what is shown once is not in the database, and a repetition does not show it. */
function withoutSecrets(reply: Reply, { shownOnce }: Operation): Reply {
  if (shownOnce.length === 0) return reply;
  const kept = Object.entries(reply.body as object).filter(([name]) => !shownOnce.includes(name));
  return { ...reply, body: Object.fromEntries(kept) };
}

/** The reply to a reader, who may have it already. What has no ETag is not compared. */
function conditional(reply: Reply, preconditions: Preconditions): Reply {
  const etag = reply.headers?.['etag'];
  return etag !== undefined && isUnmodified(preconditions, etag) ? { status: 304, headers: { etag } } : reply;
}

function askerOf(task: Task): Asker {
  return {
    get caller() {
      return task.payer;
    },
    waiter: task.request.waiter,
  };
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
