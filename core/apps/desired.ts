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
  const usual = item.environment.flatMap(({ name, default: value }) => (value === undefined ? [] : [[name, value] as const]));
  const secrets = replicas === 0 ? {} : await openSecrets(db, keyring, row);
  return {
    id: toId('instance', row.id),
    organizationId: toId('organization', row.org_id),
    replicas,
    generation: Number(row.generation),
    program: item.program,
    env: { ...Object.fromEntries(usual), ...row.env, ...secrets },
  };
}

async function openSecrets(db: Db, keyring: Keyring, { org_id, id, secrets }: InstanceRow): Promise<Record<string, string>> {
  const opened: Record<string, string> = {};
  for (const [name, reference] of Object.entries(secrets)) opened[name] = await openSecret(db, keyring, { org_id, id }, name, reference);
  return opened;
}

interface SecretRow {
  data: Readonly<Record<string, unknown>>;
  data_sealed: Readonly<Record<string, string>>;
}

async function openSecret(
  db: Db,
  keyring: Keyring,
  { org_id, id: instance }: Pick<InstanceRow, 'org_id' | 'id'>,
  name: string,
  { resourceId, field }: SecretReference,
): Promise<string> {
  const id = toUuid('resource', resourceId);
  const row: SecretRow | undefined = await db('resources')
    .where({ org_id, id })
    .where((query) => query.whereNull('project_id').orWhere({ project_id: instance }))
    .first('data', 'data_sealed');
  const missing = new SecretMissing(`The secret of the variable ${name} is not there any more. Give another one with updateInstance.`);
  if (!row) throw missing;
  if (Object.hasOwn(row.data_sealed, field)) {
    return textOf(
      JSON.parse(await openValue(db, keyring, { orgId: org_id, context: resourceContext(id, field) }, row.data_sealed[field]!)),
    );
  }
  if (!Object.hasOwn(row.data, field)) throw missing;
  return textOf(row.data[field]);
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
