import { record } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import type { Keyring } from '../base/keyring.ts';
import type { Db } from '../database/database.ts';
import { currentDataKey } from '../secrets/data-keys.ts';
import { openValue, sealWith } from '../secrets/seal.ts';
import { resourceContext } from '../secrets/sealed-columns.ts';
import type { Data } from './field-schema.ts';
import { fieldsOf, findResource, findType, pick, type ResourceKey, type ResourceRow } from './resource-rows.ts';

/** The sensitive fields of a resource as the database keeps them. */
export type Sealed = Readonly<Record<string, string>>;

type RowKey = Pick<ResourceRow, 'org_id' | 'id'>;

/** Each of these values encrypted for its place: this field of this resource. */
export async function sealFields(db: Db, keyring: Keyring, { org_id, id }: RowKey, data: Data): Promise<Sealed> {
  const entries = Object.entries(data);
  if (entries.length === 0) return {};
  const key = await currentDataKey(db, keyring, org_id);
  const sealed = entries.map(async ([name, value]) => {
    const place = { orgId: org_id, context: resourceContext(id, name) };
    return [name, await sealWith(key, place, JSON.stringify(value))] as const;
  });
  return Object.fromEntries(await Promise.all(sealed));
}

/**
 * The sensitive fields of a resource that may be shown at all, and an event that says which ones were. What was kept before a revision made its field
 * sensitive is among them. Throws NotFound.
 */
export async function revealResource(db: Db, keyring: Keyring, actor: Actor, key: ResourceKey): Promise<{ id: string; data: Data }> {
  const type = await findType(actor, key);
  const row = await findResource(db, type, key);
  const names = fieldsOf(type, 'sensitive').filter((name) => !type.fields[name]!.writeOnly);
  const data = { ...pick(row.data, names), ...(await openFields(db, keyring, row, names)) };
  const { organizationId, projectId, resourceId: id } = key;
  const after = { type: type.name, fields: Object.keys(data).sort() };
  await record(db, actor, { organizationId, projectId, action: 'resource.reveal', target: id, after });
  return { id, data };
}

/** The sensitive fields of these names, as far as they are there. */
export async function openFields(
  db: Db,
  keyring: Keyring,
  { org_id, id, data_sealed }: ResourceRow,
  names: readonly string[],
): Promise<Data> {
  const opened: Record<string, unknown> = {};
  for (const name of names.filter((name) => Object.hasOwn(data_sealed, name))) {
    opened[name] = JSON.parse(await openValue(db, keyring, { orgId: org_id, context: resourceContext(id, name) }, data_sealed[name]!));
  }
  return opened;
}
