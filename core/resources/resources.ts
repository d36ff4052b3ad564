import { record } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import type { KeptType } from '../authorization/policy/resource-types.ts';
import { canonical } from '../base/canonical.ts';
import { FailedPrecondition, LimitExceeded } from '../base/errors.ts';
import { newId, toUuid } from '../base/ids.ts';
import { type Labels, type LabelsPatch, newLabels, patchLabels } from '../base/labels.ts';
import { checkPreconditions, type Preconditions } from '../base/preconditions.ts';
import { etagOf } from '../base/versions.ts';
import type { Db } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import { checkBounds } from './data-bounds.ts';
import { checkData, type Data } from './field-schema.ts';
import { mergePatch } from './merge-patch.ts';
import {
  fieldsOf,
  findResource,
  findType,
  pick,
  placeColumns,
  type Resource,
  type ResourceKey,
  type ResourceRow,
  type ResourceSummary,
  type TypePlace,
  toResource,
  toSummary,
} from './resource-rows.ts';

/** Resources of one type in one place (docs/limits.md). */
const maxResources = 10_000;

/**
 * Makes a resource, and answers what lists show of it: who may make one need not be allowed to read it. Throws InvalidInput for what its type does
 * not know, and LimitExceeded.
 */
export async function createResource(
  db: Db,
  actor: Actor,
  input: TypePlace & { name: string; labels?: Labels | undefined; data?: Data | undefined },
): Promise<ResourceSummary> {
  const { organizationId, name, data = {} } = input;
  const type = await findType(actor, input);
  refuseSensitive(type);
  const labels = newLabels(input.labels);
  checkData(type, data);
  await refuseTooMany(db, input);
  const id = newId('resource');
  const [row]: ResourceRow[] = await db('resources')
    .insert({
      ...placeColumns(input),
      id: toUuid('resource', id),
      name,
      labels: JSON.stringify(labels),
      data: JSON.stringify(data),
      created_by: actor.name,
    })
    .returning('*');
  const made = toSummary(type, row!);
  await record(db, actor, { organizationId, action: 'resource.create', target: id, after: made });
  return made;
}

/** One resource with its details. Throws NotFound. */
export async function getResource(db: Db, actor: Actor, key: ResourceKey): Promise<Resource> {
  return toResource(await findType(actor, key), await findResource(db, key));
}

/**
 * Changes name, labels or fields, and answers what lists show of it. What the type does not know any more goes. Throws NotFound, and InvalidInput when
 * the fields as they would be then do not fit the type.
 */
export async function updateResource(
  db: Db,
  actor: Actor,
  input: ResourceKey & {
    name?: string | undefined;
    labels?: LabelsPatch | undefined;
    data?: Data | undefined;
    preconditions?: Preconditions | undefined;
  },
): Promise<ResourceSummary> {
  const type = await findType(actor, input);
  refuseSensitive(type);
  const before = await findResource(db, input, { lock: true });
  checkPreconditions(input.preconditions ?? {}, etagOf(before.version));
  const change = changeOf(type, before, input);
  if (!change) return toSummary(type, before);
  const { org_id, id } = before;
  const [after]: ResourceRow[] = await db('resources')
    .where({ org_id, id })
    .update({ ...change.columns, ...nextVersion(db) })
    .returning('*');
  await record(db, actor, {
    organizationId: input.organizationId,
    action: 'resource.update',
    target: input.resourceId,
    before: toSummary(type, before),
    after: { ...toSummary(type, after!), changedFields: change.fields },
  });
  return toSummary(type, after!);
}

/** What a patch changes: the columns, and the names of the fields. Undefined when nothing. */
function changeOf(
  type: KeptType,
  before: ResourceRow,
  { name, labels, data: patch }: { name?: string | undefined; labels?: LabelsPatch | undefined; data?: Data | undefined },
): { columns: object; fields: string[] } | undefined {
  const columns: Record<string, unknown> = {};
  if (name !== undefined && name !== before.name) columns['name'] = name;
  const newLabels = patchLabels(before.labels, labels);
  if (newLabels) columns['labels'] = JSON.stringify(newLabels);
  const data = patchedData(type, before, patch);
  const fields = [...new Set([...Object.keys(before.data), ...Object.keys(data)])].filter(
    (field) => canonical(before.data[field] ?? null) !== canonical(data[field] ?? null),
  );
  if (fields.length > 0) columns['data'] = JSON.stringify(data);
  return Object.keys(columns).length === 0 ? undefined : { columns, fields: fields.sort() };
}

function patchedData(type: KeptType, before: ResourceRow, patch: Data | undefined): Data {
  if (patch === undefined) return before.data;
  checkBounds(patch);
  const data = mergePatch(pick(before.data, fieldsOf(type, 'summary', 'detail')), patch) as Data;
  checkData(type, data);
  return data;
}

/** Deletes a resource for good. Throws NotFound. */
export async function deleteResource(
  db: Db,
  actor: Actor,
  input: ResourceKey & { preconditions?: Preconditions | undefined },
): Promise<void> {
  const type = await findType(actor, input);
  const row = await findResource(db, input, { lock: true });
  checkPreconditions(input.preconditions ?? {}, etagOf(row.version));
  await db('resources').where({ org_id: row.org_id, id: row.id }).delete();
  const { organizationId, resourceId: target } = input;
  await record(db, actor, { organizationId, action: 'resource.delete', target, before: toSummary(type, row) });
}

/** Sensitive fields are kept encrypted or not at all. */
function refuseSensitive(type: KeptType): void {
  if (fieldsOf(type, 'sensitive').length === 0) return;
  throw new FailedPrecondition('failed-precondition', `${type.title} have sensitive fields, which this installation does not keep yet.`);
}

/** Under the lock of the organization, which the dispatcher holds. */
async function refuseTooMany(db: Db, place: TypePlace): Promise<void> {
  const present = db('resources').where(placeColumns(place)).select(db.raw('1')).limit(maxResources).as('present');
  const [{ count }] = (await db.from(present).count('* as count')) as unknown as [{ count: string }];
  if (Number(count) < maxResources) return;
  throw new LimitExceeded(`There are ${maxResources} resources of a type in one place at most. Delete one.`, maxResources, Number(count));
}
