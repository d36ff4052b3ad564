import { isRestricted, type Restricted, readRestricted } from '../authorization/decisions/restricted.ts';
import { toId, toUuid } from '../base/ids.ts';
import type { Keyring } from '../base/keyring.ts';
import type { Db } from '../database/database.ts';
import { openValue } from '../secrets/seal.ts';
import { resourceContext } from '../secrets/sealed-columns.ts';
import type { CatalogItemRow } from './catalog-rows.ts';
import type { DesiredInstance } from './driver.ts';
import type { InstanceRow, SecretReference } from './instance-rows.ts';

/** A secret that is referred to and cannot be had: a sentence for who installed the application. */
export class SecretMissing extends Error {}

/** What a driver is given to run an instance: its variables with their secrets, opened here and kept nowhere. Throws SecretMissing. */
export async function desiredInstance(db: Db, keyring: Keyring, row: InstanceRow, replicas: 0 | 1): Promise<DesiredInstance> {
  const item = (await db('catalog_items').where({ id: row.item_id }).first('program', 'environment')) as Pick<
    CatalogItemRow,
    'program' | 'environment'
  >;
  // What the application had when it was installed it may have no more, or have as a secret by now.
  const named = new Map(item.environment.map((variable) => [variable.name, variable]));
  const plain = Object.entries(row.env).filter(([name]) => named.has(name) && !named.get(name)!.secret);
  const referred = Object.entries(row.secrets).filter(([name]) => named.has(name));
  const usual = item.environment.flatMap(({ name, default: value }) => (value === undefined ? [] : [[name, value] as const]));
  const secrets = replicas === 0 ? {} : await openSecrets(db, keyring, row, referred);
  return {
    id: toId('instance', row.id),
    organizationId: toId('organization', row.org_id),
    replicas,
    generation: Number(row.generation),
    program: item.program,
    env: { ...Object.fromEntries(usual), ...Object.fromEntries(plain), ...secrets },
  };
}

async function openSecrets(
  db: Db,
  keyring: Keyring,
  { org_id, id }: InstanceRow,
  references: readonly (readonly [string, SecretReference])[],
): Promise<Record<string, string>> {
  const opened: Record<string, string> = {};
  if (references.length === 0) return opened;
  const restricted = await readRestricted(db, org_id, id);
  for (const [name, reference] of references) opened[name] = await openSecret(db, keyring, { org_id, id, restricted }, name, reference);
  return opened;
}

interface SecretRow {
  type: string;
  data: Readonly<Record<string, unknown>>;
  data_sealed: Readonly<Record<string, string>>;
}

async function openSecret(
  db: Db,
  keyring: Keyring,
  { org_id, id: instance, restricted }: Pick<InstanceRow, 'org_id' | 'id'> & { readonly restricted: Restricted },
  name: string,
  { resourceId, field }: SecretReference,
): Promise<string> {
  const id = toUuid('resource', resourceId);
  const row: SecretRow | undefined = await db('resources')
    .where({ org_id, id })
    .where((query) => query.whereNull('project_id').orWhere({ project_id: instance }))
    .first('type', 'data', 'data_sealed');
  if (!row) throw new SecretMissing(`The secret of the variable ${name} is not there any more. Give another one with updateInstance.`);
  if (isRestricted(restricted, row.type, resourceId)) {
    throw new SecretMissing(
      `The organization has switched off the resource of the variable ${name}. Give another one with updateInstance.`,
    );
  }
  if (Object.hasOwn(row.data_sealed, field)) {
    return textOf(
      JSON.parse(await openValue(db, keyring, { orgId: org_id, context: resourceContext(id, field) }, row.data_sealed[field]!)),
    );
  }
  if (!Object.hasOwn(row.data, field)) {
    throw new SecretMissing(
      `The resource of the variable ${name} has nothing in the field ${field}. Set it with updateResource, or give another one with updateInstance.`,
    );
  }
  return textOf(row.data[field]);
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
