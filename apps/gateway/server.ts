import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Counter } from 'prom-client';
import { createClientAddress } from '../../api/http/client-address.ts';
import { headFault } from '../../api/http/head.ts';
import { type IncomingRequest, toRequest } from '../../api/http/incoming.ts';
import type { Reply } from '../../api/http/message.ts';
import { problemSlug } from '../../api/http/problem.ts';
import { refuse, sendProblem } from '../../api/http/refusing.ts';
import type { Address } from '../../core/apps/driver.ts';
import { networksOf, plainAddress } from '../../core/base/addresses.ts';
import { NotFound, TenetError, Unauthenticated, Unavailable } from '../../core/base/errors.ts';
import { type Log, plainLine } from '../../core/base/log.ts';
import type { Enter, Entry } from './access.ts';
import { notSignedInReply, problemReply, send, sendToSocket, startingReply, wantsPage } from './answer.ts';
import type { Browsers } from './browsers.ts';
import { type Gone, watchGone } from './gone.ts';
import { framingFault, requestHeaders } from './headers.ts';
import type { Limits } from './limits.ts';
import type { Passages } from './passages.ts';
import { bodyTooLarge, NotReached, type Passage, type ProgramProxy } from './proxy.ts';
import { reaches } from './reach.ts';
import { type Target, targetOf } from './target.ts';
import { refuseAfterTrial, verdictOn, type Waiting } from './waiting.ts';

/** What the server of the gateway is made of. */
export interface GatewayServerOptions {
  readonly domain: string | undefined;
  readonly keyHeaders: readonly string[];
  readonly trustedProxies: readonly string[];
  readonly problemBase: string;
  readonly log: Log;
  readonly limits: Limits;
  readonly enter: Enter;
  readonly browsers: Browsers;
  readonly waiting: Waiting;
  readonly passages: Passages;
  readonly proxy: ProgramProxy;
  readonly accesses: Counter<'status'>;
}

/** An access on its way: what its head says, and when its client has gone. */
interface Access {
  readonly message: IncomingMessage;
  readonly request: IncomingRequest;
  readonly target: Target;
  readonly gone: Gone;
  readonly isUpgrade: boolean;
  /** Until when it may be held, of performance.now(). */
  readonly until: number;
}

/** An access that a program may have now. */
interface Admitted extends Entry {
  readonly address: Address;
}

/** How an access is let in: with what was just asked about it, and a look for its program where nothing may be sent in vain. */
interface Admission {
  readonly first?: Entry | undefined;
  readonly isThere?: typeof reaches;
}

/** Times that an access is let in anew: its instance may stop again while it comes. */
const maxEntries = 10;

