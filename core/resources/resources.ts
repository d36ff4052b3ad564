import { record } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import type { KeptType } from '../authorization/policy/resource-types.ts';
import { LimitExceeded } from '../base/errors.ts';
import { newId, toUuid } from '../base/ids.ts';
import type { Keyring } from '../base/keyring.ts';
import { type Labels, type LabelsPatch, newLabels, patchLabels } from '../base/labels.ts';
import { checkPreconditions, type Preconditions } from '../base/preconditions.ts';
import { etagOf } from '../base/versions.ts';
import type { Db } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import { type ManagedBy, refuseManaged } from '../organizations/managed-by.ts';
import { checkData, type Data } from './field-schema.ts';
import { referenceChanges, writeReferences } from './references.ts';
import { patchFields } from './resource-patch.ts';
import {
  fieldsOf,
  findResource,
  findType,
  lockResource,
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
import { refuseResourceInUse } from './resource-uses.ts';
import { sealFields } from './sealed-fields.ts';

/** Resources of one type in one place (docs/limits.md). */
const maxResources = 10_000;

/**
 * Makes a resource, and answers what lists show of it: who may make one need not be allowed to read it. Throws InvalidInput for what its type does
 * not know, and LimitExceeded.
 */
export async function createResource(
  db: Db,
  keyring: Keyring,
  actor: Actor,
  input: TypePlace & { name: string; labels?: Labels | undefined; data?: Data | undefined; managedBy?: ManagedBy },
): Promise<ResourceSummary> {
  const { organizationId, name, data = {} } = input;
  const type = await findType(actor, input);
  const labels = newLabels(input.labels);
  checkData(type, data);
  await refuseTooMany(db, input);
  const target = newId('resource');
  const place = placeColumns(input);
  const id = toUuid('resource', target);
  const references = await referenceChanges(db, actor, type, { ...input, id, isNew: true }, data);
  const sealed = await sealFields(db, keyring, { ...place, id }, pick(data, fieldsOf(type, 'sensitive')));
  const [row]: ResourceRow[] = await db('resources')
    .insert({
      ...place,
      id,
      name,
      labels: JSON.stringify(labels),
      data: JSON.stringify(pick(data, fieldsOf(type, 'summary', 'detail'))),
      data_sealed: JSON.stringify(sealed),
      created_by: actor.name,
      ...(input.managedBy && { managed_by: JSON.stringify(input.managedBy) }),
    })
    .returning('*');
  await writeReferences(db, row!, references);
  const made = toSummary(type, row!);
  await record(db, actor, { organizationId, action: 'resource.create', target, after: made });
  return made;
}

/** One resource with its details. Throws NotFound. */
export async function getResource(db: Db, actor: Actor, key: ResourceKey): Promise<Resource> {
  const type = await findType(actor, key);
  return toResource(type, await findResource(db, type, key));
}

/**
 * Changes name, labels or fields, and answers what lists show of it. What the type does not know any more goes. Throws NotFound, and InvalidInput when
 * the fields as they would be then do not fit the type, and managed-by when a manifest says what changes.
 */
export async function updateResource(
  db: Db,
  keyring: Keyring,
  actor: Actor,
  input: ResourceKey & Change & { preconditions?: Preconditions | undefined },
): Promise<ResourceSummary> {
  const type = await findType(actor, input);
  const before = await lockResource(db, input);
  checkPreconditions(input.preconditions ?? {}, etagOf(before.version));
  refuseChange(type, before, input, actor);
  const change = await changeOf(db, keyring, { type, before, patch: input });
  const references = change?.data && (await referenceChanges(db, actor, type, { ...input, id: before.id }, change.data));
  if (!change) return toSummary(type, before);
  const { org_id, id } = before;
  const [after]: ResourceRow[] = await db('resources')
    .where({ org_id, id })
    .update({ ...change.columns, ...nextVersion(db) })
    .returning('*');
  if (references) await writeReferences(db, before, references);
  await record(db, actor, {
    organizationId: input.organizationId,
    action: 'resource.update',
    target: input.resourceId,
    before: toSummary(type, before),
    after: { ...toSummary(type, after!), changedFields: change.changedFields },
  });
  return toSummary(type, after!);
}

/** What a manifest leaves to the API of a resource: labels, and sensitive fields that it does not say. */
function refuseChange({ fields }: KeptType, { managed_by }: ResourceRow, { name, data = {} }: Change, actor: Actor): void {
  const isLeft = (field: string): boolean => fields[field]?.class === 'sensitive' && !managed_by?.fields?.includes(field);
  if (name !== undefined || !Object.keys(data).every(isLeft)) refuseManaged(managed_by, actor);
}

interface Change {
  readonly name?: string | undefined;
  readonly labels?: LabelsPatch | undefined;
  readonly data?: Data | undefined;
}

interface Changed {
  readonly columns: object;
  /** The names of the fields that change. */
  readonly changedFields: readonly string[];
  /** The fields that are kept in the clear, where some change. */
  readonly data: Data | undefined;
}

/** What a patch changes. Undefined when nothing. */
async function changeOf(
  db: Db,
  keyring: Keyring,
  { type, before, patch }: { type: KeptType; before: ResourceRow; patch: Change },
): Promise<Changed | undefined> {
  const columns: Record<string, unknown> = {};
  if (patch.name !== undefined && patch.name !== before.name) columns['name'] = patch.name;
  const labels = patchLabels(before.labels, patch.labels);
  if (labels) columns['labels'] = JSON.stringify(labels);
  const fields = patch.data && patchFields(type, before, patch.data);
  if (fields) {
    columns['data'] = JSON.stringify(fields.data);
    const sealed = await sealFields(db, keyring, before, fields.toSeal);
    columns['data_sealed'] = JSON.stringify({ ...pick(before.data_sealed, fields.kept), ...sealed });
  }
  return Object.keys(columns).length === 0 ? undefined : { columns, changedFields: fields?.changed ?? [], data: fields?.data };
}

/** Deletes a resource for good. Throws NotFound, managed-by when a manifest says it, and resource-in-use. */
export async function deleteResource(
  db: Db,
  actor: Actor,
  input: ResourceKey & { preconditions?: Preconditions | undefined },
): Promise<void> {
  const type = await findType(actor, input);
  const row = await lockResource(db, input);
  checkPreconditions(input.preconditions ?? {}, etagOf(row.version));
  refuseManaged(row.managed_by, actor);
  await refuseResourceInUse(db, actor, row);
  await db('resources').where({ org_id: row.org_id, id: row.id }).delete();
  const { organizationId, resourceId: target } = input;
  await record(db, actor, { organizationId, action: 'resource.delete', target, before: toSummary(type, row) });
}

/** Under the lock of the organization, which the dispatcher holds. */
async function refuseTooMany(db: Db, place: TypePlace): Promise<void> {
  const present = db('resources').where(placeColumns(place)).select(db.raw('1')).limit(maxResources).as('present');
  const [{ count }] = (await db.from(present).count('* as count')) as unknown as [{ count: string }];
  if (Number(count) < maxResources) return;
  throw new LimitExceeded(`There are ${maxResources} resources of a type in one place at most. Delete one.`, maxResources, Number(count));
}
