import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import express, { type Request, type Response } from 'express';
import { type Log, plainLine } from '../../core/base/log.ts';
import type { Metrics } from '../../core/base/metrics.ts';
import { BodyRoom, bodyLimits } from './body.ts';
import { createBodyTurns } from './body-turns.ts';
import { createClientAddress } from './client-address.ts';
import { Connections, connectionLimits } from './connections.ts';
import { createCrossOrigin } from './cross-origin.ts';
import { Exchange, type ExchangeContext, type Route } from './exchange.ts';
import { refuse, sendProblem } from './refusing.ts';

export interface ServerOptions {
  /** What answers a request of the contract. */
  readonly route: Route;
  readonly log: Log;
  readonly metrics: Metrics;
  /** URI in front of the slug of problem types. */
  readonly problemBase: string;
  /** The routes that go ahead of Express because every microsecond counts there, by path. */
  readonly fastRoutes: { get(url: string): Route | undefined };
  /** How many connections are open at one time. */
  readonly connections: number;
  /** Origins whose pages may call. */
  readonly corsOrigins: readonly string[];
  /** Headers that they may send besides those of the contract. */
  readonly corsHeaders?: readonly string[];
  /** Networks of proxies whose X-Forwarded-For counts. */
  readonly trustedProxies?: readonly string[];
}

/** The HTTP server: every request that Express or the fast route gets is an exchange. It listens nowhere yet. */
export function createHttpServer(options: ServerOptions): Server {
  const { route, log, metrics, problemBase, fastRoutes } = options;
  const isStopping = (): boolean => !server.listening;
  const connections = new Connections({ ...connectionLimits, connections: options.connections });
  const bodies = new BodyRoom(bodyLimits);
  const logRequest = plainLine(log, 'request');
  const crossOrigin = createCrossOrigin(options.corsOrigins, options.corsHeaders);
  const addressOf = createClientAddress(options.trustedProxies ?? []);
  const context: ExchangeContext = {
    ...{ log, logRequest, metrics, problemBase, isStopping, connections, bodies, crossOrigin, addressOf },
    bodyTurns: createBodyTurns(),
  };
  const admit = (message: IncomingMessage, response: ServerResponse): void => new Exchange(context, message, response, route).run();

  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', false);
  app.use(admit);

  const server = createServer(
    {
      headersTimeout: 15_000,
      requestTimeout: 30_000,
      connectionsCheckingInterval: 5_000,
      keepAliveTimeout: 65_000,
      maxHeaderSize: 16_384,
      // Node would answer with nothing but a status; an exchange says why.
      requireHostHeader: false,
    },
    serve,
  );
  // Without a listener Node asks for the body itself, before anything is known of who sends it.
  server.on('checkContinue', serve);
  // Without these two Node answers an unknown Expect with an empty 417, and CONNECT not at all.
  server.on('checkExpectation', serve);
  server.on('connect', (_message: IncomingMessage, socket: Socket) => {
    // Node listens to this socket no more: without a listener a reset would end the process.
    socket.on('error', () => socket.destroy());
    sendProblem(socket, 'method-not-allowed', problemBase);
  });
  connections.watch(server);
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => refuse(error, socket, problemBase));
  return server;

  function serve(message: IncomingMessage, response: ServerResponse): void {
    connections.admit(message, response, () => begin(message, response));
  }

  function begin(message: IncomingMessage, response: ServerResponse): void {
    const fast = message.method === 'POST' ? fastRoutes.get(message.url ?? '') : undefined;
    if (fast) new Exchange(context, message, response, fast).run();
    // Express leaves to this what its router cannot read, such as the target http://[.
    else app(message as Request, response as Response, () => admit(message, response));
  }
}
