import type { IncomingHttpHeaders } from 'node:http';
import type { Principal } from '../../core/authorization/decisions/actor.ts';
import type { Decision } from '../../core/authorization/decisions/decide.ts';
import type { TenetError } from '../../core/base/errors.ts';
import type { Waiter } from '../../core/database/turns.ts';

/** What a handler answers; the server alone turns it into bytes. `body` is JSON unless contentType says otherwise. */
export interface Reply {
  status: number;
  body?: unknown;
  /** The body as it is sent, where it never changes: one copy serves all who ask. */
  bytes?: Buffer;
  /** A body that is sent piece by piece, as fast as the client takes it; without `bytes` its length is not known before. */
  stream?: { readonly bytes?: number; readonly chunks: () => AsyncIterable<Buffer> };
  headers?: Record<string, string>;
  contentType?: string;
  /** Milliseconds for which it is held back once the change is committed. */
  heldFor?: number;
}

/** A request as the server read it, before anything about it is believed. */
export interface ContractRequest {
  method: string;
  /** Without the query, still percent-encoded. */
  path: string;
  /** Without the question mark, still percent-encoded. */
  query: string;
  headers: IncomingHttpHeaders;
  /** Parsed JSON; undefined when there is none, or while it is still `bytes`. */
  body: unknown;
  /** The body as it came; it is read once the caller is known. */
  bytes?: Buffer;
  /** Why the body could not be read. */
  bodyError?: TenetError;
}

/** A request with what the server knows about it beside the contract; `logFields` gathers what its log line says. */
export interface TenetRequest extends ContractRequest {
  /** Ours: no caller chooses it. */
  readonly requestId: string;
  /** The X-Request-Id that the caller sent, if it is one. */
  readonly clientRequestId?: string | undefined;
  /** The network address that it came from; of a proxy, where one stands before the server that is not trusted to say more. */
  readonly address?: string | undefined;
  /** The client that sent it, which may hang up before the answer comes. */
  readonly waiter?: Waiter | undefined;
  /** Header fields of its answer, names and values in turn, that say how often the caller may send one. */
  rateHeaders?: readonly string[];
  /** Who sends it, where a route ahead of the contract has found that out. */
  principal?: Principal;
  readonly logFields: { operationId?: string; subject?: string; organizationId?: string; decision?: Decision };
}
