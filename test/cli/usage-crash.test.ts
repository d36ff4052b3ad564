import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import { loadDevIssuer } from '../../api/authentication/dev-issuer.ts';
import { openDatabase } from '../../core/database/database.ts';
import { rollUpUsage } from '../../core/usage/rollups.ts';
import { startEmbeddedPostgres } from '../../embedded-postgres/embedded-postgres.ts';
import { readPostmaster } from '../../embedded-postgres/postmaster.ts';
import { createDatabase } from '../helpers/postgres.ts';
import { type Running, readyUrl, serverOn, spawnTenet } from '../helpers/tenet-process.ts';
import { differencesOf } from '../helpers/usage.ts';

/** All of them, and kills of PostgreSQL too, only where nothing bounds the time of the run. */
const isLong = process.env['TENET_TEST_ROUNDS'] === 'long' && !process.env['TENET_TEST_ROUND_SECONDS'];
const { batches, size, serverKills, postgresKills } = isLong
  ? { batches: 1_000, size: 1_000, serverKills: 6, postgresKills: 4 }
  : { batches: 50, size: 100, serverKills: 1, postgresKills: 0 };
const senders = 4;
const day = 86_400_000;

interface Event {
  readonly id: string;
  readonly at: string;
  readonly quantity: string;
  readonly resources: { readonly model: string };
}

describe('kill -9 while usage is reported', function () {
  this.timeout(3_600_000);
  const now = Date.now();
  let directory: string;
  let database: { url: string; kill(): void; end(): Promise<unknown> };
  let headers: Record<string, string>;
  let running: Running;
  let serving: Promise<string>;
  let organizationId: string;

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'tenet-usage-crash-'));
    database = isLong ? await embedded() : await shared();
    const token = await (await loadDevIssuer(directory)).sign({ subject: 'alice', email: 'alice@example.com', lifetimeSeconds: 36_000 });
    headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    start();
    const body = JSON.stringify({ name: 'Acme', blueprint: 'ai-spaces' });
    const made = await fetch(`${await serving}/v1/organizations`, { method: 'POST', headers, body });
    organizationId = ((await made.json()) as { id: string }).id;
  });

  after(async () => {
    running?.child.kill('SIGKILL');
    await running?.ended;
    await database?.end();
    rmSync(directory, { recursive: true, force: true });
  });

  async function shared() {
    const { url, drop } = await createDatabase();
    return { url, kill: () => undefined, end: drop };
  }

  /** One that is started again when it is killed. */
  async function embedded() {
    const postgres = await startEmbeddedPostgres({ dataDir: join(directory, 'postgres') });
    const kill = () => void process.kill(readPostmaster(postgres.dataDirectory)!.pid, 'SIGKILL');
    return { url: postgres.url, kill, end: () => postgres.stop() };
  }

  function start(): void {
    running = spawnTenet(['serve'], { ...serverOn(database.url, directory), TENET_LOG_LEVEL: 'silent' });
    serving = readyUrl(running);
  }

  async function killServer(): Promise<void> {
    running.child.kill('SIGKILL');
    await running.ended;
    start();
  }

  /** The events of a batch, the same ones each time. Those of one come from all over the last month. */
  const eventsOf = (batch: number): Event[] =>
    Array.from({ length: size }, (_, index) => {
      const number = batch * size + index;
      const at = new Date(now - ((number * 7_919) % 30) * day - ((number * 104_729) % 86_400) * 1_000).toISOString();
      return {
        id: `event-${number}`,
        at,
        quantity: `${number % 97}.${String(number % 1_000).padStart(3, '0')}`,
        resources: { model: `m${number % 3}` },
      };
    });

  /** Whether the batch is known to be counted. */
  async function isSent(batch: number): Promise<boolean> {
    const body = JSON.stringify({ events: eventsOf(batch).map((event) => ({ meter: 'tokens', ...event })) });
    const sent = fetch(`${await serving}/v1/organizations/${organizationId}/usage-events`, { method: 'POST', headers, body });
    const answer = await sent.catch(() => undefined);
    const text = await answer?.text().catch(() => undefined);
    if (answer === undefined || text === undefined || answer.status >= 500) return false;
    expect(answer.status, text).to.equal(200);
    const { accepted, duplicates } = JSON.parse(text) as { accepted: number; duplicates: number };
    expect([accepted, duplicates]).to.be.deep.oneOf([
      [size, 0],
      [0, size],
    ]);
    return true;
  }

  async function sumsFromApi(): Promise<Map<string, string>> {
    const end = Math.ceil((now + 1) / day) * day;
    const asked = { meter: 'tokens', groupBy: 'day,resource:model', pageSize: '200', to: new Date(end).toISOString() };
    const from = new Date(end - 35 * day).toISOString();
    const answer = await fetch(`${await serving}/v1/organizations/${organizationId}/usage?${new URLSearchParams({ ...asked, from })}`, {
      headers,
    });
    const { items } = (await answer.json()) as {
      items: { from: string; resources: { model: string }; quantity: string; events: number }[];
    };
    return new Map(
      items.map(({ from: at, resources, quantity, events }) => [`${at.slice(0, 10)} ${resources.model}`, `${quantity} in ${events}`]),
    );
  }

  /** The same, added up here. */
  function sumsOf(): Map<string, string> {
    const sums = new Map<string, { thousandths: bigint; events: number }>();
    for (let batch = 0; batch < batches; batch++) {
      for (const { at, quantity, resources } of eventsOf(batch)) {
        const key = `${at.slice(0, 10)} ${resources.model}`;
        const { thousandths, events } = sums.get(key) ?? { thousandths: 0n, events: 0 };
        sums.set(key, { thousandths: thousandths + BigInt(quantity.replace('.', '')), events: events + 1 });
      }
    }
    const decimal = (value: bigint) => `${value / 1_000n}.${String(value % 1_000n).padStart(3, '0')}`.replace(/\.?0+$/, '');
    return new Map([...sums].map(([key, { thousandths, events }]) => [key, `${decimal(thousandths)} in ${events}`]));
  }

  it('each event is counted once, and the sums are those of the events (soak)', async () => {
    const kills = new Map<number, () => unknown>();
    for (let kill = 1; kill <= serverKills; kill++) kills.set(Math.floor((kill * batches) / (serverKills + 1)), killServer);
    for (let kill = 1; kill <= postgresKills; kill++)
      kills.set(Math.floor(((kill - 0.4) * batches) / postgresKills), () => database.kill());
    let next = 0;
    let counted = 0;
    const send = async (): Promise<void> => {
      for (let batch = next++; batch < batches; batch = next++) {
        while (!(await isSent(batch))) await wait(50);
        counted += 1;
        await kills.get(counted)?.();
        // Every tenth is sent again, as by a client that has not seen the answer.
        if (batch % 10 === 0) while (!(await isSent(batch))) await wait(50);
      }
    };
    await Promise.all(Array.from({ length: senders }, send));
    expect(counted).to.equal(batches);
    expect(await sumsFromApi()).to.deep.equal(sumsOf());
    const opened = openDatabase(database.url, { size: 2, onError: () => undefined });
    try {
      await rollUpUsage(opened);
      expect(await differencesOf(database.url)).to.equal(0);
    } finally {
      await opened.close();
    }
    expect(await sumsFromApi()).to.deep.equal(sumsOf());
  });
});
