import { type ChildProcess, fork } from 'node:child_process';
import { type EventEmitter, once } from 'node:events';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';

/** `--smoke` measures little and ends within seconds: it shows that a benchmark runs, and nothing else. */
export const smoke = process.argv.includes('--smoke');

/** A server in a process of its own, so that its CPU time is nobody else's. */
export interface ServerProcess {
  readonly url: string;
  /** CPU time that the process has used, in microseconds; its children, such as a database, are not in it. */
  cpu(): Promise<number>;
  /** Bytes of memory of the process (resident set). */
  rss(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts a module of bench/servers; its log lines are written, to nowhere. */
export async function startServer(name: string, environment: NodeJS.ProcessEnv = {}): Promise<ServerProcess> {
  const child = fork(fileURLToPath(new URL(`./servers/${name}.ts`, import.meta.url)), {
    execArgv: ['--import', 'tsx', ...(process.env['BENCH_NODE_OPTIONS']?.split(' ') ?? [])],
    env: { ...process.env, NODE_ENV: 'production', ...environment },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const { url } = await answer<{ url: string }>(child, name);
  return {
    url,
    async cpu() {
      child.send('cpu');
      return (await answer<{ cpu: number }>(child, name)).cpu;
    },
    async rss() {
      child.send('rss');
      return (await answer<{ rss: number }>(child, name)).rss;
    },
    async stop() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}

async function answer<T>(child: ChildProcess, name: string): Promise<T> {
  const ended = new AbortController();
  const onExit = (): void => ended.abort(new Error(`The server ${name} ended.`));
  child.once('exit', onExit);
  try {
    const [message] = await once(child, 'message', { signal: ended.signal });
    return message as T;
  } finally {
    child.off('exit', onExit);
  }
}

/** A request that is sent again and again to one server. */
export interface Load {
  readonly server: ServerProcess;
  readonly path: string;
  readonly method?: 'GET' | 'POST';
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

/** Medians over the rounds. */
export interface Measured {
  /** Microseconds of CPU per request in the server's process. */
  readonly cpu: number;
  readonly perSecond: number;
  /** Milliseconds from request to answer, at the load of the benchmark. */
  readonly p50: number;
  readonly p99: number;
}

const connections = 16;

/**
 * Sends the loads in turn, round by round, so that whatever else the machine does falls on all of them alike. The first round
 * warms up and does not count. Throws when a server answers anything but 2xx.
 */
export async function measure<K extends string>(
  loads: Record<K, Load>,
  { rounds = smoke ? 1 : 7, requests = smoke ? 300 : 10_000 } = {},
): Promise<Record<K, Measured>> {
  const names = Object.keys(loads) as K[];
  const samples = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<K, Measured[]>;
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of names) {
      const sample = await send(loads[name], requests);
      if (round > 0) samples[name].push(sample);
    }
  }
  const over = (name: K, pick: (sample: Measured) => number) => median(samples[name].map(pick));
  return Object.fromEntries(
    names.map((name) => [
      name,
      {
        cpu: over(name, ({ cpu }) => cpu),
        perSecond: over(name, ({ perSecond }) => perSecond),
        p50: over(name, ({ p50 }) => p50),
        p99: over(name, ({ p99 }) => p99),
      },
    ]),
  ) as Record<K, Measured>;
}

async function send({ server, path, method = 'GET', headers = {}, body }: Load, amount: number): Promise<Measured> {
  const cpuBefore = await server.cpu();
  const started = performance.now();
  let last = started;
  const sending = autocannon({
    url: server.url + path,
    method,
    headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    connections,
    amount,
  });
  // It ends on a full second; the last answer came earlier.
  (sending as unknown as EventEmitter).on('response', () => {
    last = performance.now();
  });
  const result = await sending;
  const cpu = (await server.cpu()) - cpuBefore;
  if (result['2xx'] < amount)
    throw new Error(`${method} ${path}: ${amount - result['2xx']} of ${amount} requests were not answered with 2xx.`);
  return { cpu: cpu / amount, perSecond: (amount * 1000) / (last - started), p50: result.latency.p50, p99: result.latency.p99 };
}

/** Prints one line for each load with its ratios to the baselines: of requests per second, and of CPU (baseline / this). */
export function print<K extends string>(measured: Record<K, Measured>, baselines: readonly K[]): void {
  const lines = Object.entries<Measured>(measured).map(([name, { cpu, perSecond, p50, p99 }]) => {
    const ratios = baselines.map((baseline) => {
      const base = measured[baseline];
      return [`ratio to ${baseline}`, `${(perSecond / base.perSecond).toFixed(2)} (cpu ${(base.cpu / cpu).toFixed(2)})`];
    });
    return [
      name,
      { 'requests/s': Math.round(perSecond), 'cpu us': Math.round(cpu), 'p50 ms': p50, 'p99 ms': p99, ...Object.fromEntries(ratios) },
    ];
  });
  console.table(Object.fromEntries(lines));
}

/** The middle of the values. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which this share of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
}
