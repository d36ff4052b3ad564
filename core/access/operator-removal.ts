import { commandLine } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import type { Database, Db } from '../database/database.ts';
import { findUserId, platformEngine, type Removed, takePlatformRoles, takePlatformRolesAsOwner } from '../people/operators.ts';
import { mayOnPlatform } from '../people/platform-roles.ts';
import { endSupportAccessesOf } from './support-accesses.ts';

/** Takes roles of the platform from a person, all of them unless some are named; who may ask for no support access any more is in no organization any more. */
export async function removeOperator(
  db: Db,
  actor: Actor,
  input: { userId: string; roles?: readonly string[] | undefined },
): Promise<Removed> {
  const removed = await takePlatformRoles(db, actor, input);
  if (!mayOnPlatform(await actor.engine({}), removed.left, 'support', 'request')) await endSupportAccessesOf(db, actor, removed.uuid);
  return removed;
}

/** Who loses which roles; without roles all of them. */
interface Removal {
  readonly who: { readonly id: string } | { readonly issuer: string; readonly subject: string };
  readonly roles?: readonly string[] | undefined;
  /** Also when nobody who may give them would remain. */
  readonly last?: boolean | undefined;
}

/** As removeOperator, for the command line, on a database opened as its owner. */
export async function removePlatformRoles(owned: Database, { who, roles, last }: Removal): Promise<Removed> {
  return owned.write('platform', async (db) => {
    const userId = 'id' in who ? who.id : await findUserId(db, who);
    const removed = await takePlatformRolesAsOwner(db, { userId, roles, last });
    const engine = await platformEngine(db);
    if (!engine || !mayOnPlatform(engine, removed.left, 'support', 'request')) await endSupportAccessesOf(db, commandLine, removed.uuid);
    return removed;
  });
}
