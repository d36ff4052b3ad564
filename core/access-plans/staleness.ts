import { counted } from '../base/counted.ts';
import { platformChain } from '../base/ids.ts';
import type { Database, Db } from '../database/database.ts';
import { findPlan } from './access-plans.ts';
import { differenceOf } from './comparison.ts';
import { documentOf } from './document.ts';
import { movedSince } from './marks.ts';
import { makePlan } from './plan.ts';
import { storedRowsOf } from './stored-rows.ts';

/** What makes a plan say something else than it said when it was made; nothing where it still holds. */
export interface Staleness {
  /** Sentences for people. */
  readonly reasons: readonly string[];
  /** Organizations that were planned again. */
  readonly planned: number;
}

/** Organizations that are planned again at most; when more have moved, a new plan is due (docs/limits.md). */
const most = 500;

/**
 * Looks whether a plan still holds: of the organizations in which nothing moved it does, the others, and the platform, are planned again and
 * compared. What is in force must be what it was.
 */
export async function checkAccessPlan(database: Database, accessPlanId: string): Promise<Staleness> {
  return database.observe('platform', (db) => compare(db, accessPlanId));
}

async function compare(db: Db, accessPlanId: string): Promise<Staleness> {
  const { id, contents, document, role_mapping } = await findPlan(db, accessPlanId, ['id', 'contents', 'document', 'role_mapping']);
  const moved = await movedSince(db, id);
  if (moved.length > most)
    return { reasons: [`Something has moved in ${counted(moved.length, 'organization')}, which are too many to plan again.`], planned: 0 };
  const again = await makePlan(db, contents, { only: moved, withUses: false, withStranded: false, mapping: role_mapping ?? undefined });
  const now = documentOf(again);
  const before = await storedRowsOf(db, id, [...moved, platformChain]);
  const difference = differenceOf({ effects: document!.effects, rows: before }, now);
  const reasons = difference === undefined ? [] : [difference];
  for (const { status, detail } of now.rails) if (status === 'BLOCK') reasons.push(detail);
  const [different] = again.verification.differences;
  if (different) reasons.push(`Stock Casbin decides ${different.permission} of ${different.subject} otherwise than the plan.`);
  return { reasons, planned: moved.length };
}
