import { record } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import { propertiesFault } from '../authorization/policy-stores/store-tests-schema.ts';
import { type InputError, InvalidInput, LimitExceeded, NotFound } from '../base/errors.ts';
import { foreignToken, type Page, type PageQuery, readPage, toPage } from '../base/pages.ts';
import type { Rounds } from '../base/rounds.ts';
import type { Steps } from '../base/steps.ts';
import { breaches, type Db } from '../database/database.ts';
import { bytesOf, entityLimits as most, sizeFault, valuesOf } from './entity-values.ts';
import { findStore, type StoreKey, type StoreRow } from './stores.ts';

/** A subject or a resource of an application, with what conditions may look at. */
export interface KeptEntity {
  readonly type: string;
  readonly id: string;
  readonly properties: Record<string, unknown>;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface EntityKey extends StoreKey {
  readonly entityType: string;
  readonly entityId: string;
}

interface NewEntity {
  readonly type: string;
  readonly id: string;
  readonly properties?: Readonly<Record<string, unknown>> | undefined;
}

/** What an entity takes: bytes of its properties, and values in them that searches look up. */
interface Sizes {
  bytes: number;
  value_count: number;
}

interface WrittenEntity extends Sizes {
  readonly type: string;
  readonly id: string;
  readonly properties: Readonly<Record<string, unknown>>;
  /** Digests of the values that searches look up. */
  readonly values: readonly string[];
}

interface EntityRow extends Sizes {
  type: string;
  id: string;
  properties: Record<string, unknown>;
  created_at: Date;
  updated_at: Date;
}

/** Values that one request writes at most (docs/limits.md). */
const mostValues = 20_000;

/** The sort key of a list of entities: an id in base64url, because it may hold anything. */
export const entityKey = /^[\w-]{1,1400}$/;

/** Of a list of all types; no type has a colon. */
const listKey = /^[\w.-]{1,64}:[\w-]{1,1400}$/;

export function keyOfEntity({ id }: { readonly id: string }): string {
  return Buffer.from(id).toString('base64url');
}

/** The id of a sort key. Throws InvalidInput for one that no id has. */
export function idOfKey(key: string, at?: InputError): string {
  const id = Buffer.from(key, 'base64url').toString();
  if (id.includes('\0')) throw foreignToken(at);
  return id;
}

function toEntity(row: EntityRow): KeptEntity {
  const { type, id, properties } = row;
  return { type, id, properties, createdAt: row.created_at.toISOString(), updatedAt: row.updated_at.toISOString() };
}

function entitiesOf(db: Db, { org_id, id }: Pick<StoreRow, 'org_id' | 'id'>) {
  return db('policy_store_entities').where({ org_id, store_id: id });
}

/** The entities by type and id, or those of one type. Throws NotFound. */
export async function listEntities(db: Db, input: StoreKey & { type?: string | undefined } & PageQuery): Promise<Page<KeptEntity>> {
  const list = JSON.stringify(['entities', input.policyStoreId, input.type]);
  const page = readPage(input, list, listKey);
  const query = entitiesOf(db, await findStore(db, input))
    .orderBy(['type', 'id'])
    .limit(page.limit + 1);
  if (input.type !== undefined) query.where({ type: input.type });
  if (page.after !== undefined) {
    const [type = '', id = ''] = page.after.split(':');
    query.whereRaw('(type, id) > (?, ?)', [type, idOfKey(id)]);
  }
  return toPage(await query, page, list, (row: EntityRow) => `${row.type}:${keyOfEntity(row)}`, toEntity);
}

/** One entity. Throws NotFound. */
export async function getEntity(db: Db, key: EntityKey): Promise<KeptEntity> {
  return toEntity(await findEntity(db, await findStore(db, key), key));
}

const writeSql = `
insert into policy_store_entities (org_id, store_id, type, id, properties, bytes, value_count)
select ?::uuid, ?::uuid, type, id, properties, bytes, value_count
from jsonb_to_recordset(?::jsonb) as written (type text, id text, properties jsonb, bytes integer, value_count integer)
order by type, id
on conflict (org_id, store_id, type, id) do update
set properties = excluded.properties, bytes = excluded.bytes, value_count = excluded.value_count, updated_at = now()`;

const namedSql = '(type, id) in (select type, id from jsonb_to_recordset(?::jsonb) as written (type text, id text))';

const insertValuesSql = `
insert into policy_store_entity_values (org_id, store_id, type, id, value)
select ?::uuid, ?::uuid, type, id, value from unnest(?::text[], ?::text[], ?::uuid[]) as written (type, id, value)
order by type, value, id`;

/** Adds entities, and replaces the properties of those that are there. Throws NotFound, InvalidInput and LimitExceeded. */
export async function writeEntities(
  db: Db,
  actor: Actor,
  { entities, ...key }: StoreKey & { entities: readonly NewEntity[] },
  rounds: Rounds,
): Promise<{ created: number; updated: number }> {
  const written = await rounds.run(key.organizationId, withValues(entities));
  const values = written.flatMap(({ type, id, values }) => values.map((value) => ({ type, id, value })));
  const store = await findStore(db, key, { lock: true });
  const rows = written.map(({ values, ...entity }) => entity);
  const json = JSON.stringify(rows);
  const before: Sizes[] = await entitiesOf(db, store).whereRaw(namedSql, [json]).select('bytes', 'value_count');
  const created = rows.length - before.length;
  await count(db, store, created, less(sum(rows), sum(before)));
  await db('policy_store_entity_values').where({ org_id: store.org_id, store_id: store.id }).whereRaw(namedSql, [json]).delete();
  await db.raw(writeSql, [store.org_id, store.id, json]);
  const columns = [values.map(({ type }) => type), values.map(({ id }) => id), values.map(({ value }) => value)];
  await db.raw(insertValuesSql, [store.org_id, store.id, ...columns]);
  const { organizationId, projectId, policyStoreId } = key;
  const result = { created, updated: before.length };
  // What entities hold is the application's, so the log says how many alone.
  await record(db, actor, { organizationId, projectId, action: 'policy-store.write-entities', target: policyStoreId, after: result });
  return result;
}

/** The entities with their values. Throws InvalidInput at the first that is too much, before the digests of those behind it are made. */
function* withValues(entities: readonly NewEntity[]): Steps<WrittenEntity[]> {
  yield* refuseFaults(entities);
  const written: WrittenEntity[] = [];
  let count = 0;
  for (const [index, { type, id, properties = {} }] of entities.entries()) {
    const values = valuesOf(properties);
    count += values.length;
    if (count > mostValues) {
      const errors = [{ pointer: `#/entities/${index}`, detail: `is one too many: ${mostValues} values together are accepted` }];
      throw new InvalidInput('These are too many values for one request: write fewer entities at a time.', errors);
    }
    written.push({ type, id, properties, bytes: bytesOf(properties), value_count: values.length, values });
    yield;
  }
  return written;
}

/** Deletes an entity. Throws NotFound. */
export async function deleteEntity(db: Db, actor: Actor, key: EntityKey): Promise<void> {
  const store = await findStore(db, key, { lock: true });
  const row = await findEntity(db, store, key);
  await entitiesOf(db, store).where({ type: row.type, id: row.id }).delete();
  await count(db, store, -1, less({ bytes: 0, value_count: 0 }, row));
  const { organizationId, projectId, policyStoreId } = key;
  const before = { type: row.type };
  await record(db, actor, { organizationId, projectId, action: 'policy-store.delete-entity', target: policyStoreId, before });
}

async function findEntity(db: Db, store: StoreRow, { entityType, entityId }: EntityKey): Promise<EntityRow> {
  const row: EntityRow | undefined = await entitiesOf(db, store).where({ type: entityType, id: entityId }).first();
  if (!row) throw new NotFound();
  return row;
}

/** Adds to what the store has, which its constraints bound. */
async function count(
  db: Db,
  { org_id, id, entity_count, entity_bytes, value_count }: StoreRow,
  entities: number,
  sizes: Sizes,
): Promise<void> {
  try {
    await db('policy_stores')
      .where({ org_id, id })
      .update({
        entity_count: db.raw('entity_count + ?', [entities]),
        entity_version: db.raw('entity_version + 1'),
        entity_bytes: db.raw('entity_bytes + ?', [sizes.bytes]),
        value_count: db.raw('value_count + ?', [sizes.value_count]),
      });
  } catch (error) {
    const advice = 'Delete some, or make another store.';
    if (breaches(error, 'policy_stores_entity_count'))
      throw new LimitExceeded(`A policy store has ${most.entities} entities at most. ${advice}`, most.entities, entity_count);
    if (breaches(error, 'policy_stores_entity_bytes'))
      throw new LimitExceeded(
        `The properties in a policy store have ${most.bytes} bytes at most. ${advice}`,
        most.bytes,
        Number(entity_bytes),
      );
    if (breaches(error, 'policy_stores_value_count'))
      throw new LimitExceeded(`The properties in a policy store have ${most.values} values at most. ${advice}`, most.values, value_count);
    throw error;
  }
}

/** Throws InvalidInput with every entity that cannot be kept. */
function* refuseFaults(entities: readonly NewEntity[]): Steps<void> {
  const seen = new Set<string>();
  const errors: InputError[] = [];
  for (const [index, { type, id, properties = {} }] of entities.entries()) {
    const name = JSON.stringify([type, id]);
    if (seen.has(name)) errors.push({ pointer: `#/entities/${index}`, detail: 'is the same type and id as one before it' });
    seen.add(name);
    const fault = propertiesFault(properties) ?? sizeFault(properties);
    if (fault !== undefined) errors.push({ pointer: `#/entities/${index}/properties`, detail: fault });
    if (errors.length === 20) break;
    yield;
  }
  if (errors.length > 0) throw new InvalidInput('The entities cannot be kept.', errors);
}

function sum(rows: readonly Sizes[]): Sizes {
  const all = { bytes: 0, value_count: 0 };
  for (const { bytes, value_count } of rows) {
    all.bytes += bytes;
    all.value_count += value_count;
  }
  return all;
}

function less(a: Sizes, b: Sizes): Sizes {
  return { bytes: a.bytes - b.bytes, value_count: a.value_count - b.value_count };
}
