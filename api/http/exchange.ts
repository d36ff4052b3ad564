import type { IncomingMessage, ServerResponse } from 'node:http';
import { PermissionDenied, Unauthenticated } from '../../core/base/errors.ts';
import type { Log, PlainFields } from '../../core/base/log.ts';
import type { Metrics } from '../../core/base/metrics.ts';
import { type ReadBody, readBody } from './body.ts';
import { headFault } from './head.ts';
import { type IncomingRequest, toRequest } from './incoming.ts';
import type { Reply, TenetRequest } from './message.ts';
import { write } from './outgoing.ts';
import { problemSlug, toProblem } from './problem.ts';

/** What answers requests, at once or by a promise of its own kind, not by another thenable. Throws or rejects with what becomes a problem. */
export type Handle = (request: TenetRequest) => Reply | Promise<Reply>;

/** What the exchanges of one server share. */
export interface Surroundings {
  readonly log: Log;
  readonly logRequest: (fields: PlainFields) => void;
  readonly metrics: Metrics;
  /** URI in front of the slug of problem types. */
  readonly problemBase: string;
  /** Whether connections are to be closed with their answer. */
  readonly isStopping: () => boolean;
}

/** Logged for requests whose caller hung up before they were complete; never sent. */
const abandoned = 499;

/** One request and its answer: reads it, has it handled, writes the answer, one log line and one observation. */
export class Exchange {
  readonly #surroundings: Surroundings;
  readonly #message: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #handle: Handle;
  readonly #started = performance.now();
  readonly #request: IncomingRequest;
  /** What the line says of a failure. */
  #failure: { readonly code?: string; readonly refusal?: string; readonly allowed?: boolean; readonly decisionId?: string } = none;

  constructor(surroundings: Surroundings, message: IncomingMessage, response: ServerResponse, handle: Handle) {
    this.#surroundings = surroundings;
    this.#message = message;
    this.#response = response;
    this.#handle = handle;
    this.#request = toRequest(message);
  }

  run(): void {
    const fault = headFault(this.#message);
    if (fault) {
      this.#fail(fault);
      return;
    }
    readBody(
      this.#message,
      (body) => this.#answer(body),
      (error) => this.#fail(error),
    );
  }

  #answer({ bytes, bodyError }: ReadBody): void {
    if (bytes) this.#request.bytes = bytes;
    if (bodyError) this.#request.bodyError = bodyError;
    let reply: Reply | Promise<Reply>;
    try {
      reply = this.#handle(this.#request);
    } catch (error) {
      this.#fail(error);
      return;
    }
    if (reply instanceof Promise) {
      reply.then(
        (awaited) => this.#finish(awaited),
        (error) => this.#fail(error),
      );
    } else this.#finish(reply);
  }

  #fail(error: unknown): void {
    // The caller hung up before the request was complete: there is nobody to tell, and no fault of ours.
    if (this.#message.destroyed && !this.#message.complete) this.#account(abandoned);
    else this.#finish(this.#problemOf(error));
  }

  #problemOf(error: unknown): Reply {
    const { log, problemBase } = this.#surroundings;
    const { requestId } = this.#request;
    const reply = toProblem(error, { requestId, base: problemBase });
    this.#failure = { code: problemSlug(error), ...reasonOf(error) };
    if (reply.status >= 500) log.error({ requestId, error }, 'request failed');
    return reply;
  }

  #finish(reply: Reply): void {
    const isLast = this.#surroundings.isStopping();
    let sent = reply;
    try {
      write(this.#response, reply, this.#request, isLast);
    } catch (error) {
      sent = this.#problemOf(error);
      write(this.#response, sent, this.#request, isLast);
    }
    this.#account(sent.status);
  }

  #account(status: number): void {
    const { metrics, logRequest } = this.#surroundings;
    const { requestId, trace, method, trail } = this.#request;
    const { operationId = 'none', subject, organizationId, decision } = trail;
    const ms = performance.now() - this.#started;
    metrics.requests.observe(operationId, method, status, ms / 1_000);
    logRequest({
      requestId,
      traceId: trace.id,
      method,
      operationId,
      status,
      subject,
      organizationId,
      allowed: decision?.allowed,
      decisionId: decision && !decision.allowed ? decision.id : undefined,
      ...this.#failure,
      ms: Math.round(ms * 100) / 100,
    });
  }
}

const none = {};

/** The caller must not learn why a token does not hold, whoever reads the log must; and the line names the decision that the caller is told. */
function reasonOf(error: unknown): { refusal?: string; allowed?: boolean; decisionId?: string } {
  if (error instanceof Unauthenticated) return { refusal: error.reason };
  const decisionId = error instanceof PermissionDenied ? error.fields['decisionId'] : undefined;
  return typeof decisionId === 'string' ? { allowed: false, decisionId } : none;
}
