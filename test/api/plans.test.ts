import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import pg from 'pg';
import { openEntry } from '../../core/audit/person-keys.ts';
import { canonical } from '../../core/base/canonical.ts';
import { type Database, openDatabase } from '../../core/database/database.ts';
import { rollUpUsage } from '../../core/usage/rollups.ts';
import { eventually } from '../helpers/eventually.ts';
import { shuffled } from '../helpers/shuffled.ts';
import { startTenet, type TestTenet } from '../helpers/tenet.ts';
import { type Cell, cellsOf, createKind, type Kind, outcomeOf } from './authorization/cells.ts';
import { readOperations } from './authorization/operations.ts';
import { requestOf } from './authorization/probe.ts';
import { recipes } from './authorization/recipes.ts';
import { scenarios } from './authorization/scenarios.ts';

const planType = 'application/vnd.tenet.plan+json';
const seed = Number(process.env['TENET_TEST_SEED'] || Date.now() % 2 ** 31);
// A GET that is recorded, as a download is, takes no plan.
const mutations = readOperations().filter(({ method, mutates, permission }) => method !== 'GET' && mutates && permission !== undefined);

interface Change {
  organizationId?: string;
  action: string;
  target: string;
  before?: unknown;
  after?: unknown;
}

/** What differs from one time to the next: ids that are made, times, and what secrets begin with. Each id becomes the number of its first mention. */
function normal(changes: readonly Change[]): unknown {
  const ids = new Map<string, string>();
  const numbered = (id: string, kind: string): string => {
    if (!ids.has(id)) ids.set(id, `${kind}-${ids.size}`);
    return ids.get(id)!;
  };
  const text = canonical(changes)
    .replace(/\b([a-z]+)_[0-7][0-9a-hjkmnp-tv-z]{25}\b/g, (id, kind: string) => numbered(id, kind))
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'time')
    .replace(/"lastSeenAt":"time",/g, '')
    .replace(/"prefix":"[^"]*"/g, '"prefix":"..."')
    // Of some things the ETag is the time, or is made of all that they say.
    .replace(/"etag":"\\"(\d{13,}|[\w-]{22})\\""/g, '"etag":"time"');
  return JSON.parse(text);
}

