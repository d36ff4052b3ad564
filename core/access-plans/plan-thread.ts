import { answer } from '../base/thread.ts';
import { openDatabase } from '../database/database.ts';
import { makeAccessPlan } from './making.ts';
import type { PlannerTask } from './planner.ts';

answer(async ({ url, pooler, accessPlanId }: PlannerTask) => {
  // A connection that is lost fails the statement that uses it, and with it the job.
  const database = openDatabase(url, { size: 2, pooler, onError: () => undefined });
  try {
    await makeAccessPlan(database, accessPlanId);
  } finally {
    await database.close();
  }
});