/** The server: each request is authenticated, asked about, held until its instance runs, and passed on. It listens nowhere yet. */
export function createGatewayServer(options: GatewayServerOptions): Server {
  const { domain, keyHeaders, problemBase, limits, enter, browsers, waiting, passages, proxy, accesses } = options;
  const addressOf = createClientAddress(options.trustedProxies);
  const trusted = networksOf(options.trustedProxies);
  const logAccess = plainLine(options.log, 'access');
  const server = createServer({
    headersTimeout: 15_000,
    requestTimeout: limits.requestMs,
    connectionsCheckingInterval: 5_000,
    keepAliveTimeout: 65_000,
    maxHeaderSize: 16_384,
    requireHostHeader: false,
  });
  server.maxConnections = limits.open * 2;
  server.on('request', (message, response) => void serve(message, response));
  server.on('checkContinue', (message, response) => void serve(message, response));
  server.on('checkExpectation', (message, response) => void serve(message, response));
  server.on('upgrade', (message, socket, head) => void upgrade(message, socket as Socket, head));
  server.on('connect', (_message: IncomingMessage, socket: Socket) => {
    socket.on('error', () => socket.destroy());
    sendProblem(socket, 'method-not-allowed', problemBase);
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => refuse(error, socket, problemBase));
  return server;

  async function serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const began = performance.now();
    const request = toRequest(message, addressOf);
    const { requestId } = request;
    const isPage = wantsPage(message);
    let failure: unknown;
    response.once('close', () => account(request, response.headersSent ? response.statusCode : 499, began, failure));
    try {
      const access = readAccess(message, request, watchGone(response), false);
      if (browsers.isOwn(access.target)) return send(message, response, await browsers.answer(request, access.target), requestId);
      const first = isPage ? await enter(request, access.target.instance) : undefined;
      if (first && isStarting(first, access.gone)) send(message, response, startingReply(first.reachable.state), requestId);
      else await pass(access, response, first);
    } catch (error) {
      failure = error;
      if (!response.destroyed) send(message, response, failureReply(error, requestId, isPage), requestId);
    }
  }

  /** Where applications have hosts, a person without a sign-in gets a page that says how to open one. */
  function failureReply(error: unknown, requestId: string, isPage: boolean): Reply {
    if (isPage && domain !== undefined && error instanceof Unauthenticated) return notSignedInReply();
    return problemReply(error, { requestId, base: problemBase }, isPage);
  }

  /**
   * Passes a request on; again where its program stopped in between. Of a request with a body some has left by then, so the program is looked for
   * before, also where a connection to it is kept: one to a program that has just ended may not be closed yet. A person gets a page that waits with
   * them.
   */
  async function pass(access: Access, response: ServerResponse, first?: Entry): Promise<void> {
    const { 'content-length': length, 'transfer-encoding': encoding, expect } = access.message.headers;
    if (Number(length) > limits.bodyBytes) throw bodyTooLarge(limits.bodyBytes);
    const hasBody = length !== undefined || encoding !== undefined;
    if (!hasBody && expect === undefined) return passAgain(access, response, first);
    const admitted = await admit(access, { first, isThere: reaches });
    if (expect !== undefined) response.writeContinue();
    return passTo(access, response, admitted);
  }

  async function passAgain(access: Access, response: ServerResponse, first: Entry | undefined): Promise<void> {
    let entry = first;
    for (let left = maxEntries; left > 0; left--) {
      const admitted = await admit(access, { first: entry });
      if (await isPassed(access, response, admitted, left === 1)) return;
      if (first) return send(access.message, response, startingReply('RUNNING'), access.request.requestId);
      entry = undefined;
      await hold(access, admitted);
    }
  }

  /** Holds an access until its instance takes connections. */
  async function hold({ gone, until }: Access, entry: Entry): Promise<void> {
    await waiting.ready(entry, gone.signal(), until);
  }

  /** False where the program was not reached, unless that is the end of it. */
  async function isPassed(access: Access, response: ServerResponse, admitted: Admitted, isLast: boolean): Promise<boolean> {
    try {
      await passTo(access, response, admitted);
      return true;
    } catch (error) {
      if (error instanceof NotReached && !isLast) return false;
      throw error;
    }
  }

  async function passTo(access: Access, response: ServerResponse, admitted: Admitted): Promise<void> {
    const cut = (): void => {
      response.destroy();
      end();
    };
    // Who has gone meanwhile would never end it: nothing is awaited in between.
    access.gone.check();
    const end = passages.begin({ ...passageOf(access, admitted), kind: 'request', cut });
    try {
      await proxy.web(access.message, response, wayOf(access, admitted));
    } finally {
      end();
    }
  }

  async function upgrade(message: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
    const began = performance.now();
    const request = toRequest(message, addressOf);
    const { requestId } = request;
    socket.on('error', () => socket.destroy());
    const refuseWith = (error: unknown): void => {
      const reply = problemReply(error, { requestId, base: problemBase }, false);
      account(request, reply.status, began, error);
      if (socket.writable) sendToSocket(socket, reply, requestId);
    };
    try {
      if (message.method !== 'GET' || message.headers.upgrade?.toLowerCase() !== 'websocket') {
        throw new TenetError('bad-request', 'The only protocol to upgrade to is websocket.');
      }
      const access = readAccess(message, request, watchGone(socket), true);
      if (browsers.isOwn(access.target)) throw new NotFound();
      const admitted = await admit(access, { isThere: reaches });
      let upstream: Socket | undefined;
      const cut = (): void => {
        socket.destroy();
        upstream?.destroy();
        end();
      };
      access.gone.check();
      const end = passages.begin({ ...passageOf(access, admitted), kind: 'websocket', cut });
      socket.once('close', () => {
        end();
        upstream?.destroy();
      });
      proxy.upgrade(message, socket, head, wayOf(access, admitted), {
        opened(opened) {
          upstream = opened;
          opened.once('close', () => socket.destroy());
          if (socket.destroyed) opened.destroy();
          account(request, 101, began, undefined);
        },
        refuse: refuseWith,
      });
    } catch (error) {
      refuseWith(error);
    }
  }

  function readAccess(message: IncomingMessage, request: IncomingRequest, gone: Gone, isUpgrade: boolean): Access {
    const fault = headFault(message) ?? framingFault(message);
    if (fault) throw fault;
    const target = targetOf(message.url ?? '/', message.headers.host ?? '', domain);
    return { message, request, target, gone, isUpgrade, until: performance.now() + limits.heldMs };
  }

  /**
   * Lets it in when its instance runs, whose state and whose policy are asked, unless they just were, and again after it was held. With `isThere`
   * its program has to be found there too.
   */
  async function admit(access: Access, { first, isThere }: Admission): Promise<Admitted> {
    const { request, target } = access;
    for (let entries = 1; entries <= maxEntries; entries++) {
      const entry = (entries === 1 && first) || (await enter(request, target.instance));
      const address = verdictOn(entry.reachable);
      if (address && (isThere === undefined || (await isThere(address)))) return { ...entry, address };
      await hold(access, entry);
    }
    throw unsteady();
  }

  /** Whether a person has to wait: then the instance is asked for, and a page waits with them. */
  function isStarting(entry: Entry, gone: Gone): boolean {
    if (verdictOn(entry.reachable)) return false;
    waiting.ready(entry, gone.signal(), performance.now() + pageWakesMs).catch(() => undefined);
    return true;
  }

  function passageOf({ request, target }: Access, { instance, place, visitor }: Admitted) {
    const askAgain = async () => refuseAfterTrial((await enter({ ...request, logFields: {} }, target.instance)).reachable);
    return { instance, organizationId: place.organizationId, visitor, askAgain };
  }

  function wayOf({ message, request, target, isUpgrade }: Access, { address, caller }: Admitted): Passage {
    const protocol = protocolOf(message);
    const original = { headers: request.headers, httpVersion: message.httpVersion };
    return {
      address,
      path: target.path,
      headers: requestHeaders(original, { caller, keyHeaders, address: request.address, protocol, isUpgrade }),
    };
  }

  /** What a trusted proxy says of how it was reached; else how we were. */
  function protocolOf({ socket, headers }: IncomingMessage): 'http' | 'https' {
    if (headers['x-forwarded-proto'] !== 'https') return 'http';
    const peer = plainAddress(socket.remoteAddress);
    return peer !== undefined && trusted.has(peer) ? 'https' : 'http';
  }

  function account({ requestId, method, logFields }: IncomingRequest, status: number, began: number, failure: unknown): void {
    accesses.inc({ status: String(status) });
    logAccess({
      requestId,
      method,
      status,
      subject: logFields.subject,
      organizationId: logFields.organizationId,
      code: failure === undefined ? undefined : problemSlug(failure),
      refusal: failure instanceof Unauthenticated ? failure.reason : undefined,
      ms: Math.round(performance.now() - began),
    });
  }
}

function unsteady(): Unavailable {
  return new Unavailable('This application stops and starts again and again. Send the request later.');
}

/** For so long a page that waits asks for its instance by itself. */
const pageWakesMs = 5_000;