// What a plan says is what is done and undone: so it is compared with what is done then, for every request that the authorization test knows.
describe('validateOnly', function () {
  this.timeout(120_000);
  let tenet: TestTenet;
  let owner: pg.Client;
  let database: Database;
  const kinds: Kind[] = [];

  before(async () => {
    const opened = { TENET_APPS_GATEWAY_PORT: '0', TENET_APPS_DOMAIN: 'apps.localhost' };
    tenet = await startTenet({ TENET_APPS_DRIVER: 'process', ...opened });
    owner = new pg.Client({ connectionString: tenet.databaseUrl });
    database = openDatabase(tenet.databaseUrl, { size: 1, onError: () => undefined });
    await owner.connect();
    for (const name of readdirSync(new URL('../../policies/blueprints', import.meta.url))) kinds.push(await createKind(tenet, name));
  });

  after(async () => {
    await owner?.end();
    await database?.close();
    await tenet?.stop();
  });

  // When a member was seen last is kept behind requests, of whatever kind.
  // What the outbox does by the clock is nobody's request.
  const jobs = `graphile_worker._private_jobs where task_id in (select id from graphile_worker._private_tasks where identifier like 'send-%')`;

  /** Which version each row of every table has but for what replicas report of themselves (PostgreSQL writes a new one with every change), and how many jobs requests have made. */
  async function fingerprint(): Promise<Record<string, string>> {
    const { rows: tables } = await owner.query(
      `select c.table_name as name, bool_or(c.column_name = 'last_seen_at') as is_seen from information_schema.columns c
       join pg_tables t on t.schemaname = c.table_schema and t.tablename = c.table_name
       where c.table_schema = 'tenet' and c.table_name not in ('replicas', 'job_runners') group by c.table_name order by c.table_name`,
    );
    const versions = 'sum(xmin::text::bigint)';
    const values = `sum(hashtext((to_jsonb(t) - 'last_seen_at')::text))`;
    const all = tables.map(
      ({ name, is_seen }) =>
        `select '${name}' as name, count(*) || ' ' || coalesce(${is_seen ? values : versions}, 0) as digest from tenet.${name} t`,
    );
    const { rows } = await owner.query(`${all.join(' union all ')} union all select 'jobs', count(*)::text from ${jobs}`);
    return Object.fromEntries(rows.map(({ name, digest }) => [name, digest]));
  }

  /** Waits for the mails, exports and access plans of earlier requests, and for what is done by the clock, which begins with each minute. */
  const restingJobs = () =>
    eventually(async () => {
      expect(new Date().getSeconds(), 'second of the minute').to.be.within(2, 57);
      const unfinished = (table: string) => `(select count(*)::int from tenet.${table} where state in ('QUEUED', 'RUNNING'))`;
      const { rows } = await owner.query(
        `select (select count(*)::int from ${jobs}) as mails, ${unfinished('exports')} as exports, ${unfinished('access_plans')} as plans,
           (select count(*)::int from graphile_worker._private_jobs where run_at <= now()) as due`,
      );
      expect(rows).to.deep.equal([{ mails: 0, exports: 0, plans: 0, due: 0 }]);
    }, 40_000);

  /** The events of a request. What is done by support is in the chain of the platform once more, there with its organization: a plan says it once. */
  async function recorded(clientRequestId: string): Promise<Change[]> {
    const { rows } = await owner.query(
      `select event from tenet.audit_events where event::jsonb ->> 'clientRequestId' = $1 order by org_id, seq`,
      [clientRequestId],
    );
    const keys = await owner.query('select subject, key from tenet.person_keys');
    const keyOf = new Map(keys.rows.map(({ subject, key }) => [subject, key]));
    const events: Change[] = rows.map(({ event }) => JSON.parse(event)).map((event: Change) => openEntry(keyOf, event, event));
    const once = events.filter(({ organizationId }) => organizationId === undefined);
    const again = events.filter(({ organizationId }) => organizationId !== undefined);
    expect(once).to.deep.include.members(again.map(({ organizationId: _, ...event }) => event));
    return once;
  }

  const send = async (kind: Kind, { operation }: Cell, request: Awaited<ReturnType<typeof requestOf>>, query: string, id: string) => {
    const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(request.params[name]!));
    const headers = { ...request.init.headers, 'x-request-id': id };
    for (;;) {
      const reply = await fetch(kind.world.tenet.url + path + query, { ...request.init, method: operation.method, headers });
      // Tenet was busy, and nothing was done.
      if (reply.status !== 503) return reply;
    }
  };

  // Who is erased asks for nothing else any more: its own test looks at that plan.
  for (const operation of mutations.filter(({ operationId }) => operationId !== 'eraseMe')) {
    for (const recipe of recipes.filter(({ operationId }) => operationId === operation.operationId)) {
      const title = recipe.title === undefined ? operation.operationId : `${operation.operationId} (${recipe.title})`;
      it(`${title}: writes nothing, and says what the same request records afterwards`, async function () {
        let count = 0;
        const refusals: string[] = [];
        // On the platform the kind of an organization makes no difference, but some have nothing to ask for.
        const asked = kinds.filter((kind) => cellsOf(kind, operation, recipe).length > 0);
        for (const kind of operation.level === 'platform' ? asked.slice(0, 1) : asked) {
          const cells = cellsOf(kind, operation, recipe).filter((cell) => cell.scenario === scenarios[0]);
          const [cell] = shuffled(cells, seed).filter((one) => outcomeOf(kind, one).answer.answer === 'allowed');
          if (!cell) continue;
          const who = `${kind.world.blueprint.name} as ${cell.persona.name} (TENET_TEST_SEED=${seed})`;
          const request = await requestOf(kind, cell);
          await restingJobs();
          // Every minute a job adds up what earlier requests have reported: now, so that it finds nothing in between.
          await rollUpUsage(database);
          const before = await fingerprint();
          const planned = await send(kind, cell, request, '?validateOnly=true', `plan-${seed}`);
          const text = await planned.text();
          expect(await fingerprint(), who).to.deep.equal(before);
          if (planned.status >= 400) {
            // Allowed, and refused for what it asks for in this kind of organization.
            const refused = await send(kind, cell, request, '', `refused-${seed}`);
            const { code, detail } = JSON.parse(text) as { code: string; detail: string };
            expect(await refused.json(), who).to.include({ code, detail });
            refusals.push(`${who}: ${text}`);
            continue;
          }
          count += 1;
          expect(`${planned.status} ${planned.headers.get('content-type')}`, `${who}: ${text}`).to.equal(`200 ${planType}`);
          expect(text).not.to.match(/"(secret|token)":/);
          const plan = JSON.parse(text) as { operationId: string; changes: { total: number; items: Change[] } };
          expect(plan.operationId).to.equal(operation.operationId);
          expect(plan.changes.total).to.equal(plan.changes.items.length);

          const id = `done-${operation.operationId}-${crypto.randomUUID()}`;
          const done = await send(kind, cell, request, '', id);
          await recipe.undo?.(cell.persona, kind.world);
          expect(operation.successes, `${who}: ${await done.text()}`).to.include(done.status);
          const events = await recorded(id);
          // Of two chains neither is the first.
          const isOne = new Set(plan.changes.items.map(({ organizationId }) => organizationId)).size === 1;
          const comparable = (list: readonly Change[]) => {
            const parts = list.map(({ action, target, before, after }) => ({ action, target, before, after }));
            return normal(isOne ? parts : parts.sort((a, b) => a.action.localeCompare(b.action)));
          };
          expect(comparable(plan.changes.items), who).to.deep.equal(comparable(events));
        }
        if (count === 0 && refusals.length === 0) return this.skip();
        expect(count, refusals.join('\n')).to.be.greaterThan(0);
      });
    }
  }
});
