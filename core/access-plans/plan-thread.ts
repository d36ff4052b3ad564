import { answer } from '../base/thread.ts';
import { openDatabase } from '../database/database.ts';
import { makeAccessPlan } from './making.ts';
import type { PlannerTask } from './planner.ts';
import { checkAccessPlan } from './staleness.ts';

answer(async ({ url, pooler, accessPlanId, what }: PlannerTask) => {
  // A connection that is lost fails the statement that uses it, and with it the job.
  const database = openDatabase(url, { size: 2, pooler, onError: () => undefined });
  try {
    if (what === 'check') return await checkAccessPlan(database, accessPlanId);
    await makeAccessPlan(database, accessPlanId);
    return undefined;
  } finally {
    await database.close();
  }
});
