import type { InstanceRow } from '../apps/instance-rows.ts';
import { groupedBy } from '../base/grouped.ts';
import { toId } from '../base/ids.ts';
import type { Db } from '../database/database.ts';
import { type ManagedBy, managerOfSetting } from '../organizations/managed-by.ts';
import { inManifest } from './settings.ts';

/** The applications of an organization as its manifest says them. */
export interface ExportedInstances {
  readonly entries: readonly object[];
  /** Whether the project (uuid) is one of them, so that no Project says it. */
  has(project: string): boolean;
}

interface Row extends Pick<InstanceRow, 'id' | 'item_id' | 'env' | 'secrets' | 'price_kind' | 'desired'> {
  readonly slug: string;
  readonly name: string;
  readonly managed_by: ManagedBy | null;
  readonly item_name: string;
  /** How many can be installed that are called like it. */
  readonly items: number;
  readonly held: number;
}

// What is in its project and in no manifest then: grants, service accounts, resources, and settings that were chosen there.
const rowsSql = `
select i.id, i.item_id, i.env, i.secrets, i.price_kind, i.desired, p.slug, p.name, p.managed_by, c.name as item_name,
  (select count(*)::int from catalog_items o where o.name = c.name and o.state = 'PUBLISHED' and o.id <> c.id) as items,
  ((select count(*) from grants g where g.org_id = p.org_id and g.project_id = p.id and g.revoked_at is null and (g.until is null or g.until > now()))
    + (select count(*) from service_accounts s where s.org_id = p.org_id and s.project_id = p.id and s.state = 'ACTIVE')
    + (select count(*) from resources r where r.org_id = p.org_id and r.project_id = p.id)
    + (select count(*) from setting_values v where v.org_id = p.org_id and v.project_id = p.id and not v.is_copy))::int as held
from instances i join projects p on p.org_id = i.org_id and p.id = i.id join catalog_items c on c.id = i.item_id
where i.org_id = ? and p.state = 'ACTIVE' and p.managed_by ->> 'kind' is distinct from 'Project' order by i.id`;

/** Reads the applications that no Project manages; `leave` gets what is in their projects. */
export async function exportInstances(
  db: Db,
  { org_id, leave }: { org_id: string; leave: (what: string) => void },
): Promise<ExportedInstances> {
  const rows: Row[] = (await db.raw(rowsSql, [org_id])).rows;
  const resources = await readNames(db, org_id, rows);
  const ids = new Set(rows.map(({ id }) => id));
  for (const { slug, held } of rows)
    if (held > 0) leave(`grants, service accounts, resources and settings in the application ${slug}, which no manifest has: ${held}`);
  return { entries: rows.map((row) => toEntry(row, resources)), has: (project) => ids.has(project) };
}

function toEntry(row: Row, nameOf: (resourceId: string) => string): object {
  const { slug, name, item_id, item_name, items, env, secrets, price_kind, desired, managed_by } = row;
  const references = Object.entries(secrets).map(([variable, { resourceId, field }]) => [
    variable,
    { resource: nameOf(resourceId), field },
  ]);
  return {
    name: slug,
    ...(name !== slug && { displayName: name }),
    item: items === 0 ? item_name : toId('catalogItem', item_id),
    ...(price_kind !== null && { priceKind: inManifest(price_kind) }),
    ...(Object.keys(env).length > 0 && { environment: env }),
    ...(references.length > 0 && { secrets: Object.fromEntries(references) }),
    ...runningOf(desired, managed_by),
  };
}

/** Said where the manifest says it, and where the application was stopped. */
function runningOf(desired: InstanceRow['desired'], manager: ManagedBy | null): { running?: boolean } {
  if (desired === 'STOPPED') return { running: false };
  return managerOfSetting(manager, 'running') ? { running: true } : {};
}

/** By their names where one alone has it, else by their ids. */
async function readNames(db: Db, org_id: string, rows: readonly Row[]): Promise<(resourceId: string) => string> {
  if (rows.every(({ secrets }) => Object.keys(secrets).length === 0)) return (id) => id;
  const found: { id: string; name: string }[] = await db('resources').where({ org_id, project_id: null }).select('id', 'name');
  const byName = groupedBy(found, ({ name }) => name);
  const names = new Map(found.map(({ id, name }) => [toId('resource', id), name]));
  return (id) => {
    const name = names.get(id);
    return name !== undefined && byName.get(name)!.length === 1 && !name.startsWith('res_') ? name : id;
  };
}
