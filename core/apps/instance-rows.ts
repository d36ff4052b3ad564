import { NotFound } from '../base/errors.ts';
import { toId, toUuid } from '../base/ids.ts';
import { etagOf } from '../base/versions.ts';
import type { Db } from '../database/database.ts';
import { type ManagedBy, managedBy } from '../organizations/managed-by.ts';
import type { PriceKind } from './program.ts';
import { shownState, trialOver } from './trials.ts';

/** What an instance does. */
export type InstanceState = 'INSTALLING' | 'RUNNING' | 'IDLE_STOPPED' | 'STOPPED' | 'STARTING' | 'RESTARTING' | 'FAILED' | 'UNINSTALLING';

/** After so many failures in a row, each followed by another start, the log of the organization gets an event, and people a mail. */
export const failuresUntilTold = 3;

/** A field of a resource whose value a variable has. */
export interface SecretReference {
  readonly resourceId: string;
  readonly field: string;
}

/** An installed application as lists show it. */
export interface InstanceSummary {
  readonly id: string;
  readonly organizationId: string;
  /** The project that it is: who has access is said by grants in it. */
  readonly projectId: string;
  readonly name: string;
  readonly itemId: string;
  readonly itemName: string;
  readonly state: InstanceState;
  readonly health: 'UNKNOWN' | 'HEALTHY' | 'UNHEALTHY';
  readonly lastActiveAt: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** The manifest that says it, or that manages its project. */
  readonly managedBy?: ManagedBy;
  readonly etag: string;
}

/** An installed application. */
export interface Instance extends InstanceSummary {
  /** Why it FAILED, does not answer, or had failed before it was started again. */
  readonly failure?: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, SecretReference>>;
  /** Without traffic for so long it is stopped until the next access; absent: never. */
  readonly idleStopAfter?: string;
  readonly priceKind?: PriceKind;
  readonly trialEndsAt?: string;
  readonly createdBy: string;
}

/** The row of an instance. */
export interface InstanceRow {
  org_id: string;
  id: string;
  item_id: string;
  desired: 'RUNNING' | 'IDLE_STOPPED' | 'STOPPED' | 'REMOVED';
  state: InstanceState;
  generation: string;
  observed_generation: string | null;
  host: string | null;
  port: number | null;
  env: Readonly<Record<string, string>>;
  secrets: Readonly<Record<string, SecretReference>>;
  last_active_at: Date;
  health: Instance['health'];
  failure: string | null;
  failures: number;
  next_attempt_at: Date | null;
  price_kind: PriceKind | null;
  trial_ends_at: Date | null;
  deletes_data: boolean;
  removed_at: Date | null;
  created_by: string;
  version: string;
  created_at: Date;
  updated_at: Date;
}

/** A row with the names of its project and of its application, and with what is shown of it after its trial. */
export type NamedInstance = InstanceRow & {
  readonly name: string;
  readonly item_name: string;
  readonly managed_by: ManagedBy | null;
  readonly is_trial_over: boolean;
};

/** The manifest that says the application itself, and not only its project. */
export function managerOfInstance(manager: ManagedBy | null): ManagedBy | null {
  return manager?.kind === 'Organization' ? manager : null;
}

/** An instance in its organization. */
export interface InstancePlace {
  readonly organizationId: string;
  readonly instanceId: string;
}

/** The project that an instance is: both have one uuid. Throws InvalidInput for what is no id of an instance. */
export function projectOfInstance(instanceId: string): string {
  return toId('project', toUuid('instance', instanceId));
}

/** The key of its row. */
export function instanceKey({ organizationId, instanceId }: InstancePlace): Pick<InstanceRow, 'org_id' | 'id'> {
  return { org_id: toUuid('organization', organizationId), id: toUuid('instance', instanceId) };
}

/** Of the project and of the end of a trial something is shown, so the version from which the ETag is made has both. */
const shownVersion = `(i.version + p.version) || case when ${trialOver} then '.ended' else '' end`;

// The manager writes the same once it has ended the program.
const shownColumns = `${trialOver} as is_trial_over, ${shownVersion} as version, ${shownState} as state,
  case when ${trialOver} then 'UNKNOWN' else i.health end as health, case when ${trialOver} then null else i.failure end as failure`;

/** Instances of living projects with their names, as they are shown. */
export function namedInstances(db: Db) {
  return db('instances as i')
    .join('projects as p', (on) => on.on('p.org_id', 'i.org_id').andOn('p.id', 'i.id'))
    .join('catalog_items as c', 'c.id', 'i.item_id')
    .where('p.state', 'ACTIVE')
    .select('i.*', 'p.name', 'p.managed_by', 'c.name as item_name', db.raw(shownColumns));
}

/** The row of a living instance, locked when it is to be changed. Throws NotFound. */
export async function findInstance(db: Db, place: InstancePlace, { lock = false } = {}): Promise<NamedInstance> {
  const { org_id, id } = instanceKey(place);
  const query = namedInstances(db).where({ 'i.org_id': org_id, 'i.id': id });
  const row: NamedInstance | undefined = await (lock ? query.forNoKeyUpdate('i') : query).first();
  if (!row) throw new NotFound();
  return row;
}

/** The row as lists show it. */
export function toSummary(row: NamedInstance): InstanceSummary {
  return {
    id: toId('instance', row.id),
    organizationId: toId('organization', row.org_id),
    projectId: toId('project', row.id),
    name: row.name,
    itemId: toId('catalogItem', row.item_id),
    itemName: row.item_name,
    state: row.state,
    health: row.health,
    lastActiveAt: row.last_active_at.toISOString(),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    ...managedBy(row.managed_by),
    etag: etagOf(row.version),
  };
}

/** The row for those who may read it. Where it is reached stays inside. */
export function toInstance(row: NamedInstance, idleStopAfter: string | undefined): Instance {
  return {
    ...toSummary(row),
    ...(row.failure !== null && { failure: row.failure }),
    environment: row.env,
    secrets: row.secrets,
    ...(idleStopAfter !== undefined && { idleStopAfter }),
    ...(row.price_kind !== null && { priceKind: row.price_kind }),
    ...(row.trial_ends_at !== null && { trialEndsAt: row.trial_ends_at.toISOString() }),
    createdBy: row.created_by,
  };
}
