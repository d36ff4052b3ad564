import { FailedPrecondition } from '../base/errors.ts';
import { breaches, type Db } from '../database/database.ts';

/**
 * Checks now what the database would check at the commit: an organization keeps its owner and a holder of its top role.
 * Throws last-owner (409).
 */
export async function checkInvariants(db: Db): Promise<void> {
  const triggers = 'grants_keep_top_role, members_keep_top_role';
  try {
    await db.raw(`set constraints ${triggers} immediate`);
    await db.raw(`set constraints ${triggers} deferred`);
  } catch (error) {
    const detail = breaches(error, 'organizations_keep_owner')
      ? 'The owner of the organization would lose what an owner needs. Transfer the ownership first: createOwnershipTransfer.'
      : breaches(error, 'organizations_keep_top_role') &&
        'The organization would be left without anybody at the top level. Give that role to somebody else first.';
    if (!detail) throw error;
    throw new FailedPrecondition('last-owner', detail, {}, { cause: error });
  }
}
