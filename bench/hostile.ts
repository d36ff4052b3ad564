import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { quantile, smoke } from './harness.ts';
import { type Caller, type MeasuredTenet, startMeasuredTenet } from './tenet.ts';

/**
 * What clients with bad intentions do, one attack after the other, while another tenant reads its organization and a probe asks for
 * /livez: how long these take before, during and after, and how much memory the process has. It ends with 1 when an attack is felt
 * too much; with `--smoke` it attacks for a moment and judges nothing.
 */
const attackFor = smoke ? 500 : 8_000;
const restFor = smoke ? 300 : 3_000;
const bounds = { timesQuiet: 10, rss: 512, livez: 100 };

/** Something that goes on until the signal. */
type Attack = (tenet: MeasuredTenet, until: AbortSignal) => Promise<void>;

interface Felt {
  readonly p99: number;
  readonly refused: number;
  readonly livez: number;
  readonly rss: number;
}

const json = { 'content-type': 'application/json' };
const tenet = await startMeasuredTenet();
const quiet = await tenet.caller('quiet');
const quietPath = `/v1/organizations/${await found(quiet, 'Quiet')}`;

const attacks: Record<string, Attack> = {
  'pipelined answers that are not read': (_tenet, until) => {
    const requests = 'GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(1_500);
    return hold(until, 6, (socket) => void socket.pause().write(requests));
  },
  'slow bodies without a token': (_tenet, until) => {
    const head = 'POST /v1/organizations HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n';
    return hold(until, smoke ? 20 : 300, (socket) => {
      socket.write(head + ' '.repeat(900_000));
    });
  },
  'sockets that are held': (_tenet, until) => hold(until, smoke ? 20 : 800, (socket) => void socket.write('GET /livez HTTP/1.1\r\nHo')),
  'one organization is flooded with invitations': (each, until) =>
    repeat(until, 40, async (lane, round) => {
      const emails = Array.from({ length: 100 }, (_, index) => `p${lane}-${round}-${index}@example.com`);
      await send(each.owner, `/v1/organizations/${each.organizationId}/invitations`, { emails, role: 'org.member' });
    }),
  'mails to one address': (each, until) =>
    repeat(until, 10, (_lane, round) =>
      send(each.owner, `/v1/organizations/${each.organizationId}/invitations`, {
        emails: [`target-${round % 3}@example.com`],
        role: 'org.member',
      }),
    ),
  'attempts that are denied': (each, until) =>
    repeat(until, 20, () => send(each.member, `/v1/organizations/${each.organizationId}`, { name: 'Mine' }, 'PATCH')),
};

console.log(`Node ${process.version}`);
await observe(restFor); // Warms up.
const rows: Record<string, Record<string, number | string>> = {};
for (const [name, attack] of Object.entries(attacks)) {
  const before = await observe(restFor);
  const end = new AbortController();
  const attacking = attack(tenet, end.signal);
  const during = await observe(attackFor);
  end.abort();
  await attacking;
  const after = await observe(restFor);
  rows[name] = report(before, during, after);
}
console.table(rows);
await tenet.stop();

function report(before: Felt, during: Felt, after: Felt): Record<string, number | string> {
  const rss = Math.max(during.rss, after.rss);
  const holds = during.p99 < bounds.timesQuiet * before.p99 && during.refused === 0 && rss < bounds.rss && during.livez < bounds.livez;
  if (!holds && !smoke) process.exitCode = 1;
  return {
    'quiet p99 ms': round(before.p99),
    'during p99 ms': round(during.p99),
    'after p99 ms': round(after.p99),
    'not 200': during.refused,
    'livez p99 ms': round(during.livez),
    'RSS MB': Math.round(rss),
    holds: holds ? 'yes' : 'NO',
  };
}

/** What another tenant and the probe feel for so many milliseconds. */
async function observe(milliseconds: number): Promise<Felt> {
  const end = performance.now() + milliseconds;
  const reads: number[] = [];
  const probes: number[] = [];
  let refused = 0;
  let rss = 0;
  while (performance.now() < end) {
    const read = await timed(quietPath, quiet.headers);
    reads.push(read.ms);
    if (read.status !== 200) refused += 1;
    probes.push((await timed('/livez', {})).ms);
    rss = Math.max(rss, (await tenet.server.rss()) / 1_048_576);
    await wait(10);
  }
  return { p99: quantile(reads, 0.99), refused, livez: quantile(probes, 0.99), rss };
}

async function timed(path: string, headers: Record<string, string>): Promise<{ ms: number; status: number }> {
  const began = performance.now();
  const response = await fetch(tenet.server.url + path, { headers });
  await response.arrayBuffer();
  return { ms: performance.now() - began, status: response.status };
}

/** Keeps so many connections open, a new one for each that is closed. */
async function hold(until: AbortSignal, count: number, begin: (socket: Socket) => void): Promise<void> {
  const { hostname, port } = new URL(tenet.server.url);
  const sockets = new Set<Socket>();
  const open = (): void => {
    if (until.aborted) return;
    const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
    sockets.add(socket);
    socket.on('connect', () => begin(socket)).on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      setTimeout(open, 100);
    });
  };
  for (let index = 0; index < count; index += 1) open();
  await new Promise((resolve) => until.addEventListener('abort', resolve, { once: true }));
  for (const socket of sockets) socket.destroy();
}

/** Sends in so many lanes, each as fast as it is answered. */
async function repeat(until: AbortSignal, lanes: number, request: (lane: number, round: number) => Promise<void>): Promise<void> {
  await Promise.all(
    Array.from({ length: lanes }, async (_, lane) => {
      for (let turn = 0; !until.aborted; turn += 1) await request(lane, turn);
    }),
  );
}

async function send(caller: Caller, path: string, body: unknown, method = 'POST'): Promise<void> {
  const response = await fetch(tenet.server.url + path, { method, headers: { ...caller.headers, ...json }, body: JSON.stringify(body) });
  await response.arrayBuffer();
}

async function found(caller: Caller, name: string): Promise<string> {
  const headers = { ...caller.headers, ...json };
  const response = await fetch(`${tenet.server.url}/v1/organizations`, { method: 'POST', headers, body: JSON.stringify({ name }) });
  return ((await response.json()) as { id: string }).id;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
