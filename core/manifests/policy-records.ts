import { createHash } from 'node:crypto';
import { storedScope } from '../authorization/policy/scopes.ts';
import { toId, toUuid } from '../base/ids.ts';
import { type Db, prepared } from '../database/database.ts';

/** A revision of a scope that says what a manifest says. */
export interface SaidRevision {
  /** The name of the scope. */
  readonly scope: string;
  readonly revision: number;
  readonly sha256: string;
}

/** A plan in a few figures. */
export interface PlanFigures {
  readonly id: string;
  readonly digest: string;
  readonly gains: number;
  /** Those of permissions that are sensitive; absent in what was kept before there were any. */
  readonly sensitiveGains?: number;
  readonly losses: number;
}

/** What the database keeps of a PolicyRevision manifest. */
export interface PolicyRecord {
  readonly files: string;
  readonly revisions: readonly SaidRevision[];
  readonly generation: number;
  readonly accessPlanId?: string;
  /** Plans that were made for these files. */
  readonly plans: number;
  /** Milliseconds since the last one was asked for. */
  readonly plannedMs: number;
  readonly applied?: PlanFigures;
  /** The rollout that it has begun of these files, open or not. */
  readonly rollout?: string;
  readonly isDone: boolean;
}

/** What is in force of a scope, and who put it there. */
export interface PresentHead {
  readonly revision: number;
  readonly sha256: string;
  readonly by: string;
  readonly at: string;
  readonly reason?: string;
}

/** The digest of what a manifest has files for, and of the files. */
export function digestOfFiles(scopes: readonly string[], files: Readonly<Record<string, string>>): string {
  const hash = createHash('sha256').update(JSON.stringify([...scopes].sort()));
  for (const file of Object.keys(files).sort()) hash.update(JSON.stringify([file, files[file]]));
  return hash.digest('hex');
}

interface Row {
  files: string;
  revisions: SaidRevision[];
  generation: string;
  plan_id: string | null;
  plans: number;
  planned_ms: number | null;
  applied: PlanFigures | null;
  rollout_id: string | null;
  is_done: boolean;
}

const recordSql = `
select files, revisions, generation, plan_id, plans, applied, rollout_id, is_done,
  (extract(epoch from now() - planned_at) * 1000)::float8 as planned_ms
from policy_manifests where uid = $1`;

/** What is kept of the manifest with this uid; nothing where it has never got so far. */
export async function findRecord(db: Db, uid: string): Promise<PolicyRecord | undefined> {
  const [row] = await prepared<Row>(db, 'policy-manifest', recordSql, [uid]);
  if (!row) return undefined;
  const { files, revisions, plans, plan_id, applied, rollout_id } = row;
  return {
    ...{ files, revisions, plans, generation: Number(row.generation), plannedMs: row.planned_ms ?? 0, isDone: row.is_done },
    ...(plan_id !== null && { accessPlanId: toId('accessPlan', plan_id) }),
    ...(applied !== null && { applied }),
    ...(rollout_id !== null && { rollout: toId('rollout', rollout_id) }),
  };
}

/** Writes the record of a manifest in the place of the one that it has. Those of objects that its cluster does not have any more go. */
export async function keepRecord(
  db: Db,
  { uid, cluster, present }: { readonly uid: string; readonly cluster: string; readonly present: readonly string[] },
  { accessPlanId, revisions, applied, rollout, files, generation, plans, isDone }: Omit<PolicyRecord, 'plannedMs'>,
): Promise<void> {
  const values = {
    ...{ files, revisions: JSON.stringify(revisions), generation, plans, is_done: isDone },
    plan_id: accessPlanId === undefined ? null : toUuid('accessPlan', accessPlanId),
    planned_at: db.fn.now(),
    applied: applied === undefined ? null : JSON.stringify(applied),
    rollout_id: rollout === undefined ? null : toUuid('rollout', rollout),
  };
  await db('policy_manifests')
    .insert({ uid, cluster, ...values })
    .onConflict('uid')
    .merge();
  await db('policy_manifests')
    .where({ cluster })
    .whereNotIn('uid', [uid, ...present])
    .delete();
}

const headsSql = `
select h.scope, h.revision, r.sha256, h.activated_by as by, h.activated_at as at, coalesce(h.reason, r.reason) as reason
from policy_heads h join policy_revisions r on r.scope = h.scope and r.revision = h.revision where h.scope = any ($1)`;

/** What is in force of these scopes, by their names. */
export async function presentHeads(db: Db, scopes: readonly string[]): Promise<ReadonlyMap<string, PresentHead>> {
  const rows = await prepared<{ scope: string; revision: number; sha256: string; by: string; at: Date; reason: string | null }>(
    db,
    'policy-manifest-heads',
    headsSql,
    [scopes.map(storedScope)],
  );
  const heads = new Map<string, PresentHead>();
  for (const { scope, at, reason, ...head } of rows) {
    const name = scopes.find((each) => storedScope(each) === scope)!;
    heads.set(name, { ...head, at: at.toISOString(), ...(reason !== null && { reason }) });
  }
  return heads;
}

/** Whether what a manifest says is in force. */
export const isInForce = ({ revisions }: Pick<PolicyRecord, 'revisions'>, heads: ReadonlyMap<string, PresentHead>): boolean =>
  revisions.every(({ scope, sha256 }) => heads.get(scope)?.sha256 === sha256);

/** What is in force in its place, and who put it there. */
export function supersededBy({ revisions }: PolicyRecord, heads: ReadonlyMap<string, PresentHead>): string {
  const others = revisions.flatMap(({ scope, sha256 }) => {
    const head = heads.get(scope);
    if (head === undefined || head.sha256 === sha256) return [];
    const why = head.reason === undefined ? '' : ` (${JSON.stringify(head.reason)})`;
    return `Revision ${head.revision} of ${scope} is in force, by ${head.by} at ${head.at}${why}.`;
  });
  return `${others.join(' ')} It stays so until this manifest changes.`;
}
