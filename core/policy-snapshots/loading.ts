import pg from 'pg';
import { z } from 'zod';
import { blueprintSchema } from '../authorization/policy/blueprint.ts';
import { digest, type PolicyContent } from '../authorization/policy/content.ts';
import { vocabularySchema } from '../authorization/policy/vocabulary.ts';
import { InvalidInput } from '../base/errors.ts';
import { copyInto, copyValue } from '../database/copy.ts';
import { migrationNames } from '../database/migrate.ts';
import type { Header, Value } from './format.ts';
import { type OpenSnapshot, openSnapshot } from './reading.ts';
import { type Column, type IdColumn, type Table, tables } from './tables.ts';

/** Bytes of rows that are sent at one time. */
const chunkSize = 65_536;

/** What a file says of itself. Throws InvalidInput for what is no snapshot that this program reads. */
export async function checkSnapshot(path: string): Promise<Header> {
  const { header, close } = await openSnapshot(path, await newestMigration());
  await close();
  return header;
}

const newestMigration = async (): Promise<string> => (await migrationNames()).at(-1)!;

/**
 * Fills an empty database that has the schema with what is in a file. Times move with it, so that what counted at the moment of the data counts now.
 * Throws InvalidInput for a file that is no snapshot or does not hold together; the database is of no use then.
 */
export async function loadSnapshot(url: string, path: string): Promise<Header> {
  const snapshot = await openSnapshot(path, await newestMigration());
  const client = new pg.Client({ connectionString: url, options: '-c search_path=tenet -c session_replication_role=replica' });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const later = Date.now() - Date.parse(snapshot.header.dataAt);
    for (const table of tables) await copyInto(client, copySql(table), copyRows(snapshot, table, { later, path }));
    await snapshot.finish();
    await client.query("insert into policy_heads (scope, revision, activated_by) select scope, revision, 'snapshot' from policy_revisions");
    await client.query('update organizations o set restricted = true where exists (select from restrictions r where r.org_id = o.id)');
    await checkReferences(client, path);
    await client.query('analyze');
    return snapshot.header;
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    const { table = 'a table', constraint } = error;
    const why = constraint === undefined ? '' : ` (${constraint})`;
    throw new InvalidInput(`${path} does not hold together: a row of ${table} is refused by the database${why}.`, [], { cause: error });
  } finally {
    await snapshot.close();
    await client.end().catch(() => undefined);
  }
}

/** What a revision is made of, in the place of its content. */
const revisionColumns = ['model', 'rows', 'sources', 'documents', 'sha256', 'author', 'reason'];

function copySql({ name, columns, fill }: Table): string {
  const taken = columns.flatMap((column) => (column.kind === 'content' ? revisionColumns : column.name));
  return `copy ${name} (${[...taken, ...Object.keys(fill)].join(', ')}) from stdin`;
}

interface Loading {
  /** Milliseconds between the moment of the data and now. */
  readonly later: number;
  readonly path: string;
}

