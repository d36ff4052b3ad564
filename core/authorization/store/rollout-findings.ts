import { toId, toUuid } from '../../base/ids.ts';
import { type Db, prepared } from '../../database/database.ts';
import type { Level } from '../policy/domain.ts';
import type { Rollout } from './rollouts.ts';

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
  /** Compared decisions that differ where the plan does not say so, and for whose case there was no room. */
  readonly unkept: number;
  /** Where decisions differ in such a way: some organizations. */
  readonly organizations: readonly string[];
}

/** Cases that are kept of one rollout: as many that the plan says, and as many others (docs/limits.md). */
const mostFindings = 10_000;

/** What was compared in a stage does not count in another one. */
const isOpen = "exists (select from policy_rollouts where id = $1 and stage = $2 and stage in ('SHADOW', 'CANARY'))";

// In order, so that two processes which write the same wait for each other in one order.
const findingsSql = `
insert into policy_rollout_findings as known (rollout_id, digest, effect, resource, action, level, roles, scopes, count, planned, decision_id, organization_id)
select $1, f.digest, f.effect, f.resource, f.action, f.level, array(select jsonb_array_elements_text(f.roles)), array(select jsonb_array_elements_text(f.scopes)),
  f.count, f.planned, f.decision_id, f.organization_id
from jsonb_to_recordset($3) as f (digest text, effect text, resource text, action text, level text, roles jsonb, scopes jsonb, count bigint, planned boolean,
  decision_id uuid, organization_id uuid)
where ${isOpen} and (exists (select from policy_rollout_findings x where x.rollout_id = $1 and x.digest = f.digest)
  or (select count(*) from policy_rollout_findings x where x.rollout_id = $1 and x.planned = f.planned) < $4)
order by f.digest
on conflict (rollout_id, digest) do update set count = known.count + excluded.count, last_at = now()
returning digest`;

const countsSql = `
update policy_rollout_counts set compared = compared + $3, dropped = dropped + $4, unkept = unkept + $5, last_at = now(),
  organizations = array(select distinct id from unnest(organizations || $6::uuid[]) as o (id) limit 2)
where rollout_id = $1 and ${isOpen}`;

/** Adds what was compared to what is known of an open rollout; nothing where it has ended or is in another stage. */
export async function addCompared(db: Db, rollout: Pick<Rollout, 'id' | 'stage'>, found: Compared): Promise<void> {
  const { compared, dropped, findings, organizations } = found;
  const [id, stage] = [toUuid('rollout', rollout.id), rollout.stage];
  const rows = findings.map(({ decisionId, organizationId, ...finding }) => ({
    ...finding,
    decision_id: decisionId === undefined ? null : toUuid('decision', decisionId),
    organization_id: organizationId === undefined ? null : toUuid('organization', organizationId),
  }));
  const values = [id, stage, JSON.stringify(rows), mostFindings];
  const kept = rows.length > 0 ? await prepared<{ digest: string }>(db, 'add-rollout-findings', findingsSql, values) : [];
  const isKept = new Set(kept.map(({ digest }) => digest));
  const unkept = findings.reduce((sum, { digest, planned, count }) => sum + (planned || isKept.has(digest) ? 0 : count), found.unkept);
  const uuids = organizations.map((organization) => toUuid('organization', organization));
  await prepared(db, 'add-rollout-counts', countsSql, [id, stage, compared, dropped, unkept, uuids]);
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
