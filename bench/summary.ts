import pg from 'pg';
import { toUuid } from '../core/base/ids.ts';
import { quantile, smoke } from './harness.ts';
import { startMeasuredTenet } from './tenet.ts';

/**
 * What the numbers of a dashboard cost in an organization with 1,000 members, 200 projects, two months of usage by project and a plan with limits, one
 * request after the other, beside GET of the organization. `--smoke` measures less.
 */
const [members, projects, samples] = smoke ? [100, 20, 10] : [1_000, 200, 300];
const tenet = await startMeasuredTenet();
const made = await fetch(`${tenet.server.url}/v1/organizations`, {
  method: 'POST',
  headers: { ...tenet.owner.headers, 'content-type': 'application/json' },
  body: JSON.stringify({ name: 'Spaces', blueprint: 'ai-spaces' }),
});
const { id } = (await made.json()) as { id: string };
await fill(toUuid('organization', id));

const path = `${tenet.server.url}/v1/organizations/${id}`;
const first = await fetch(`${path}/summary`, { headers: tenet.owner.headers });
const text = await first.text();
const shown = JSON.parse(text) as { members: { active: number }; usage: unknown[]; limits: unknown[] };
if (shown.members.active !== members + 1 || shown.usage.length === 0 || shown.limits.length !== 5) throw new Error(text);
const known = { ...tenet.owner.headers, 'if-none-match': first.headers.get('etag')! };
const loads = [
  { name: 'GET of the organization', url: path, headers: tenet.owner.headers, status: 200 },
  { name: 'summary', url: `${path}/summary`, headers: tenet.owner.headers, status: 200 },
  { name: 'summary that has not changed', url: `${path}/summary`, headers: known, status: 304 },
];
const times = loads.map((): number[] => []);
// In turns, so that whatever else the machine does falls on all alike.
for (let count = -20; count < samples; count++)
  for (const [index, { url, headers, status }] of loads.entries()) {
    const began = performance.now();
    const answer = await fetch(url, { headers });
    await answer.arrayBuffer();
    if (answer.status !== status) throw new Error(`${url} answered ${answer.status}.`);
    if (count >= 0) times[index]!.push(performance.now() - began);
  }
console.log(`Node ${process.version}; ${members.toLocaleString('en')} members, ${text.length} bytes; milliseconds`);
const baseline = quantile(times[0]!, 0.5);
for (const [index, { name }] of loads.entries()) {
  const p50 = quantile(times[index]!, 0.5);
  console.log(`${name}: p50 ${p50.toFixed(1)}, p99 ${quantile(times[index]!, 0.99).toFixed(1)}, ratio ${(p50 / baseline).toFixed(2)}`);
}
await tenet.stop();

async function fill(org: string): Promise<void> {
  const client = new pg.Client({
    connectionString: tenet.environment['DATABASE_URL'],
    options: '-c tenet.scope=platform -c search_path=tenet',
  });
  await client.connect();
  await client.query(
    `with people as (insert into users (id, issuer, subject, email)
       select gen_random_uuid(), 'https://idp.example.com', 's' || n, 'm' || n || '@example.com' from generate_series(1, $2::int) n returning id)
     insert into members (org_id, user_id) select $1, id from people`,
    [org, members],
  );
  await client.query(
    `insert into usage_dimension_days (org_id, meter, dimension, day, value, quantity, cost, events, last_at)
     select $1, m, o.dimension, d::date, o.value, 10, 0.1, 3, d
     from unnest(array['api-calls', 'tokens']) m, generate_series(now() - interval '61 days', now(), interval '1 day') d,
       (select '' as dimension, '' as value union all select 'project', gen_random_uuid()::text from generate_series(1, ${projects})) o`,
    [org],
  );
  await client.query(
    `insert into usage_hours (org_id, meter, hour, cell, project_id, resources, quantity, cost, events, last_at)
     select $1, m, h, usage_cell(p, null, null, '{}'), p, '{}', 0.5, 0.005, 1, h
     from unnest(array['api-calls', 'tokens']) m,
       generate_series(date_trunc('hour', now() - interval '61 days'), now(), interval '1 hour') h,
       (select gen_random_uuid() as p from generate_series(1, ${projects})) o`,
    [org],
  );
  await client.query(
    `insert into limit_overrides (org_id, name, hard, set_by)
     select $1, name, 1000, 'bench' from unnest(array['members', 'projects', 'api-keys', 'meter.tokens', 'meter.api-calls']) name`,
    [org],
  );
  await client.query('analyze');
  await client.end();
}
