/**
 * The daily work of forgetting: does each in turn, in a transaction of its own that `purge` opens, and counts those that it forgot. One that cannot be
 * forgotten keeps no other from it; what failed is thrown at the end. `what` names them, in the plural.
 */
export async function purgeEach<T>(all: readonly T[], what: string, purge: (one: T) => Promise<boolean>): Promise<number> {
  const errors: unknown[] = [];
  let purged = 0;
  for (const one of all) {
    try {
      if (await purge(one)) purged += 1;
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw new AggregateError(errors, `${errors.length} ${what} could not be purged, ${purged} were.`);
  return purged;
}
