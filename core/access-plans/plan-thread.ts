import { answer } from '../base/thread.ts';
import { openDatabase } from '../database/database.ts';
import { makeAccessPlan } from './making.ts';
import { planMove } from './moved-policies.ts';
import type { PlannerTask } from './planner.ts';
import { checkAccessPlan } from './staleness.ts';

answer(async ({ url, pooler, ...task }: PlannerTask) => {
  // A connection that is lost fails the statement that uses it, and with it the job.
  const database = openDatabase(url, { size: 2, pooler, onError: () => undefined });
  try {
    if (task.what === 'move') return await planMove(database, task.move);
    if (task.what === 'check') return await checkAccessPlan(database, task.accessPlanId);
    await makeAccessPlan(database, task.accessPlanId);
    return undefined;
  } finally {
    await database.close();
  }
});
