import { toId } from '../../base/ids.ts';
import type { Db } from '../../database/database.ts';

/**
 * How a revision came into force. FIRST_START: the policy files, when the installation began. APPLY: `tenet policy apply`. PROPOSAL: a revision
 * that was proposed and put into force by its number. PLAN: by an access plan. ROLLBACK: back to what was in force before.
 * ROLES: an organization defined its roles. ROLLOUT: in stages.
 */
export type ActivationWay = 'FIRST_START' | 'APPLY' | 'PROPOSAL' | 'PLAN' | 'ROLLBACK' | 'ROLES' | 'ROLLOUT';

/** What a rollout came to. ALL: its candidate is in force. */
export type ActivationStage = 'SHADOW' | 'CANARY' | 'ALL' | 'CANCELLED' | 'ROLLED_BACK';

/** One entry of the history of a scope: a revision that was put into force, or a stage of a rollout; what is in force stays then, but for the stage ALL. */
export interface Activation {
  readonly scope: string;
  readonly revision: number;
  /** What it took the place of; absent for the first, and for what was put into force before there was a history. */
  readonly previousRevision?: number;
  readonly how: ActivationWay;
  readonly activatedBy: string;
  readonly activatedAt: Date;
  readonly reason?: string;
  /** The head's version since then: the entry with the present one is what is in force. */
  readonly version: string;
  readonly sha256: string;
  readonly gitCommit?: string;
  /** Of a rollout: what it came to. */
  readonly rollout?: { readonly id: string; readonly stage: ActivationStage; readonly candidate: number };
}

interface ActivationRow {
  scope: string;
  version: string;
  revision: number;
  previous_revision: number | null;
  how: ActivationWay;
  activated_by: string;
  activated_at: Date;
  reason: string | null;
  sha256: string;
  git_commit: string | null;
  rollout_id: string | null;
  stage: ActivationStage | null;
  candidate_revision: number | null;
}

/** The history of several scopes, newest first. */
export async function latestActivations(db: Db, scopes: readonly string[], limit: number): Promise<Activation[]> {
  const rows: ActivationRow[] = await entries(db)
    .whereIn('a.scope', scopes)
    .orderBy([{ column: 'a.activated_at', order: 'desc' }, { column: 'a.scope' }, { column: 'a.version', order: 'desc' }])
    .limit(limit);
  return rows.map(toActivation);
}

function entries(db: Db) {
  return db('policy_activations as a')
    .join('policy_revisions as r', { 'r.scope': 'a.scope', 'r.revision': 'a.revision' })
    .select('a.*', 'r.sha256', 'r.git_commit');
}

/** The history of a scope, newest first; `before` is the version behind which the page begins. */
export async function listActivations(db: Db, scope: string, page: { before?: string; limit: number }): Promise<Activation[]> {
  const query = entries(db).where('a.scope', scope).orderBy('a.version', 'desc').limit(page.limit);
  if (page.before !== undefined) query.where('a.version', '<', page.before);
  return (await query).map(toActivation);
}

function toActivation(row: ActivationRow): Activation {
  return {
    scope: row.scope,
    revision: row.revision,
    ...(row.previous_revision === null ? {} : { previousRevision: row.previous_revision }),
    how: row.how,
    activatedBy: row.activated_by,
    activatedAt: row.activated_at,
    ...(row.reason === null ? {} : { reason: row.reason }),
    version: row.version,
    sha256: row.sha256,
    ...(row.git_commit === null ? {} : { gitCommit: row.git_commit }),
    ...(row.rollout_id !== null && {
      rollout: { id: toId('rollout', row.rollout_id), stage: row.stage!, candidate: row.candidate_revision! },
    }),
  };
}

/** One step of a history, oldest first: what was put into force, in place of what, and whether that was a rollback. */
export interface Move {
  readonly revision: number;
  readonly previous_revision: number | null;
  readonly how: string;
}

/** What a rollback of a scope goes back to; undefined where nothing came before. */
export async function revisionBefore(db: Db, scope: string, present: number): Promise<number | undefined> {
  // Stages of a rollout before the last one move nothing.
  const moves: Move[] = await db('policy_activations')
    .where({ scope })
    .whereRaw("coalesce(stage, 'ALL') = 'ALL'")
    .orderBy('version')
    .select('revision', 'previous_revision', 'how');
  return previousIn(moves, present);
}

/**
 * What a rollback goes back to: what the revision in force took the place of. Behind a rollback that is what came before the entry that
 * it went back to, so that one rollback after another goes further back, and none returns to what the last one has left. Undefined where nothing came before.
 */
export function previousIn(moves: readonly Move[], present: number): number | undefined {
  let at = -1;
  for (const [index, { revision, how }] of moves.entries()) {
    if (how !== 'ROLLBACK') at = index;
    else {
      const isOrigin = (move: Move): boolean => move.how !== 'ROLLBACK' && move.revision === revision;
      const further = moves.slice(0, at).findLastIndex(isOrigin);
      at = further === -1 ? moves.slice(0, index).findLastIndex(isOrigin) : further;
    }
  }
  const move = moves[at];
  return move?.revision === present ? (move.previous_revision ?? undefined) : undefined;
}

/** Whether a revision was ever in force. */
export async function wasInForce(db: Db, scope: string, revision: number): Promise<boolean> {
  return (await db('policy_activations').where({ scope, revision }).first('version')) !== undefined;
}
