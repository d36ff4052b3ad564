import { createWriteStream, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import pg from 'pg';
import { documentOf } from '../core/access-plans/document.ts';
import { type AccessPlan, makePlan } from '../core/access-plans/plan.ts';
import type { PolicyContent, Row } from '../core/authorization/policy/content.ts';
import { readPolicies } from '../core/authorization/review/files.ts';
import { type Database, type Db, openDatabase } from '../core/database/database.ts';
import { migrate } from '../core/database/migrate.ts';
import { loadSnapshot } from '../core/policy-snapshots/loading.ts';
import { createPseudonyms } from '../core/policy-snapshots/pseudonyms.ts';
import { snapshotText } from '../core/policy-snapshots/writing.ts';
import { fillWithoutIndexes, withFilledDatabase } from './filled-database.ts';
import { smoke } from './harness.ts';

/**
 * The access plan over 1,000 organizations with 100 members and five projects each, for changes that touch few, many and all of them, beside one
 * full scan of the grants: CPU of node and of PostgreSQL, time, memory. `--large` makes 10,000 organizations with 800 members. `--snapshot` also writes
 * who holds what to a file, loads it elsewhere and plans there.
 */
const large = process.argv.includes('--large');
const organizations = smoke ? 20 : large ? 10_000 : 1_000;
const membersEach = large ? 800 : 100;
const users = smoke ? 1_000 : organizations * (large ? 400 : 50);

/** Where the filled database is, once it is. */
let filledUrl = '';

const kind = 'blueprint/integrations';
const changes: Record<string, (contents: readonly PolicyContent[]) => PolicyContent[]> = {
  'few: org.admin loses audit-event:export': (contents) =>
    edit(contents, kind, { add: ['integrations/org.admin org audit-event export deny'] }),
  'the commonest role: org.member is denied connection:list': (contents) =>
    edit(contents, kind, { add: ['integrations/org.member * connection list deny'] }),
  'everyone: member/self loses organization:read': (contents) =>
    edit(contents, 'platform', { drop: 'member/self org organization read allow' }),
  'a state: suspended denies audit-event:list': (contents) =>
    edit(contents, 'platform', { add: ['state/suspended org audit-event list deny'] }),
};

await withFilledDatabase(
  load,
  async (database, grants, seconds) => {
    console.log(`Node ${process.version}; ${grants.toLocaleString('en')} grants loaded in ${seconds} s`);
    const contents = await readPolicies('policies');
    const scan = await measured(database, (db) =>
      db.raw('select count(*) from grants g where g.revoked_at is null and (g.until is null or g.until > now())'),
    );
    const lines: Record<string, object> = { 'full scan of the grants': shown(scan) };
    for (const [name, change] of Object.entries(changes)) {
      const taken = await measured(database, (db) => makePlan(db, change(contents)));
      if (taken.result.verification.differences.length > 0)
        throw new Error(`${name}: ${JSON.stringify(taken.result.verification.differences[0])}`);
      lines[name] = { ...shown(taken), 'cpu to scan': ratio(taken, scan), ...sizeOf(taken.result) };
    }
    console.table(lines);
    if (process.argv.includes('--snapshot')) await benchSnapshot(database, (db) => makePlan(db, Object.values(changes)[0]!(contents)));
  },
  { shared_buffers: '1GB' },
);

/** Writes a snapshot, loads it into a database of its own on the same server, and plans there. */
async function benchSnapshot(database: Database, plan: (db: Db) => Promise<AccessPlan>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'tenet-bench-snapshot-'));
  const file = join(directory, 'access.snapshot.gz');
  try {
    const text = (db: Db) => Readable.from(snapshotText(db, createPseudonyms(Buffer.alloc(32, 1))));
    const written = await measured(database, (db) => pipeline(text(db), createGzip(), createWriteStream(file)));
    const client = new pg.Client({ connectionString: filledUrl });
    await client.connect();
    await client.query('create database loaded');
    await client.end();
    const url = new URL(filledUrl);
    url.pathname = '/loaded';
    await migrate(url.href);
    const began = performance.now();
    const { tables } = await loadSnapshot(url.href, file);
    const loading = (performance.now() - began) / 1000;
    const loaded = openDatabase(url.href, { size: 1, onError: console.error });
    const planned = await measured(loaded, plan);
    await loaded.close();
    const rows = tables.reduce((sum, each) => sum + each.rows, 0);
    console.log(`A snapshot of ${rows.toLocaleString('en')} rows is a file of ${(statSync(file).size / 1e6).toFixed(1)} MB`);
    console.table({ 'write it': shown(written), 'load it': { 'clock s': loading.toFixed(1) }, 'plan against it': shown(planned) });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Drops rows of a scope, or adds some. */
function edit(
  contents: readonly PolicyContent[],
  scope: string,
  { drop, add = [] }: { drop?: string; add?: readonly string[] },
): PolicyContent[] {
  return contents.map((content) => {
    if (content.scope !== scope) return content;
    const kept = content.rows.flatMap((row, index) => (row.join(' ') === drop ? [] : [{ row, source: content.sources[index]! }]));
    const added = add.map((text) => ({ row: text.split(' ') as unknown as Row, source: { file: 'bench.csv', line: 1 } }));
    const all = [...kept, ...added];
    if (drop !== undefined && kept.length === content.rows.length) throw new Error(`${scope} has no row ${drop}`);
    return { ...content, rows: all.map(({ row }) => row), sources: all.map(({ source }) => source) };
  });
}

interface Taken<T> {
  readonly result: T;
  readonly node: number;
  readonly database: number;
  readonly seconds: number;
  readonly rss: number;
}

/** Seconds of CPU and of the clock, and megabytes at the most. */
async function measured<T>(database: Database, work: (db: Db) => Promise<T>): Promise<Taken<T>> {
  return database.observe('platform', async (db) => {
    const [{ pid }] = (await db.raw('select pg_backend_pid() as pid')).rows as [{ pid: number }];
    let rss = 0;
    const watch = setInterval(() => {
      rss = Math.max(rss, process.memoryUsage.rss());
    }, 20);
    const before = { node: process.cpuUsage(), database: cpuOf(pid), at: performance.now() };
    const result = await work(db);
    const node = process.cpuUsage(before.node);
    clearInterval(watch);
    return {
      result,
      node: (node.user + node.system) / 1e6,
      database: cpuOf(pid) - before.database,
      seconds: (performance.now() - before.at) / 1000,
      rss: Math.max(rss, process.memoryUsage.rss()) / 1e6,
    };
  });
}

/** Seconds of CPU of a process, by Linux: its parallel workers are not in it. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function shown({ node, database, seconds, rss }: Taken<unknown>): object {
  return { 'node s': node.toFixed(2), 'PostgreSQL s': database.toFixed(2), 'clock s': seconds.toFixed(1), 'rss MB': Math.round(rss) };
}

function ratio(taken: Taken<unknown>, scan: Taken<unknown>): string {
  return ((taken.node + taken.database) / (scan.node + scan.database)).toFixed(1);
}

function sizeOf(plan: AccessPlan): object {
  const { summary, verification } = documentOf(plan);
  return { changed: summary.gains + summary.losses, decided: verification.decided };
}

/** Fills the tables with one statement each, without triggers, foreign keys and indexes. */
async function load(url: string): Promise<number> {
  filledUrl = url;
  const client = new pg.Client({ connectionString: url, options: '-c search_path=tenet -c session_replication_role=replica' });
  await client.connect();
  await fillWithoutIndexes(
    client,
    ['users', 'organizations', 'projects', 'members', 'grants'],
    `
    create temp table o as select n, uuidv7() as id from generate_series(0, ${organizations - 1}) n;
    create temp table u as select n, uuidv7() as id from generate_series(0, ${users - 1}) n;
    create unique index on u (n);
    insert into users (id, issuer, subject, state) select id, 'https://idp.example', 'user-' || n, case when n % 200 = 0 then 'SUSPENDED' else 'ACTIVE' end from u;
    insert into organizations (id, slug, name, blueprint, top_role, state)
      select id, 'org-' || n, 'Organization ' || n, 'integrations', 'org.admin', case when n % 50 = 0 then 'SUSPENDED' else 'ACTIVE' end from o;
    insert into projects (org_id, id, slug, name, state)
      select o.id, uuidv7(), 'p' || k, 'P', case when k = 5 then 'ARCHIVED' else 'ACTIVE' end from o cross join generate_series(1, 5) k;
    analyze o; analyze u;
    insert into members (org_id, user_id, state)
      select o.id, u.id, case when hashtext(u.id::text || o.n) % 50 = 0 then 'INACTIVE' else 'ACTIVE' end
      from o cross join generate_series(0, ${membersEach - 1}) k join u on u.n = (o.n * 37 + k) % ${users} order by o.id, u.id;
    insert into grants (org_id, id, user_id, role, source, granted_by)
      select org_id, uuidv7(), user_id, case abs(hashtext(user_id::text || org_id)) % 20 when 0 then 'org.admin' when 1 then 'org.manager' else 'org.member' end, 'DIRECT', 'bench' from members;
    insert into grants (org_id, id, project_id, user_id, role, source, granted_by)
      select m.org_id, uuidv7(), p.id, m.user_id, 'project.editor', 'DIRECT', 'bench'
      from members m join projects p on p.org_id = m.org_id where abs(hashtext(m.user_id::text || p.id)) % 20 = 0;
    insert into grants (org_id, id, project_id, subject_role, role, source, granted_by)
      select p.org_id, uuidv7(), p.id, 'org.manager', 'project.editor', 'DIRECT', 'bench' from projects p where p.slug = 'p1'`,
  );
  await client.query('vacuum (analyze) users, organizations, projects, members, grants, policy_heads, policy_revisions');
  const { rows } = await client.query<{ count: string }>('select count(*) from grants');
  await client.end();
  return Number(rows[0]!.count);
}
