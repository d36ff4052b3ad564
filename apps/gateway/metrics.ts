import { Counter, Gauge, type Registry } from 'prom-client';

/** What the gateway counts. */
export interface GatewayMetrics {
  readonly accesses: Counter<'status'>;
}

/** Adds it to the registry of the server, which calls the functions at each scrape. */
export function createGatewayMetrics(
  registry: Registry,
  now: { held(): number; requests(): number; websockets(): number },
): GatewayMetrics {
  const registers = [registry];
  new Gauge({
    name: 'tenet_gateway_open',
    help: 'Requests and WebSockets that are with installed applications, and requests that are held while one starts.',
    labelNames: ['kind'],
    registers,
    collect() {
      this.set({ kind: 'held' }, now.held());
      this.set({ kind: 'request' }, now.requests());
      this.set({ kind: 'websocket' }, now.websockets());
    },
  });
  return {
    accesses: new Counter({
      name: 'tenet_gateway_accesses_total',
      help: 'Accesses to installed applications, by the status of the answer; 101 is a WebSocket.',
      labelNames: ['status'],
      registers,
    }),
  };
}
