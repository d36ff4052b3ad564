import pg from 'pg';

/** Runs a statement as the owner of the tables, past their row level security and grants; the rows of its answer. */
export async function asOwner(
  { databaseUrl }: { readonly databaseUrl: string },
  sql: string,
  values: readonly unknown[] = [],
): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: databaseUrl, options: '-c tenet.scope=platform -c search_path=tenet' });
  await client.connect();
  try {
    return (await client.query(sql, [...values])).rows;
  } finally {
    await client.end();
  }
}
