import type { PolicyContent } from '../authorization/policy/content.ts';
import { type CustomRoles, policyOfRoles } from '../authorization/policy/custom-roles.ts';
import { limits } from '../authorization/policy/limits.ts';
import { insertRevision, listHeads, loadModel, moveHead } from '../authorization/store/revisions.ts';
import { LimitExceeded } from '../base/errors.ts';
import { toId, toUuid } from '../base/ids.ts';
import type { Db } from '../database/database.ts';

/** What the policy of an organization says of one role: no text that people have written. */
export interface PolicyRole {
  readonly id: string;
  readonly tier: string;
  readonly permissions: readonly string[];
}

/**
 * Writes the roles that an organization has defined as the next revision of its policy and puts it into force, in this transaction: who waits
 * for it decides by it. Changes of one organization wait for each other, and a head that has moved all the same is not overwritten. Returns
 * the revision. Throws LimitExceeded for more rows than an organization may have.
 */
export async function writePolicy(
  db: Db,
  actor: { readonly name: string },
  organizationId: string,
  custom: CustomRoles,
  reason: string,
): Promise<number> {
  const roles: PolicyRole[] = await db('roles')
    .where({ org_id: toUuid('organization', organizationId) })
    .orderBy('id')
    .select('id', 'tier', 'permissions');
  const content = contentOf(organizationId, await loadModel(db), custom, roles);
  if (content.rows.length > limits.customRows) {
    const detail = `The roles of an organization hold ${limits.customRows} permissions together at most.`;
    throw new LimitExceeded(detail, limits.customRows, content.rows.length);
  }
  const { revision } = await insertRevision(db, content, { author: actor.name, reason });
  const [head] = await listHeads(db, [organizationId]);
  if (head?.revision !== revision)
    await moveHead(db, organizationId, { revision, expected: head?.version ?? null, how: 'ROLES', by: actor.name, reason });
  return revision;
}

function contentOf(organizationId: string, model: string, custom: CustomRoles, roles: readonly PolicyRole[]): PolicyContent {
  const named = roles.map(({ id, ...role }) => ({ ...role, id: toId('role', id) }));
  return { scope: organizationId, model, ...policyOfRoles(custom, named) };
}
