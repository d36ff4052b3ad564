import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { storeLimits } from '../core/authorization/policy-stores/limits.ts';
import { propertiesFault } from '../core/authorization/policy-stores/store-tests-schema.ts';
import { counted } from '../core/base/counted.ts';
import { newId } from '../core/base/ids.ts';
import { isObject } from '../core/base/objects.ts';
import { reasonOf } from '../core/base/reason.ts';
import { entityLimits, sizeFault, valuesOf } from '../core/policy-stores/entity-values.ts';
import type { PolicyStore } from '../core/policy-stores/stores.ts';
import { type Api, connect, type ServerOptions } from './api-client.ts';
import { UsageError } from './options.ts';
import { type Format, type Out, print } from './output.ts';
import { findStore } from './policy-store-place.ts';

interface ReadEntity {
  readonly type: string;
  readonly id: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

interface ImportOptions extends ServerOptions {
  readonly output: Format;
}

/** What one request takes (docs/limits.md); bytes with room for what stands around them. */
const most = { entities: 1_000, bytes: 3_500_000, values: 20_000 };

/** How many faults are named at once. */
const shown = 20;

/** `tenet policy-store entities import`: reads a file as a whole, then writes its entities a batch at a time. What is there with other properties is replaced. */
export async function importEntities(store: string, file: string, options: ImportOptions, out: Out = console.log): Promise<void> {
  const entities = readEntities(await readSource(file), file);
  const api = connect(options);
  const { path, name } = await findStore(api, store);
  await demandRoom(api, path, name, entities);
  const done = { created: 0, updated: 0 };
  for (const batch of batchesOf(entities)) {
    const written = await api
      .post<typeof done>(`${path}/entities`, { entities: batch }, { 'idempotency-key': newId('request') })
      .catch((error: unknown) => {
        const before = done.created + done.updated;
        if (before > 0) console.error(`The first ${before} of ${entities.length} entities of ${file} are written.`);
        throw error;
      });
    done.created += written.body.created;
    done.updated += written.body.updated;
  }
  print(options.output, out, done, () => [
    `${name}: ${counted(done.created, 'entity is', 'entities are')} new, ${counted(done.updated, 'was', 'were')} there before`,
  ]);
}

/** Throws UsageError where the store would have more entities than it may, before anything is written. */
async function demandRoom(api: Api, path: string, name: string, entities: readonly ReadEntity[]): Promise<void> {
  const { body } = await api.get<PolicyStore>(path);
  if (body.entityCount + entities.length <= entityLimits.entities) return;
  const keyOf = ({ type, id }: ReadEntity): string => JSON.stringify([type, id]);
  const present = new Set((body.entityCount === 0 ? [] : await api.all<ReadEntity>(`${path}/entities`)).map(keyOf));
  const all = present.size + entities.filter((entity) => !present.has(keyOf(entity))).length;
  if (all <= entityLimits.entities) return;
  throw new UsageError(
    `Nothing is written: ${name} has ${counted(present.size, 'entity', 'entities')} and would have ${counted(all)}; ${counted(entityLimits.entities)} are accepted. Leave some out, or make another store.`,
  );
}

/** `tenet policy-store entities export`: one entity a line, as import takes them. */
export async function exportEntities(
  store: string,
  options: ServerOptions & { readonly of?: string },
  out: Out = console.log,
): Promise<void> {
  const api = connect(options);
  const { path } = await findStore(api, store);
  const query = options.of === undefined ? '' : `?type=${encodeURIComponent(options.of)}`;
  for (const { type, id, properties } of await api.all<ReadEntity>(`${path}/entities${query}`))
    out(JSON.stringify({ type, id, properties }));
}

async function readSource(file: string): Promise<string> {
  if (file === '-') return text(process.stdin);
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file} cannot be read (${reasonOf(error)}): name a file with an entity on each line, or - for standard input.`);
  }
}

/** The entities of a text: one on each line as JSON, or one list of them. Throws UsageError with the lines of those that cannot be kept. */
export function readEntities(source: string, file: string): ReadEntity[] {
  const values = source.trimStart().startsWith('[') ? listed(source, file) : lines(source);
  const faults: string[] = [];
  const seen = new Map<string, number>();
  const entities: ReadEntity[] = [];
  for (const { place, text: line } of values) {
    const read = readEntity(line);
    if (typeof read !== 'string') entities.push(read);
    const fault = typeof read === 'string' ? read : repeated(seen, read, place);
    if (fault !== undefined) faults.push(`  ${file}:${place}: ${fault}`);
    if (faults.length === shown) break;
  }
  if (faults.length > 0) throw new UsageError(['Nothing is written, for not every entity can be kept:', ...faults].join('\n'));
  return entities;
}

/** That an entity was there before; notes it otherwise. */
function repeated(seen: Map<string, number>, { type, id }: ReadEntity, place: number): string | undefined {
  const key = JSON.stringify([type, id]);
  const before = seen.get(key);
  if (before !== undefined) return `is the same type and id as ${before}`;
  seen.set(key, place);
  return undefined;
}

interface Place {
  /** Its line, or its place in the list, from 1. */
  readonly place: number;
  readonly text: string;
}

function lines(source: string): Place[] {
  return source
    .split('\n')
    .map((line, index) => ({ place: index + 1, text: line }))
    .filter((line) => line.text.trim() !== '');
}

function listed(source: string, file: string): Place[] {
  try {
    return (JSON.parse(source) as unknown[]).map((item, index) => ({ place: index + 1, text: JSON.stringify(item) }));
  } catch (error) {
    throw new UsageError(`${file} is no list of entities in JSON (${reasonOf(error)}).`);
  }
}

/** An entity, or what is wrong with it. */
function readEntity(line: string): ReadEntity | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'is no JSON: write one entity on a line, as in {"type":"user","id":"alice","properties":{"role":"editor"}}';
  }
  if (!isObject(value)) return 'is no object with type, id and properties';
  const { type, id, properties = {}, ...rest } = value;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) return `has ${JSON.stringify(unknown)}, which entities do not have: put it into properties`;
  if (typeof type !== 'string' || !/^[A-Za-z_][\w.-]{0,63}$/.test(type))
    return 'has no type: a letter or _, then letters, digits and _ . -';
  if (typeof id !== 'string' || id === '' || id.length > storeLimits.nameLength)
    return `has no id: a text of 1 to ${storeLimits.nameLength} characters`;
  if (!isObject(properties)) return 'has properties that are no object';
  const fault = propertiesFault(properties);
  if (fault !== undefined) return `has properties of which one ${fault}`;
  const size = sizeFault(properties);
  return size === undefined ? { type, id, properties } : `has properties that are too large: it ${size}`;
}

/** The entities in their order, as many together as one request takes. */
export function* batchesOf(entities: readonly ReadEntity[]): Generator<ReadEntity[]> {
  let batch: ReadEntity[] = [];
  let [bytes, values] = [0, 0];
  for (const entity of entities) {
    const [size, count] = [Buffer.byteLength(JSON.stringify(entity)) + 1, valuesOf(entity.properties).length];
    const isFull = batch.length === most.entities || bytes + size > most.bytes || values + count > most.values;
    if (isFull && batch.length > 0) {
      yield batch;
      [batch, bytes, values] = [[], 0, 0];
    }
    batch.push(entity);
    bytes += size;
    values += count;
  }
  if (batch.length > 0) yield batch;
}
