import { Unavailable } from '../base/errors.ts';
import { answer } from '../base/thread.ts';
import { openDatabase, prepared } from '../database/database.ts';
import type { ReplayOutcome, ReplayTask } from './replayer.ts';
import { replayDecisions } from './replays.ts';

/** SQLSTATE of a statement that ran for longer than it may. */
const tooLong = '57014';

answer(async ({ url, pooler, patience, question }: ReplayTask): Promise<ReplayOutcome> => {
  // A connection that is lost fails the statement that uses it.
  const database = openDatabase(url, { size: 1, pooler, onError: () => undefined });
  try {
    const replayed = await database.observe('platform', async (db) => {
      await prepared(db, 'patience', "select set_config('statement_timeout', $1, true)", [String(patience)]);
      return replayDecisions(db, question);
    });
    return { replayed };
  } catch (error) {
    const { code } = ((error as Error).cause ?? {}) as { code?: string };
    if (error instanceof Unavailable && code === tooLong) return { tooLong: true };
    throw error;
  } finally {
    await database.close();
  }
});
