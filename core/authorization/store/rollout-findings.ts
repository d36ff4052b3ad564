import { toId, toUuid } from '../../base/ids.ts';
import { type Db, prepared } from '../../database/database.ts';
import type { Level } from '../policy/domain.ts';

/** What many decisions have in common that the candidate and the revision in force decide differently. */
export interface Difference {
  /** SHA-256 of what follows. */
  readonly digest: string;
  /** From the revision in force to the candidate. */
  readonly effect: 'ALLOW_TO_DENY' | 'DENY_TO_ALLOW';
  readonly resource: string;
  readonly action: string;
  readonly level: Level;
  /** Casbin names, sorted. */
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
}

/** A difference that was met: how often, whether the plan says so, and one of the decisions. */
export interface Finding extends Difference {
  readonly count: number;
  readonly planned: boolean;
  readonly decisionId?: string;
  readonly organizationId?: string;
}

/** What a process has compared of one rollout since it last wrote. */
export interface Compared {
  readonly compared: number;
  readonly dropped: number;
  readonly findings: readonly Finding[];
}

/** Cases that are kept of one rollout (docs/limits.md). */
const mostFindings = 10_000;

const isOpen = "exists (select from policy_rollouts where id = $1 and stage in ('SHADOW', 'CANARY'))";

// In order, so that two processes which write the same wait for each other in one order.
const findingsSql = `
insert into policy_rollout_findings as known (rollout_id, digest, effect, resource, action, level, roles, scopes, count, planned, decision_id, organization_id)
select $1, f.digest, f.effect, f.resource, f.action, f.level, array(select jsonb_array_elements_text(f.roles)), array(select jsonb_array_elements_text(f.scopes)),
  f.count, f.planned, f.decision_id, f.organization_id
from jsonb_to_recordset($2) as f (digest text, effect text, resource text, action text, level text, roles jsonb, scopes jsonb, count bigint, planned boolean,
  decision_id uuid, organization_id uuid)
where ${isOpen} and (exists (select from policy_rollout_findings x where x.rollout_id = $1 and x.digest = f.digest)
  or (select count(*) from policy_rollout_findings x where x.rollout_id = $1) < $3)
order by f.digest
on conflict (rollout_id, digest) do update set count = known.count + excluded.count, last_at = now()`;

const countsSql = `
update policy_rollout_counts set compared = compared + $2, dropped = dropped + $3, last_at = now() where rollout_id = $1 and ${isOpen}`;

/** Adds what was compared to what is known of an open rollout; nothing where it has ended. */
export async function addCompared(db: Db, rolloutId: string, { compared, dropped, findings }: Compared): Promise<void> {
  const id = toUuid('rollout', rolloutId);
  const rows = findings.map(({ decisionId, organizationId, ...finding }) => ({
    ...finding,
    decision_id: decisionId === undefined ? null : toUuid('decision', decisionId),
    organization_id: organizationId === undefined ? null : toUuid('organization', organizationId),
  }));
  if (rows.length > 0) await prepared(db, 'add-rollout-findings', findingsSql, [id, JSON.stringify(rows), mostFindings]);
  await prepared(db, 'add-rollout-counts', countsSql, [id, compared, dropped]);
}

/** A finding with when it was met first and last. */
export interface ShownFinding extends Omit<Finding, 'digest'> {
  readonly firstAt: Date;
  readonly lastAt: Date;
}

const listSql = `
select * from policy_rollout_findings where rollout_id = $1 order by planned, count desc, digest limit $2`;

interface FindingRow extends Difference, Record<string, unknown> {
  count: string;
  planned: boolean;
  decision_id: string | null;
  organization_id: string | null;
  first_at: Date;
  last_at: Date;
}

/** What was found: first what the plan does not say, then what was met most. */
export async function listFindings(db: Db, rolloutId: string, limit: number): Promise<ShownFinding[]> {
  const rows = await prepared<FindingRow>(db, 'rollout-findings', listSql, [toUuid('rollout', rolloutId), limit]);
  return rows.map(({ effect, resource, action, level, roles, scopes, count, planned, ...row }) => ({
    ...{ effect, resource, action, level, roles, scopes, count: Number(count), planned },
    ...(row.decision_id !== null && { decisionId: toId('decision', row.decision_id) }),
    ...(row.organization_id !== null && { organizationId: toId('organization', row.organization_id) }),
    firstAt: row.first_at,
    lastAt: row.last_at,
  }));
}
