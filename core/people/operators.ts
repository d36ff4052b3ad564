import { commandLine, record } from '../audit/record.ts';
import { listHeads, loadContent } from '../authorization/store/revisions.ts';
import { InvalidInput } from '../base/errors.ts';
import type { Database } from '../database/database.ts';
import { type Identity, provisionUser } from './users.ts';

const platformRole = /^platform\/[a-z-]+$/;
const ofNobody = new Set(['platform/user', 'platform/controller']);

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
    if (!platformRole.test(role) || ofNobody.has(role))
      throw new InvalidInput(`${role} is not a role that a person of the platform can hold.`);
  }
  await refuseUnknown(owned, roles);
  const { subject } = await provisionUser(owned, { ...identity, issuedAt: 0 });
  if (subject.type !== 'user') throw new InvalidInput('Only users can hold roles of the platform.');
  await owned.write('platform', async (db) => {
    const given = await db('platform_grants')
      .insert(roles.map((role) => ({ user_id: subject.uuid, role, granted_by: commandLine.name })))
      .onConflict(['user_id', 'role'])
      .ignore()
      .returning('role');
    if (given.length === 0) return;
    await record(db, commandLine, {
      action: 'operator.add',
      target: subject.id,
      after: { roles: given.map(({ role }: { role: string }) => role) },
    });
  });
  return { id: subject.id };
}

/** A role that no row of the policy in force speaks of would allow nothing, and nobody would notice. */
async function refuseUnknown(owned: Database, roles: readonly string[]): Promise<void> {
  const known = await owned.read('platform', async (db) => {
    const [head] = await listHeads(db, ['platform']);
    const rows = head ? (await loadContent(db, head.scope, head.revision)).rows : [];
    return [...new Set(rows.map(([subject]) => subject))].filter((role) => platformRole.test(role) && !ofNobody.has(role)).sort();
  });
  const [unknown] = roles.filter((role) => !known.includes(role));
  if (unknown === undefined || known.length === 0) return;
  throw new InvalidInput(`The platform policy in force knows no role ${unknown}; it has ${known.join(', ')}.`);
}
