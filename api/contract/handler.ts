import type { Actor, Principal } from '../../core/authorization/decisions/actor.ts';
import type { Preconditions } from '../../core/base/preconditions.ts';
import type { Db } from '../../core/database/database.ts';
import type { StoreVerdict } from '../../core/policy-stores/store-checker.ts';
import type { Reply as HttpReply } from '../http/message.ts';
import type { operations } from './openapi.d.ts';
import type { PlanType } from './plan-type.ts';

/** The id of an operation in openapi.yaml. */
export type OperationId = keyof operations;

type Parameters<O extends OperationId> = operations[O]['parameters'];
type Part<O extends OperationId, P extends 'path' | 'query' | 'header'> =
  Exclude<Parameters<O>[P], undefined> extends infer T ? ([T] extends [never] ? Record<never, never> : T) : never;

/** Path parameters, percent-decoded. */
export type Params<O extends OperationId> = Part<O, 'path'>;

/** Query parameters, read by their types. What has a default in the contract is always there. */
export type Query<O extends OperationId> =
  Part<O, 'query'> extends infer Q
    ? Q extends { pageSize?: number }
      ? Omit<Q, 'pageSize'> & { pageSize: number }
      : // Whether it is for a plan alone is the dispatcher's business.
        Omit<Q, 'validateOnly'>
    : never;

/** Header parameters that the contract declares, by their names in lower case, and Accept, which is no parameter in OpenAPI. */
export type Headers<O extends OperationId> = {
  [K in keyof Part<O, 'header'> as K extends string ? Lowercase<K> : never]: Part<O, 'header'>[K];
} & { accept?: string };

/** The body of the request; undefined where the operation takes none. */
export type Body<O extends OperationId> = operations[O] extends { requestBody: { content: { 'application/json': infer B } } }
  ? B
  : undefined;

type Success = 200 | 201 | 202 | 204 | 303 | 304;
type Responses<O extends OperationId> = operations[O]['responses'];
type Content<R> = R extends { content: infer C } ? (C extends object ? C : never) : never;

/** The replies that the contract declares as successes, and pages that say that there is no such page; any other failure is thrown instead. */
export type Reply<O extends OperationId> =
  | { [S in keyof Responses<O> & Success]: ReplyOf<S, Content<Responses<O>[S]>> }[keyof Responses<O> & Success]
  | (Responses<O> extends { 404: { content: { 'text/html': infer B } } } ? ReplyOf<404, { 'text/html': B }> : never);

/** A plan is made by the dispatcher, never by a handler. */
type ReplyOf<S, C> = [C] extends [never]
  ? { status: S; body?: undefined; headers?: Record<string, string> }
  :
      | {
          [T in Exclude<keyof C, PlanType>]: {
            status: S;
            body: C[T];
            bytes?: Buffer;
            headers?: Record<string, string>;
            heldFor?: number;
          } & ContentType<T>;
        }[Exclude<keyof C, PlanType>]
      | Bytes<S, C>
      | Stream<S, C>;

/** Text that is there as bytes only, for example because it is compressed. */
interface Bytes<S, C> {
  status: S;
  body?: undefined;
  bytes: Buffer;
  contentType: Exclude<{ [T in keyof C]: C[T] extends string ? T : never }[keyof C], 'application/json'>;
  headers?: Record<string, string>;
}

/** Text that is sent piece by piece. */
interface Stream<S, C> extends Omit<Bytes<S, C>, 'bytes'> {
  stream: NonNullable<HttpReply['stream']>;
}

/** JSON goes without saying; any other type is said. */
type ContentType<T> = T extends 'application/json' ? { contentType?: T } : { contentType: T };

/** Operations that are x-public: no caller is authenticated, and no transaction is open. */
export type PublicOperationId =
  | 'downloadExportByLink'
  | 'getAuthzenConfiguration'
  | 'getSigningKeys'
  | 'getDocs'
  | 'getDocsAsset'
  | 'getOpenapiJson'
  | 'getOpenapiYaml'
  | 'getOrganizationAuthzenConfiguration'
  | 'getPlainDocs'
  | 'getProblem'
  | 'getRoot'
  | 'getStoreAuthzenConfiguration'
  | 'getWebhookSchema'
  | 'livez'
  | 'readyz'
  | 'reportLeakedCredential';

/** What every operation gets. */
export interface PublicRequest<O extends OperationId> {
  readonly params: Params<O>;
  readonly query: Query<O>;
  readonly headers: Headers<O>;
  readonly body: Body<O>;
  readonly requestId: string;
}

/** A request that was validated and allowed, in its transaction. */
export interface PermittedRequest<O extends OperationId> extends PublicRequest<O> {
  readonly principal: Principal;
  readonly actor: Actor;
  readonly db: Db;
  /** If-Match and If-None-Match. */
  readonly preconditions: Preconditions;
  /** What the judge of the operation has found out. */
  readonly verdict?: StoreVerdict | undefined;
}

export type HandlerRequest<O extends OperationId> = O extends PublicOperationId ? PublicRequest<O> : PermittedRequest<O>;

/** Does one operation and returns what to answer; throws errors of core. */
export type Handler<O extends OperationId> = (request: HandlerRequest<O>) => Promise<Reply<O>>;

/** A handler for every operation: a missing one does not compile. */
export type Handlers = { [O in OperationId]: Handler<O> };

/** A change as its judge sees it: allowed, and not begun. */
export type JudgedRequest<O extends OperationId> = Omit<PermittedRequest<O>, 'requestId' | 'verdict'>;

/** By operation, what a change has to know that takes long: it is found out ahead of the transaction, which has it as `verdict`. */
export type Judges = { readonly [O in OperationId]?: (request: JudgedRequest<O>) => Promise<StoreVerdict | undefined> };
