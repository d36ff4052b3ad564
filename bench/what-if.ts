import pg from 'pg';
import { toId, toUuid } from '../core/base/ids.ts';
import { quantile, smoke } from './harness.ts';
import { type MeasuredTenet, startMeasuredTenet } from './tenet.ts';

/**
 * What one member's change costs with `validateOnly`, over HTTP and one request after the other, beside the same change really made: a role in the
 * organization and a role in one of its five projects, with 100 members and with 10,000. The goal is a p50 below 30 ms. `--smoke` measures less.
 */
const sizes = smoke ? [100] : [100, 10_000];
const samples = smoke ? 10 : 300;
const warmUp = smoke ? 2 : 30;

interface Filled {
  readonly organizationId: string;
  readonly projectId: string;
  readonly members: readonly string[];
}

const tenet = await startMeasuredTenet();
console.log(`Node ${process.version}; milliseconds`);
for (const size of sizes) {
  const filled = await fill(tenet, size);
  const lines = await measureIn(filled);
  console.log(`\n${size.toLocaleString('en')} members`);
  console.table(lines);
}
await tenet.stop();

async function measureIn({ organizationId, projectId, members }: Filled): Promise<Record<string, object>> {
  const organization = `/v1/organizations/${organizationId}`;
  const changes = {
    'a role in the organization': { path: `${organization}/grants`, role: 'org.manager' },
    'a role in a project': { path: `${organization}/projects/${projectId}/grants`, role: 'project.member' },
  };
  const lines: Record<string, object> = {};
  for (const [name, { path, role }] of Object.entries(changes)) {
    const times = { planned: [] as number[], done: [] as number[] };
    let gains = 0;
    for (const [index, id] of members.slice(0, samples + warmUp).entries()) {
      const body = { subject: { type: 'USER', id }, role };
      const planned = await timed(`${path}?validateOnly=true`, body);
      const done = await timed(path, body);
      gains = (planned.body as { access: { summary: { gains: number } } }).access.summary.gains;
      if (gains === 0) throw new Error(`${name}: the plan says that nothing changes.`);
      if (index < warmUp) continue;
      times.planned.push(planned.ms);
      times.done.push(done.ms);
    }
    const [p50, real] = [quantile(times.planned, 0.5), quantile(times.done, 0.5)];
    lines[name] = {
      ...{ 'p50 validateOnly': p50.toFixed(1), 'p99 validateOnly': quantile(times.planned, 0.99).toFixed(1) },
      ...{ 'p50 done': real.toFixed(1), 'p99 done': quantile(times.done, 0.99).toFixed(1), ratio: (p50 / real).toFixed(2), gains },
    };
  }
  return lines;
}

async function timed(path: string, body: object): Promise<{ ms: number; body: unknown }> {
  const started = performance.now();
  const reply = await fetch(tenet.server.url + path, {
    method: 'POST',
    headers: { ...tenet.owner.headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer: unknown = await reply.json();
  const ms = performance.now() - started;
  if (!reply.ok) throw new Error(`${path}: ${reply.status} ${JSON.stringify(answer)}`);
  return { ms, body: answer };
}

/** An organization of the owner with so many further members, each with a role in it, and with five projects. */
async function fill({ environment, owner, server }: MeasuredTenet, size: number): Promise<Filled> {
  const send = async (path: string, body: object): Promise<{ id: string }> => {
    const headers = { ...owner.headers, 'content-type': 'application/json' };
    return (await fetch(server.url + path, { method: 'POST', headers, body: JSON.stringify(body) })).json() as Promise<{ id: string }>;
  };
  const { id: organizationId } = await send('/v1/organizations', { name: `With ${size}` });
  const projects = [];
  for (let n = 0; n < 5; n++)
    projects.push(await send(`/v1/organizations/${organizationId}/projects`, { name: `Project ${n}`, slug: `p${n}` }));
  const client = new pg.Client({
    connectionString: environment['DATABASE_URL'],
    options: '-c search_path=tenet -c session_replication_role=replica',
  });
  await client.connect();
  const org = toUuid('organization', organizationId);
  const { rows } = await client.query<{ id: string }>(
    `with people as (
       insert into users (id, issuer, subject) select uuidv7(), 'https://idp.example', '${size}-' || n from generate_series(1, ${size}) n returning id
     ), joined as (
       insert into members (org_id, user_id) select $1, id from people returning user_id
     )
     insert into grants (org_id, id, user_id, role, source, granted_by) select $1, uuidv7(), user_id, 'org.member', 'DIRECT', 'bench' from joined returning user_id as id`,
    [org],
  );
  await client.query('vacuum (analyze) users, members, grants');
  await client.end();
  return { organizationId, projectId: projects[0]!.id, members: rows.map(({ id }) => toId('user', id)) };
}
