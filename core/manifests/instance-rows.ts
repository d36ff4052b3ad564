import type { InstanceRow } from '../apps/instance-rows.ts';
import type { Blueprint } from '../authorization/policy/blueprint.ts';
import { isId, toId, toUuid } from '../base/ids.ts';
import { hasTextForm } from '../base/text.ts';
import { type Db, prepared } from '../database/database.ts';
import { type ManagedBy, managerOfSetting } from '../organizations/managed-by.ts';
import type { ManifestRef } from './apply.ts';
import type { DesiredInstance } from './instances.ts';

/** What has the slug of an entry, or is installed because the manifest says so; without `item_id` it is a project that is no application. */
export interface InstalledRow extends Pick<InstanceRow, 'org_id' | 'id' | 'env' | 'secrets' | 'price_kind' | 'desired'> {
  readonly slug: string;
  readonly name: string;
  readonly managed_by: ManagedBy | null;
  readonly item_id: string | null;
  readonly item_name: string | null;
}

const rowsSql = `
select p.org_id, p.id, p.slug, p.name, p.managed_by, i.item_id, c.name as item_name, i.env, i.secrets, i.price_kind, i.desired
from projects p left join instances i on i.org_id = p.org_id and i.id = p.id and p.state = 'ACTIVE' left join catalog_items c on c.id = i.item_id
where p.org_id = $1 and p.state <> 'DELETED' and (p.slug = any ($2) or p.managed_by ->> 'kind' = 'Organization')
order by p.id`;

/** What the manifest has installed, and everything with the slug of an entry. */
export function readInstalled(db: Db, organizationId: string, wanted: readonly DesiredInstance[]): Promise<InstalledRow[]> {
  const slugs = wanted.map(({ name }) => name);
  return prepared<InstalledRow & Record<string, unknown>>(db, 'manifest-instances', rowsSql, [
    toUuid('organization', organizationId),
    slugs,
  ]);
}

/** By what the entries of a manifest call applications and resources. */
export interface InstanceNames {
  /** The ids of applications that can be installed. */
  items(called: string): readonly string[];
  /** The ids of resources of the organization itself. */
  resources(called: string): readonly string[];
}

/** Reads the ids of what entries name. */
export async function readInstanceNames(
  db: Db,
  { organizationId, blueprint }: { readonly organizationId: string; readonly blueprint: Blueprint },
  wanted: readonly DesiredInstance[],
): Promise<InstanceNames> {
  const items = named(
    'catalogItem',
    wanted.map(({ item }) => item),
  );
  const resources = named(
    'resource',
    wanted.flatMap(({ secrets = {} }) => Object.values(secrets).map(({ resource }) => resource)),
  );
  const foundItems: { id: string; name: string }[] =
    items.length === 0
      ? []
      : await db('catalog_items')
          .where({ state: 'PUBLISHED' })
          .whereIn('category', blueprint.catalog?.categories ?? [])
          .whereIn('name', items)
          .select('id', 'name');
  const foundResources: { id: string; name: string }[] =
    resources.length === 0
      ? []
      : await db('resources')
          .where({ org_id: toUuid('organization', organizationId), project_id: null })
          .whereIn('name', resources)
          .select('id', 'name');
  const idsIn = (rows: readonly { id: string; name: string }[], kind: 'catalogItem' | 'resource', called: string): string[] =>
    rows.flatMap(({ id, name }) => (name === called ? [toId(kind, id)] : []));
  return {
    items: (called) => (isId('catalogItem', called) ? [called] : idsIn(foundItems, 'catalogItem', called)),
    resources: (called) => (isId('resource', called) ? [called] : idsIn(foundResources, 'resource', called)),
  };
}

const named = (kind: 'catalogItem' | 'resource', called: readonly string[]): string[] => [
  ...new Set(called.filter((text) => hasTextForm(text) && !isId(kind, text))),
];

/** Whether what is installed is the application that an entry names. */
export function isInstalled({ item_id, item_name }: InstalledRow, called: string): boolean {
  return item_name === called || (item_id !== null && toId('catalogItem', item_id) === called);
}

/** What the project of an application keeps of the manifest that says it. It is no `StoredRef`: one manifest says many. */
export function instanceRef({ kind, name, cluster }: ManifestRef, { priceKind, running }: DesiredInstance): ManagedBy {
  const settings = [...(priceKind === undefined ? [] : ['priceKind']), ...(running === undefined ? [] : ['running'])];
  return { kind, name, ...{ cluster }, ...(settings.length > 0 && { settings }) };
}

/** Whether the row says already whose it is. */
export function isNotedInstance({ managed_by }: InstalledRow, ref: ManagedBy): boolean {
  if (managed_by?.kind !== ref.kind || managed_by.name !== ref.name) return false;
  return ['priceKind', 'running'].every(
    (setting) => (managerOfSetting(managed_by, setting) === null) === (managerOfSetting(ref, setting) === null),
  );
}
