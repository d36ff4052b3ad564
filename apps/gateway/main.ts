import type { Authenticate } from '../../api/authentication/identify.ts';
import { close } from '../../api/http/close.ts';
import { defaultProblemBase } from '../../api/http/problem.ts';
import { listen } from '../../api/listening.ts';
import { reachInstance, wakeInstance } from '../../core/apps/access.ts';
import type { InstancePlace } from '../../core/apps/instance-rows.ts';
import { touchInstances } from '../../core/apps/opening.ts';
import type { Decision } from '../../core/authorization/decisions/decide.ts';
import type { LivePolicies } from '../../core/authorization/store/live-policies.ts';
import type { Config } from '../../core/base/config.ts';
import { toId, toUuid } from '../../core/base/ids.ts';
import type { Log } from '../../core/base/log.ts';
import type { Metrics } from '../../core/base/metrics.ts';
import type { Database, Scope } from '../../core/database/database.ts';
import { startListener } from '../../core/database/listener.ts';
import { createAccess } from './access.ts';
import { gatewayLimits, type Limits } from './limits.ts';
import { createGatewayMetrics } from './metrics.ts';
import { createPassages } from './passages.ts';
import { createProxy } from './proxy.ts';
import { reaches } from './reach.ts';
import { createGatewayServer } from './server.ts';
import { createWaiting } from './waiting.ts';

/** What the gateway works with. */
export interface GatewayOptions {
  readonly host: string;
  readonly port: number;
  /** Instances are hosts below it; without it they are the first segment of the path. */
  readonly domain: string | undefined;
  readonly keyHeaders: readonly string[];
  readonly trustedProxies: readonly string[];
  readonly problemBase: string;
  readonly database: Database;
  readonly databaseUrl: string;
  readonly policies: LivePolicies;
  readonly authenticate: Authenticate;
  readonly onDecision: (decision: Decision, requestId: string) => void;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Other bounds than the usual ones. */
  readonly limits?: Partial<Limits>;
}

/** A gateway that takes requests. */
export interface Gateway {
  readonly url: string;
  /** Held requests are answered, running ones come to their end, WebSockets are closed. */
  stop(): Promise<void>;
}

/** What of a server the gateway shares. */
export type GatewayParts = Pick<GatewayOptions, 'database' | 'databaseUrl' | 'policies' | 'authenticate' | 'log' | 'metrics'> & {
  readonly onDecision: (decision: Decision, requestId: string, occasion: 'request') => void;
};

/** Starts the gateway as the configuration says. */
export function startConfiguredGateway(tenet: GatewayParts, config: Config, limits: GatewayOptions['limits'] = {}): Promise<Gateway> {
  const { database, databaseUrl, policies, authenticate, log, metrics } = tenet;
  return startGateway({
    ...{ database, databaseUrl, policies, authenticate, log, metrics, limits },
    onDecision: (decision, requestId) => tenet.onDecision(decision, requestId, 'request'),
    host: config.TENET_HOST,
    port: config.TENET_APPS_GATEWAY_PORT ?? 0,
    domain: config.TENET_APPS_DOMAIN,
    keyHeaders: config.TENET_API_KEY_HEADERS,
    trustedProxies: config.TENET_TRUSTED_PROXIES,
    problemBase: config.TENET_PUBLIC_URL ? `${config.TENET_PUBLIC_URL}/problems/` : defaultProblemBase,
  });
}

/** Starts the way in to installed applications. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { database, log } = options;
  const limits = { ...gatewayLimits, ...options.limits };
  const proxy = createProxy(limits);
  const waiting = createWaiting({
    look: (place) => database.read(scopeOf(place), (db) => reachInstance(db, place)),
    wake: (place) => database.write(scopeOf(place), (db) => wakeInstance(db, place)),
    reaches,
    limits,
    everyMs: 1_000,
  });
  const passages = createPassages({
    limits,
    touch: (instances) => database.write('platform', (db) => touchInstances(db, instances)),
    onError: (error) => log.warn({ error }, 'when applications were used could not be written'),
  });
  const listener = startListener({
    url: options.databaseUrl,
    channels: ['tenet_instance'],
    onNotification: (_channel, payload) => waiting.changed(toId('instance', payload.slice(payload.indexOf('/') + 1))),
    onGap: () => waiting.changed(),
    onError: (error) => log.warn({ error }, 'the listener of the gateway lost its connection'),
  });
  const metrics = createGatewayMetrics(options.metrics.registry, {
    held: waiting.held,
    requests: () => passages.count('request'),
    websockets: () => passages.count('websocket'),
  });
  const server = createGatewayServer({
    ...options,
    limits,
    ...createAccess(options),
    waiting,
    passages,
    proxy,
    accesses: metrics.accesses,
  });
  const stopParts = async (): Promise<void> => {
    waiting.stop();
    await Promise.all([listener.stop(), passages.stop()]);
    proxy.close();
  };
  try {
    const url = await listen(server, options.host, options.port, 'TENET_APPS_GATEWAY_PORT');
    return {
      url,
      async stop() {
        const closed = close(server);
        waiting.stop();
        passages.cutWebSockets();
        await closed;
        await stopParts();
      },
    };
  } catch (error) {
    await stopParts();
    throw error;
  }
}

function scopeOf({ organizationId }: InstancePlace): Scope {
  return { organization: toUuid('organization', organizationId) };
}