async function* copyRows(snapshot: OpenSnapshot, table: Table, loading: Loading): AsyncGenerator<string> {
  const fills = Object.values(table.fill);
  let number = 0;
  let text = '';
  for await (const row of snapshot.rows(table)) {
    number += 1;
    const values = table.columns.flatMap((column, index) => loaded(column, row[index]!, row, loading));
    text += `${[...values, ...fills.map((fill) => fill(number))].map(copyValue).join('\t')}\n`;
    if (text.length < chunkSize) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}

function loaded({ kind }: Column, value: Value, row: readonly Value[], { later, path }: Loading): (string | null)[] {
  if (value === null) return [null];
  if (kind === 'time') return [movedBy(later, value as string, path)];
  if (kind === 'content') return revisionOf(row[0] as string, value as string, path);
  return [Array.isArray(value) ? `{${value.map((each) => `"${each}"`).join(',')}}` : String(value)];
}

/** Times that are as far away as the database has them stay there. */
function movedBy(later: number, time: string, path: string): string {
  if (time === 'infinity' || time >= '9900') return time;
  const at = Date.parse(`${time.replace(' ', 'T')}Z`);
  if (Number.isNaN(at)) throw new InvalidInput(`${path} is no snapshot: ${time} is no time.`);
  return new Date(at + later).toISOString();
}

function revisionOf(scope: string, text: string, path: string): string[] {
  const content = contentOf(scope, text);
  if (!content) throw new InvalidInput(`${path} is no snapshot: it has a policy of ${scope} that is none.`);
  const { model, rows, sources, vocabulary, blueprint, tests, customRoles } = content;
  const documents = { vocabulary, blueprint, tests, customRoles };
  return [model, ...[rows, sources, documents].map((each) => JSON.stringify(each)), digest(content), 'snapshot', 'snapshot'];
}

/** Where rows were written: plans show it. */
const sourcesSchema = z.array(z.strictObject({ file: z.string().regex(/^[A-Za-z0-9_./-]{1,256}$/), line: z.int().min(1) }));

/** The content in a file; undefined where it has not the form of one. The rows are looked at by the database, and the model where it is used. */
function contentOf(scope: string, text: string): PolicyContent | undefined {
  try {
    const { model, rows, sources, documents } = JSON.parse(text) as Omit<PolicyContent, 'scope'> & { documents: Partial<PolicyContent> };
    const { vocabulary, blueprint, tests, customRoles } = documents;
    if (typeof model !== 'string' || !Array.isArray(rows) || !sourcesSchema.safeParse(sources).success) return undefined;
    if (sources.length !== rows.length) return undefined;
    if (scope === 'platform' && !vocabularySchema.safeParse(vocabulary).success) return undefined;
    if (scope.startsWith('blueprint/') && !blueprintSchema.safeParse(blueprint).success) return undefined;
    return {
      ...{ scope, model, rows, sources },
      ...(vocabulary && { vocabulary }),
      ...(blueprint && { blueprint }),
      ...(tests && { tests }),
      ...(customRoles && { customRoles }),
    };
  } catch {
    return undefined;
  }
}

/** Tables whose rows are named by an organization and an id. */
const ofOrganization = new Set<IdColumn>(['projects', 'service_accounts', 'api_keys', 'invitations', 'invitation_links', 'roles']);

/** Throws InvalidInput where a row is about something that is not there. Triggers, and so foreign keys, are off while rows are loaded. */
async function checkReferences(client: pg.Client, path: string): Promise<void> {
  for (const { name, columns } of tables) {
    for (const column of columns) {
      const sql = missingSql(name, column);
      if (sql === undefined) continue;
      const { rows } = await client.query<{ found: boolean }>(sql);
      if (rows[0]!.found) throw new InvalidInput(`${path} does not hold together: ${name}.${column.name} names what is not in it.`);
    }
  }
}

/** Whether a column names what is not there; undefined for one that names nothing. */
function missingSql(table: string, { name, kind }: Column): string | undefined {
  // No policy store is loaded: which one a key is bound to changes nothing of what the key holds.
  if (typeof kind === 'string' || kind.id === 'policy_stores' || (name === 'id' && kind.id === table)) return undefined;
  if (kind.isList) return foreignSql(table, name, kind.id);
  const same = ofOrganization.has(kind.id) ? `p.org_id = t.org_id and p.id = t.${name}` : `p.id = t.${name}`;
  return `select exists (select from ${table} t where t.${name} is not null and not exists (select from ${kind.id} p where ${same})) as found`;
}

/** Whether a list names what another organization has. What was purged since the list was made stays in it, and is nowhere. */
function foreignSql(table: string, name: string, of: IdColumn): string {
  const own = `select from ${of} p where p.org_id = t.org_id and p.id = u.id`;
  return `select exists (select from ${table} t cross join lateral unnest(t.${name}) u(id) join ${of} o on o.id = u.id where not exists (${own})) as found`;
}
