import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { toUuid } from '../core/base/ids.ts';
import { openDatabase } from '../core/database/database.ts';
import { rollUpUsage } from '../core/usage/rollups.ts';
import { median, smoke } from './harness.ts';
import { startMeasuredTenet } from './tenet.ts';

/**
 * How fast usage is counted: events per second through the API, in batches of 1,000 from four senders, beside the same rows in a bare INSERT of 1,000 by
 * four connections into a table with the same key, in turns; what that costs the process of the server; and whether a batch costs more the more events there
 * are. And how fast a month of an organization with 1,000 projects is queried, once what was reported is added up. `--smoke` measures less.
 */
const tenet = await startMeasuredTenet();
const rounds = smoke ? 1 : 5;
const batches = smoke ? 8 : 60;
const size = 1_000;
const senders = 4;
const day = 86_400_000;
const headers = { ...tenet.owner.headers, 'content-type': 'application/json' };

const made = await fetch(`${tenet.server.url}/v1/organizations`, {
  method: 'POST',
  headers,
  body: JSON.stringify({ name: 'Spaces', blueprint: 'ai-spaces' }),
});
const { id: organizationId } = (await made.json()) as { id: string };
const org = toUuid('organization', organizationId);
const clients = await Promise.all(
  Array.from({ length: senders }, async () => {
    const client = new pg.Client({
      connectionString: tenet.environment['DATABASE_URL'],
      options: '-c tenet.scope=platform -c search_path=tenet',
    });
    await client.connect();
    return client;
  }),
);
const [client] = clients as [pg.Client];
await client.query(`create table bare_usage (org_id uuid, id text, meter text, at timestamptz, quantity numeric, cost numeric, resources jsonb,
  primary key (org_id, id))`);

interface Event {
  readonly id: string;
  readonly meter: string;
  readonly at: string;
  readonly quantity: string;
  readonly cost: string;
  readonly resources: { readonly model: string };
}

let number = 0;
const newBatch = (): Event[] =>
  Array.from({ length: size }, () => {
    number += 1;
    const at = new Date(Date.now() - ((number * 7_919) % 30) * day).toISOString();
    return {
      id: `event-${number}`,
      meter: 'tokens',
      at,
      quantity: `${number % 4_000}`,
      cost: '0.0025',
      resources: { model: `m${number % 20}` },
    };
  });

async function report(events: readonly Event[]): Promise<void> {
  const answer = await fetch(`${tenet.server.url}/v1/organizations/${organizationId}/usage-events`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ events }),
  });
  const { accepted } = (await answer.json()) as { accepted: number };
  if (accepted !== events.length) throw new Error(`${answer.status}: ${accepted} of ${events.length} were counted`);
}

async function insert(events: readonly Event[], by: pg.Client): Promise<void> {
  await by.query(
    `insert into bare_usage select $1, * from unnest($2::text[], $3::text[], $4::timestamptz[], $5::numeric[], $6::numeric[], $7::jsonb[])
     on conflict do nothing`,
    [
      org,
      events.map(({ id }) => id),
      events.map(({ meter }) => meter),
      events.map(({ at }) => at),
      events.map(({ quantity }) => quantity),
      events.map(({ cost }) => cost),
      events.map(({ resources }) => JSON.stringify(resources)),
    ],
  );
}

/** Events per second. */
async function rateOf(work: (events: readonly Event[], sender: number) => Promise<void>): Promise<number> {
  const waiting = Array.from({ length: batches }, newBatch);
  const began = performance.now();
  await Promise.all(
    Array.from({ length: senders }, async (_, sender) => {
      for (let batch = waiting.pop(); batch; batch = waiting.pop()) await work(batch, sender);
    }),
  );
  return (batches * size * 1_000) / (performance.now() - began);
}

const rates = { api: [] as number[], bare: [] as number[] };
const cpu: number[] = [];
for (let round = 0; round <= rounds; round++) {
  const bare = await rateOf((events, sender) => insert(events, clients[sender]!));
  const before = await tenet.server.cpu();
  const api = await rateOf((events) => report(events));
  const used = ((await tenet.server.cpu()) - before) / (batches * size);
  if (round === 0) continue;
  rates.bare.push(bare);
  rates.api.push(api);
  cpu.push(used);
}
const [api, bare] = [median(rates.api), median(rates.bare)];
console.log(`Node ${process.version}`);
console.log(`ingest: ${Math.round(api)} events/s through the API, ${Math.round(bare)} by bare INSERT: ${(api / bare).toFixed(2)} of it`);
console.log(`CPU of the server: ${median(cpu).toFixed(1)} us for each event`);
console.log(`events/s in each round: ${rates.api.map(Math.round).join(', ')}`);

// The jobs of the server may be at it, which leave nothing to add up here.
const waitingSql =
  'select h.batch > coalesce(r.batch, 0) as waits from usage_heads h left join usage_rollups r using (org_id) where h.org_id = $1';
const isWaiting = async () => (await client.query<{ waits: boolean }>(waitingSql, [org])).rows[0]!.waits;
const database = openDatabase(tenet.environment['DATABASE_URL']!, { size: 1, onError: () => undefined });
const began = performance.now();
for (; await isWaiting(); await wait(50)) await rollUpUsage(database, { organizationId });
await database.close();
console.log(`added up ${((performance.now() - began) / 1_000).toFixed(1)} s behind the last event`);

const projects = smoke ? 100 : 1_000;
await client.query(
  `insert into usage_days (org_id, meter, day, cell, project_id, resources, quantity, cost, events, last_at)
   select $1, 'api-calls', d::date, usage_cell(p.id, null, null, r), p.id, r, 10, 0.1, 3, d
   from (select gen_random_uuid() as id from generate_series(1, $2::int)) p,
     generate_series(date_trunc('day', now()) - interval '30 days', date_trunc('day', now()), interval '1 day') d,
     (select jsonb_build_object('model', 'm' || m) as r from generate_series(1, 3) m) models`,
  [org, projects],
);
for (const [dimension, value] of [
  ["''", "''"],
  ["'project'", 'project_id::text'],
  ["'resource:model'", "resources ->> 'model'"],
])
  await client.query(
    `insert into usage_dimension_days (org_id, meter, dimension, day, value, quantity, cost, events, last_at)
     select org_id, meter, ${dimension}, day, ${value}, sum(quantity), sum(cost), sum(events), max(last_at)
     from usage_days where meter = 'api-calls' group by 1, 2, 3, 4, 5`,
  );
await client.query('analyze usage_days, usage_dimension_days');
const to = new Date(Math.ceil(Date.now() / day) * day);
const period = { meter: 'api-calls', from: new Date(to.getTime() - 31 * day).toISOString(), to: to.toISOString(), pageSize: '200' };
for (const groupBy of ['', 'day', 'project', 'resource:model', 'day,project', 'project,resource:model']) {
  const times: number[] = [];
  for (let count = 0; count < (smoke ? 3 : 40); count++) {
    const began = performance.now();
    const asked = new URLSearchParams({ ...period, ...(groupBy && { groupBy }) });
    const answer = await fetch(`${tenet.server.url}/v1/organizations/${organizationId}/usage?${asked}`, { headers: tenet.owner.headers });
    if (!answer.ok) throw new Error(await answer.text());
    await answer.arrayBuffer();
    times.push(performance.now() - began);
  }
  console.log(`a month of ${projects} projects, by ${groupBy || 'nothing'}: ${median(times).toFixed(1)} ms (p50)`);
}

await Promise.all(clients.map((each) => each.end()));
await tenet.stop();
