import { Agent, request } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { quantile, type ServerProcess } from '../harness.ts';

/** What another tenant and a probe feel for a while; milliseconds are the 99th percentile. */
export interface Felt {
  readonly read: number;
  /** Reads that were not answered with 200. */
  readonly refused: number;
  readonly livez: number;
  /** The most memory of the server, in MB. */
  readonly rss: number;
  /** By how much the observer itself was late. */
  readonly own: number;
}

const agents = { read: new Agent({ keepAlive: true }), probe: new Agent({ keepAlive: true }) };
/** A read and a probe begin so often, whether those before are answered or not: what is slow is asked no less. */
const every = 20;

/** A request of the other tenant: with a body it is a question. */
export interface Observed {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: object;
}

/** Reads as the other tenant and probes for so many milliseconds, and waits for the last answer. */
export async function observe(server: ServerProcess, read: Observed, milliseconds: number): Promise<Felt> {
  const reads: Promise<Answer>[] = [];
  const probes: Promise<Answer>[] = [];
  const late = monitorEventLoopDelay({ resolution: 1 });
  late.enable();
  let rss = 0;
  const began = performance.now();
  for (let turn = 0; turn * every < milliseconds; turn += 1) {
    await wait(Math.max(0, began + turn * every - performance.now()));
    reads.push(ask(server.url + read.path, agents.read, read));
    probes.push(ask(`${server.url}/livez`, agents.probe, { headers: {} }));
    if (turn % 10 === 0) rss = Math.max(rss, (await server.rss()) / 1_048_576);
  }
  const answers = await Promise.all(reads);
  const p99 = (of: readonly Answer[]) =>
    quantile(
      of.map(({ ms }) => ms),
      0.99,
    );
  const felt = { read: p99(answers), livez: p99(await Promise.all(probes)), own: late.percentile(99) / 1e6 - 1 };
  late.disable();
  return { ...felt, rss: Math.max(rss, (await server.rss()) / 1_048_576), refused: answers.filter(({ status }) => status !== 200).length };
}

interface Answer {
  readonly ms: number;
  /** 0 when there was none. */
  readonly status: number;
}

function ask(url: string, agent: Agent, { headers, body }: Omit<Observed, 'path'>): Promise<Answer> {
  const began = performance.now();
  return new Promise((resolve) => {
    const done = (status: number): void => resolve({ ms: performance.now() - began, status });
    const posted = body && { method: 'POST', headers: { ...headers, 'content-type': 'application/json' } };
    const sent = request(url, { agent, headers, ...posted }, (response) =>
      response
        .resume()
        .on('end', () => done(response.statusCode!))
        .on('error', () => done(0)),
    ).on('error', () => done(0));
    sent.end(body && JSON.stringify(body));
  });
}
