import { record } from './audit.ts';
import type { Database } from './db.ts';
import { InvalidInput } from './errors.ts';
import { type Identity, provisionUser } from './users.ts';

const platformRole = /^platform\/[a-z-]+$/;

/**
 * Gives roles of the platform to a user, who is made when not seen before. Only the command line calls this, on a database
 * opened as its owner: the first operator comes from somebody with access to the database, and requests have no right to
 * insert such a grant. Throws InvalidInput for any other role.
 */
export async function addPlatformRoles(
  owned: Database,
  identity: Omit<Identity, 'issuedAt'>,
  roles: readonly string[],
): Promise<{ id: string }> {
  for (const role of roles) {
    if (!platformRole.test(role) || role === 'platform/user' || role === 'platform/controller')
      throw new InvalidInput(`${role} is not a role that a person of the platform can hold.`);
  }
  const { subject } = await provisionUser(owned, { ...identity, issuedAt: 0 });
  if (subject.type !== 'user') throw new InvalidInput('Only users can hold roles of the platform.');
  await owned.write('platform', async (db) => {
    const given = await db('platform_grants')
      .insert(roles.map((role) => ({ user_id: subject.uuid, role, granted_by: 'system:cli' })))
      .onConflict(['user_id', 'role'])
      .ignore()
      .returning('role');
    if (given.length === 0) return;
    await record(
      db,
      { name: 'system:cli', requestId: 'cli' },
      { action: 'operator.add', target: subject.id, after: { roles: given.map(({ role }: { role: string }) => role) } },
    );
  });
  return { id: subject.id };
}
