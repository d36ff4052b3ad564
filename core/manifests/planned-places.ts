import { FailedPrecondition } from '../base/errors.ts';
import { type Db, prepared } from '../database/database.ts';
import type { ManifestIdentity } from '../organizations/managed-by.ts';
import { type ManifestRef, manifestName, type StoredRef } from './apply.ts';

/** A manifest as a file has it: whose object a server has under that name is not in it. */
export interface NamedManifest extends Omit<ManifestIdentity, 'cluster'> {
  /** What a directory would call it by; an object of a cluster has another uid, which its row knows. */
  readonly uid: string;
}

const managedSql = `
select 'Organization' as kind, id, id as org_id, managed_by from organizations
where managed_by is not null and state <> 'DELETED' and managed_by ->> 'name' = any ($1)
union all
select 'Project', id, org_id, managed_by from projects
where managed_by ->> 'kind' = 'Project' and state <> 'DELETED' and managed_by ->> 'name' = any ($1)`;

/** What manifests of some names manage. */
export interface ManagedRow {
  readonly kind: 'Organization' | 'Project';
  readonly id: string;
  readonly org_id: string;
  readonly managed_by: StoredRef;
}

/** The rows that manifests of these names manage, whatever their namespace and cluster are. */
export function readManaged(db: Db, names: readonly string[]): Promise<readonly ManagedRow[]> {
  return prepared<ManagedRow>(db, 'plan-managed', managedSql, [[...new Set(names)]]);
}

/** The clusters whose manifests manage something, and those that something was handed over to. */
export async function readClusters(db: Db): Promise<string[]> {
  const { rows } = await db.raw(`
    select distinct managed_by ->> 'cluster' as cluster from organizations where managed_by is not null and state <> 'DELETED'
    union select cluster from hand_overs order by 1`);
  return (rows as { cluster: string | null }[]).flatMap(({ cluster }) => cluster ?? []);
}

/** The row of a manifest. Throws FailedPrecondition where manifests of several clusters have the name and none is chosen. */
export function rowOf(rows: readonly ManagedRow[], named: NamedManifest, cluster: string | undefined): ManagedRow | undefined {
  const { kind, namespace, name } = named;
  const found = rows.filter(
    (row) =>
      row.kind === kind &&
      row.managed_by.name === name &&
      row.managed_by.namespace === namespace &&
      (cluster === undefined || row.managed_by.cluster === undefined || row.managed_by.cluster === cluster),
  );
  if (found.length < 2) return found[0];
  const clusters = found.flatMap(({ managed_by }) => managed_by.cluster ?? []);
  const sentence = `${manifestName(named)} manages something from several clusters (${clusters.join(', ')}): name the one that is meant by --cluster.`;
  throw new FailedPrecondition('failed-precondition', sentence);
}

/** The manifest as its row knows it, so that it is that object's next state; of a new one what a directory would make of it. */
export function plannedRef({ uid, kind, namespace, name }: NamedManifest, row: ManagedRow | undefined, cluster: string): ManifestRef {
  const stored = row?.managed_by;
  return {
    cluster: stored?.cluster ?? cluster,
    kind,
    ...(namespace !== undefined && { namespace }),
    name,
    uid: stored?.uid ?? uid,
    generation: stored?.generation ?? 1,
  };
}
