/**
 * The work of a job: does each in turn, in transactions of its own that `work` opens, and counts those of which `work` says that something was done. One that
 * fails keeps no other from it; what failed is thrown at the end. `what` says what did not happen: "deleted projects could not be purged".
 */
export async function eachApart<T>(all: readonly T[], what: string, work: (one: T) => Promise<boolean>): Promise<number> {
  const errors: unknown[] = [];
  let done = 0;
  for (const one of all) {
    try {
      if (await work(one)) done += 1;
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) {
    const first = errors[0] instanceof Error ? errors[0].message : String(errors[0]);
    throw new AggregateError(errors, `${errors.length} of ${all.length} ${what}: ${first}`);
  }
  return done;
}
