import type { IncomingMessage, ServerResponse } from 'node:http';
import { PermissionDenied, Unauthenticated } from '../../core/base/errors.ts';
import type { Log, PlainFields } from '../../core/base/log.ts';
import type { Metrics } from '../../core/base/metrics.ts';
import { announcesBody, type BodyRoom, type ReadBody, readBody } from './body.ts';
import { type BodyTurns, largeBody } from './body-turns.ts';
import type { ClientAddress } from './client-address.ts';
import { type Connections, closeBehind } from './connections.ts';
import type { CrossOrigin } from './cross-origin.ts';
import { headFault } from './head.ts';
import { answeredId, type IncomingRequest, toRequest } from './incoming.ts';
import type { Reply, TenetRequest } from './message.ts';
import { write } from './outgoing.ts';
import { problemSlug, toProblem } from './problem.ts';

/** What answers requests, at once or by promises of its own kind, not by another thenable. Throws or rejects with what becomes a problem. */
export interface Route {
  /** Looks at the head alone: who calls, and how many bytes of a body are read for it. 0: none is, and what `handle` says is why. */
  admit(request: TenetRequest): number | Promise<number>;
  handle(request: TenetRequest): Reply | Promise<Reply>;
}

/** What the exchanges of one server share. */
export interface ExchangeContext {
  readonly log: Log;
  readonly logRequest: (fields: PlainFields) => void;
  readonly metrics: Metrics;
  /** URI in front of the slug of problem types. */
  readonly problemBase: string;
  /** Whether connections are to be closed with their answer. */
  readonly isStopping: () => boolean;
  readonly connections: Connections;
  readonly bodies: BodyRoom;
  readonly bodyTurns: BodyTurns;
  /** What answers say to pages of other origins; undefined where none may call. */
  readonly crossOrigin: CrossOrigin | undefined;
  readonly addressOf: ClientAddress;
}

/** Logged for requests whose caller hung up before they were complete; never sent. */
const abandoned = 499;

/** One request and its answer: reads it, has it handled, writes the answer, one log line and one observation. */
export class Exchange {
  readonly #context: ExchangeContext;
  readonly #message: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #route: Route;
  readonly #started = performance.now();
  readonly #request: IncomingRequest;
  /** Who is calling, as the room for bodies knows them. */
  #caller = '';
  /** Bytes of that room. */
  #held = 0;
  /** What the line says of a failure. */
  #failure: { readonly code?: string; readonly refusal?: string; readonly allowed?: boolean; readonly decisionId?: string } = none;

  constructor(context: ExchangeContext, message: IncomingMessage, response: ServerResponse, route: Route) {
    this.#context = context;
    this.#message = message;
    this.#response = response;
    this.#route = route;
    this.#request = toRequest(message, context.addressOf, response);
  }

  /** Admitted by its head, then read, then answered. */
  run(): void {
    const fault = headFault(this.#message);
    if (fault) {
      this.#fail(fault);
      return;
    }
    // A browser asks without a token, and before anything is looked up.
    const preflight = this.#context.crossOrigin?.preflight(this.#message);
    if (preflight) {
      this.#finish(preflight);
      return;
    }
    let limit: number | Promise<number>;
    try {
      limit = this.#route.admit(this.#request);
    } catch (error) {
      this.#fail(error);
      return;
    }
    if (limit instanceof Promise) {
      limit.then(
        (awaited) => this.#read(awaited),
        (error) => this.#fail(error),
      );
    } else this.#read(limit);
  }

  #read(limit: number): void {
    if (limit === 0) {
      this.#answer({});
      return;
    }
    // The caller hung up while it was found out who they are.
    if (this.#message.destroyed && !this.#message.complete) {
      this.#account(abandoned);
      return;
    }
    // Only now, as the one who waits for it is known (RFC 9110 section 10.1.1).
    if (this.#message.headers.expect !== undefined) this.#response.writeContinue();
    const { bodies: room } = this.#context;
    this.#caller = this.#request.logFields.subject ?? '';
    readBody(
      this.#message,
      { limit, room, caller: this.#caller },
      (body) => this.#answerInTurn(body),
      (error) => this.#fail(error),
    );
  }

  #answerInTurn(body: ReadBody): void {
    if (body.bytes && body.bytes.length > largeBody) this.#context.bodyTurns(this.#caller, () => this.#answer(body));
    else this.#answer(body);
  }

  #answer({ bytes, bodyError, held = 0 }: ReadBody): void {
    this.#held = held;
    if (bytes) this.#request.bytes = bytes;
    if (bodyError) this.#request.bodyError = bodyError;
    let reply: Reply | Promise<Reply>;
    try {
      reply = this.#route.handle(this.#request);
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
    // The caller hung up before the request was complete: no answer can be sent, and it is no fault of ours.
    if (this.#message.destroyed && !this.#message.complete) this.#account(abandoned);
    else this.#finish(this.#problemOf(error));
  }

  #problemOf(error: unknown): Reply {
    const { log, problemBase } = this.#context;
    const { requestId, clientRequestId } = this.#request;
    const reply = toProblem(error, { requestId: answeredId(this.#request), base: problemBase });
    this.#failure = { code: problemSlug(error), ...reasonOf(error) };
    if (reply.status >= 500) log.error({ requestId, clientRequestId, error }, 'request failed');
    return reply;
  }

  #finish(reply: Reply): void {
    if (this.#message.complete || !announcesBody(this.#message)) {
      this.#send(reply, this.#context.isStopping());
      return;
    }
    // What is left of a body that is not read is thrown away. It may have come with the head; if not, the connection ends here.
    this.#message.resume();
    setImmediate(() => {
      const isCut = !this.#message.complete;
      if (isCut && this.#response.socket) closeBehind(this.#response.socket);
      this.#send(reply, isCut || this.#context.isStopping());
    });
  }

  #send(reply: Reply, isLast: boolean): void {
    const { connections, crossOrigin } = this.#context;
    const sending = { isLast, connections, crossOrigin: crossOrigin?.headersFor(this.#message.headers.origin) };
    let sent = reply;
    try {
      write(this.#response, reply, this.#request, sending);
    } catch (error) {
      sent = this.#problemOf(error);
      write(this.#response, sent, this.#request, sending);
    }
    this.#account(sent.status);
  }

  #account(status: number): void {
    if (this.#held > 0) this.#context.bodies.free(this.#caller, this.#held);
    const { metrics, logRequest } = this.#context;
    const { requestId, clientRequestId, trace, method, logFields } = this.#request;
    const { operationId = 'none', subject, organizationId, decision } = logFields;
    const ms = performance.now() - this.#started;
    metrics.requests.observe(operationId, method, status, ms / 1_000);
    logRequest({
      requestId,
      clientRequestId,
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

/** The log says why a token does not hold, which the caller must not learn, and names the decision that the caller is answered with. */
function reasonOf(error: unknown): { refusal?: string; allowed?: boolean; decisionId?: string } {
  if (error instanceof Unauthenticated) return { refusal: error.reason };
  const decisionId = error instanceof PermissionDenied ? error.fields['decisionId'] : undefined;
  return typeof decisionId === 'string' ? { allowed: false, decisionId } : none;
}
