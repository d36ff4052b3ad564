import type { PolicyContent } from '../authorization/policy/content.ts';
import { PolicyError } from '../authorization/policy/findings.ts';
import { InvalidInput } from '../base/errors.ts';
import { toUuid } from '../base/ids.ts';
import type { Database, Db } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import type { RoleMapping } from '../policies/role-mapping.ts';
import type { PlanRecord } from './access-plans.ts';
import { baseOf } from './applying.ts';
import { documentOf } from './document.ts';
import { marksOf, storeMarks } from './marks.ts';
import { makePlan } from './plan.ts';
import { storeRows } from './stored-rows.ts';

/** Characters of a plan without its rows (docs/limits.md). */
const mostCharacters = 8_388_608;

/**
 * Makes a plan that was asked for. It may run more than once, also beside itself: a plan that is made stays as it is. Where stock Casbin says
 * something else than the plan, the plan fails.
 */
export async function makeAccessPlan(database: Database, accessPlanId: string): Promise<void> {
  const id = toUuid('accessPlan', accessPlanId);
  const begun = await database.write('platform', (db) => begin(db, id));
  if (!begun) return;
  const { contents, role_mapping: mapping } = begun;
  try {
    const { plan, marks, base } = await observePlan(database, contents, mapping ?? undefined);
    const { rows, ...document } = documentOf(plan);
    const [different] = plan.verification.differences;
    if (different) {
      const { subject, permission, place, planned, decided } = different;
      const about = `${permission} of ${subject} in ${place} is ${decided} for stock Casbin and ${planned} in the plan`;
      await failPlan(database, accessPlanId, `The plan is not what stock Casbin decides: ${about}. This is a fault of Tenet: report it.`);
      return;
    }
    const text = JSON.stringify(document);
    if (text.length > mostCharacters) {
      await failPlan(database, accessPlanId, `The plan has more than ${mostCharacters} characters. Plan fewer changes at once.`);
      return;
    }
    await database.write('platform', async (db) => {
      if (!(await isOpen(db, id))) return;
      await storeRows(db, id, rows);
      await storeMarks(db, id, marks);
      await db('access_plans')
        .where({ id })
        .update({
          state: 'READY',
          document: text,
          base: JSON.stringify(base),
          digest: plan.digest,
          data_at: plan.dataAt,
          ...nextVersion(db),
        });
    });
  } catch (error) {
    if (!(error instanceof PolicyError || error instanceof InvalidInput)) throw error;
    await failPlan(database, accessPlanId, `What is in force has changed, and the contents do not hold together with it: ${error.message}`);
  }
}

/** A plan of what is stored at one moment, with what tells later whether it still holds. */
export function observePlan(database: Database, contents: readonly PolicyContent[], mapping: RoleMapping | undefined) {
  return database.observe('platform', async (db) => ({
    plan: await makePlan(db, contents, { mapping }),
    marks: await marksOf(db),
    base: await baseOf(db),
  }));
}

/** What is to be planned, of a plan that is not made yet. */
async function begin(db: Db, id: string): Promise<Pick<PlanRecord, 'contents' | 'role_mapping'> | undefined> {
  if (!(await isOpen(db, id))) return undefined;
  const [row]: Pick<PlanRecord, 'contents' | 'role_mapping'>[] = await db('access_plans')
    .where({ id })
    .update({ state: 'RUNNING', ...nextVersion(db) })
    .returning(['contents', 'role_mapping']);
  return row;
}

/** Whether a plan is still to be made; locks it. */
async function isOpen(db: Db, id: string): Promise<boolean> {
  const row: { state: string } | undefined = await db('access_plans').where({ id }).forUpdate().first('state');
  return row !== undefined && (row.state === 'QUEUED' || row.state === 'RUNNING');
}

/** Ends a plan without a result. */
export async function failPlan(database: Database, accessPlanId: string, failure: string): Promise<void> {
  const id = toUuid('accessPlan', accessPlanId);
  await database.write('platform', async (db) => {
    if (!(await isOpen(db, id))) return;
    await db('access_plans')
      .where({ id })
      .update({ state: 'FAILED', failure, ...nextVersion(db) });
  });
}
