import { record } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import { toUuid } from '../base/ids.ts';
import type { Db } from '../database/database.ts';
import { externalsOf } from '../organizations/externals.ts';
import { requireAssign } from './giving.ts';
import { createGrant, type Grant, insertGrant } from './grants.ts';
import { addMember } from './members.ts';

/**
 * Gives a role in a project, as createGrant does. Where the organization adds people from outside (AUTO_ADD), a user who is no member becomes
 * one with the lowest role: the organization has consented to that by its switch, so no more is asked for than the role in the project.
 */
export async function createProjectGrant(
  db: Db,
  actor: Actor,
  input: Parameters<typeof createGrant>[2] & { projectId: string },
): Promise<Grant> {
  const { organizationId, projectId, subject, role } = input;
  const blueprint = (await actor.engine({ organizationId, projectId })).blueprint!;
  const isPerson = subject.type === 'USER' && subject.id.startsWith('user_');
  if (isPerson && (await externalsOf(db, blueprint, toUuid('organization', organizationId))) === 'AUTO_ADD') {
    await requireAssign(db, actor, { organizationId, projectId }, role);
    await joinWith(db, actor, organizationId, subject.id, blueprint.lowestRole);
  }
  return createGrant(db, actor, input);
}

async function joinWith(db: Db, actor: Actor, organizationId: string, userId: string, role: string): Promise<void> {
  const user_id = toUuid('user', userId);
  const exists = await db('users').where({ id: user_id, state: 'ACTIVE' }).first('id');
  if (!exists || !(await addMember(db, { organizationId, userUuid: user_id }))) return;
  const { id: grantId } = await insertGrant(db, actor, { organizationId, user_id, role });
  await record(db, actor, { organizationId, action: 'member.add', target: userId, after: { role, grantId } });
}
