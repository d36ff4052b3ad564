import pg from 'pg';
import { takeSnapshot } from '../core/authorization/decisions/snapshot.ts';
import { domainOf } from '../core/authorization/policy/domain.ts';
import { toId } from '../core/base/ids.ts';
import { type Db, prepared } from '../core/database/database.ts';
import { withFilledDatabase } from './filled-database.ts';
import { quantile, smoke } from './harness.ts';

/**
 * The one query that every decision reads from, on 10,000 organizations with 100 members and a grant for each (a million; ten
 * million with `--large`), against `select 1` and a SELECT by primary key on the same connection. Ends with exit code 1 when
 * the plan scans a table. `--smoke` measures little on 10,000 grants.
 */
const organizations = smoke ? 100 : 10_000;
const membersEach = process.argv.includes('--large') ? 1_000 : 100;
const users = membersEach * (smoke ? 10 : 200);

await withFilledDatabase(load, async (database, places, seconds) => {
  const grants = (organizations * membersEach).toLocaleString('en');
  console.log(`Node ${process.version}; ${grants} grants loaded in ${seconds} s; milliseconds`);
  await database.read('platform', async (db) => {
    console.table(await measure(db, places));
    const nodes = await explain(db, places);
    console.log(`Plan: ${nodes.join(', ')}`);
    // A table of one page is read whole, and rightly so.
    if (!smoke && nodes.some((node) => node.startsWith('Seq Scan'))) process.exitCode = 1;
  });
});

interface Membership {
  readonly organization: string;
  readonly user: string;
}

/** Fills the tables with one statement each, without triggers and foreign keys, and returns some memberships to ask about. */
async function load(url: string): Promise<Membership[]> {
  const client = new pg.Client({ connectionString: url, options: '-c search_path=tenet -c session_replication_role=replica' });
  await client.connect();
  await client.query(`
    create temp table o as select n, uuidv7() as id from generate_series(0, ${organizations - 1}) n;
    create temp table u as select n, uuidv7() as id from generate_series(0, ${users - 1}) n;
    create unique index on u (n);
    insert into users (id, issuer, subject, email) select id, 'https://idp.example', 'user-' || n, 'user-' || n || '@example.com' from u;
    insert into organizations (id, slug, name, blueprint, top_role)
      select id, 'org-' || n, 'Organization ' || n, 'integrations', 'org.owner' from o;
    insert into projects (org_id, id, slug, name) select o.id, uuidv7(), 'main', 'Main' from o;
    analyze o; analyze u;
    insert into members (org_id, user_id)
      select o.id, u.id from o cross join generate_series(0, ${membersEach - 1}) k join u on u.n = (o.n * 37 + k) % ${users};
    insert into grants (org_id, id, project_id, user_id, role, source, granted_by)
      select m.org_id, uuidv7(), case when hashtext(m.user_id::text) % 10 = 0 then p.id end, m.user_id,
        case when hashtext(m.user_id::text) % 10 = 0 then 'project.editor' else 'org.member' end, 'DIRECT', 'bench'
      from members m join projects p on p.org_id = m.org_id`);
  await customRoles(client);
  await client.query('vacuum (analyze) users, organizations, projects, members, grants, policy_heads, policy_revisions');
  const { rows } = await client.query<Membership>(
    'select org_id as organization, user_id as user from members order by random() limit 5000',
  );
  await client.end();
  return rows;
}

/** A fifth of the organizations has roles of its own, so that the table of heads is no small one either. */
async function customRoles(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ id: string }>(`select id from o where n % 5 = 0`);
  const scopes = rows.map(({ id }) => toId('organization', id));
  await client.query(
    `insert into policy_revisions (scope, revision, model, rows, sources, sha256, author, reason)
       select scope, 1, '', '[]', '[]', repeat('0', 64), 'bench', 'bench' from unnest($1::text[]) scope`,
    [scopes],
  );
  await client.query(`insert into policy_heads (scope, revision, activated_by) select scope, 1, 'bench' from unnest($1::text[]) scope`, [
    scopes,
  ]);
}

async function measure(db: Db, places: readonly Membership[]) {
  const statements = {
    'select 1': () => prepared(db, 'bench-one', 'select 1', []),
    'by primary key': ({ organization }: Membership) =>
      prepared(db, 'bench-key', 'select * from organizations where id = $1', [organization]),
    snapshot: ask(db),
  };
  const names = Object.keys(statements) as (keyof typeof statements)[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]]));
  for (const [index, place] of places.slice(0, smoke ? 300 : 5_000).entries()) {
    for (const name of names) {
      const started = performance.now();
      await statements[name](place);
      if (index >= 100) times[name]!.push(performance.now() - started);
    }
  }
  const p50 = (name: string) => quantile(times[name]!, 0.5);
  return Object.fromEntries(
    names.map((name) => [
      name,
      {
        p50: rounded(p50(name)),
        p95: rounded(quantile(times[name]!, 0.95)),
        p99: rounded(quantile(times[name]!, 0.99)),
        'ratio to select 1': rounded(p50(name) / p50('select 1')),
        'ratio to primary key': rounded(p50(name) / p50('by primary key')),
      },
    ]),
  );
}

function ask(db: Db) {
  return ({ organization, user }: Membership) => {
    const organizationId = toId('organization', organization);
    const subject = { type: 'user', id: toId('user', user), uuid: user } as const;
    return takeSnapshot(db, subject, domainOf({ organizationId }), { organizationId });
  };
}

/** The plan that this connection uses by now for the statement that takeSnapshot prepared: each scan, and the table that it reads. */
async function explain(db: Db, [place]: readonly Membership[]): Promise<string[]> {
  const { organization, user } = place!;
  const values = [user, organization, null, toId('organization', organization)].map((value) => (value === null ? 'null' : `'${value}'`));
  const { rows } = await db.raw(`explain (analyze, format json) execute "snapshot-user-plain"(${values.join(', ')})`);
  const [{ Plan: plan, 'Execution Time': took }] = rows[0]['QUERY PLAN'] as [{ Plan: PlanNode; 'Execution Time': number }];
  console.log(`The database itself takes ${took} ms for one, with the clock of EXPLAIN running`);
  return scansOf(plan);
}

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly Plans?: readonly PlanNode[];
}

function scansOf(node: PlanNode): string[] {
  const table = node['Relation Name'];
  const own = table === undefined ? [] : [`${node['Node Type']} on ${node['Index Name'] ?? table}`];
  return [...own, ...(node.Plans ?? []).flatMap(scansOf)];
}

function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
