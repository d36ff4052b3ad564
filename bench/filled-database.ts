import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { type Database, openDatabase } from '../core/database/database.ts';
import { migrate } from '../core/database/migrate.ts';
import { applyInitialPolicies } from '../core/policies/policies.ts';
import { startEmbeddedPostgres } from '../embedded-postgres/embedded-postgres.ts';

const settings = { fsync: 'off', synchronous_commit: 'off', autovacuum: 'off', max_wal_size: '8GB' };

/** Runs `work` on a PostgreSQL of its own with the policies that ship, after `load` has filled it; says how many seconds that took. */
export async function withFilledDatabase<T>(
  load: (url: string) => Promise<T>,
  work: (database: Database, loaded: T, seconds: number) => Promise<void>,
  more: Record<string, string> = {},
): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tenet-bench-'));
  const postgres = await startEmbeddedPostgres({ dataDir, settings: { ...settings, ...more } });
  try {
    await migrate(postgres.url);
    const database = openDatabase(postgres.url, { size: 2, onError: console.error });
    await applyInitialPolicies(database, 'policies');
    const started = performance.now();
    const loaded = await load(postgres.url);
    await work(database, loaded, Math.round((performance.now() - started) / 1000));
    await database.close();
  } finally {
    await postgres.stop();
    for (const directory of [postgres.dataDirectory, dataDir]) rmSync(directory, { recursive: true, force: true });
  }
}

/** Fills tables without their indexes, which are made afterwards: ten million rows take minutes in the place of hours. Keys of constraints stay. */
export async function fillWithoutIndexes(client: pg.Client, tables: readonly string[], statements: string): Promise<void> {
  const { rows } = await client.query<{ name: string; definition: string }>(
    `select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition
      from pg_index i where i.indrelid = any($1::regclass[]) and not exists (select from pg_constraint c where c.conindid = i.indexrelid)`,
    [tables],
  );
  for (const { name } of rows) await client.query(`drop index ${name}`);
  await client.query(statements);
  await client.query(`set maintenance_work_mem = '512MB'`);
  for (const { definition } of rows) await client.query(definition);
}
