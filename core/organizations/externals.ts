import type { Actor } from '../authorization/decisions/actor.ts';
import { presentGrant } from '../authorization/decisions/held-roles.ts';
import { objectOf } from '../authorization/decisions/roles.ts';
import type { Blueprint } from '../authorization/policy/blueprint.ts';
import { FailedPrecondition, InvalidInput } from '../base/errors.ts';
import { toId } from '../base/ids.ts';
import type { Db } from '../database/database.ts';
import { type BlockingRow, refuseWhile } from './project-rules.ts';

/** What becomes of a grant in a project to a person who is no member: refused, a membership with it, or a role in that project alone. */
export type Externals = 'FORBID' | 'AUTO_ADD' | 'ALLOW';

/** So many grants are ended by one request at most. */
const maxRevoked = 1000;

const toExternals = (word: Blueprint['externals']['default']): Externals => word.toUpperCase().replace('-', '_') as Externals;

/** What a new organization of this kind begins with. */
export function defaultExternals({ externals }: Blueprint): Externals {
  return toExternals(externals.default);
}

/** What the kind of organization offers. */
export function externalsChoices({ externals }: Blueprint): Externals[] {
  return externals.choices.map(toExternals);
}

/** What counts of what the organization has chosen: a choice that the blueprint does not offer any more is none. */
export function externalsIn(blueprint: Blueprint, { externals }: { externals: Externals }): Externals {
  return externalsChoices(blueprint).includes(externals) ? externals : 'FORBID';
}

/** What counts now. */
export async function externalsOf(db: Db, blueprint: Blueprint, org_id: string): Promise<Externals> {
  return externalsIn(blueprint, await db('organizations').where({ id: org_id }).first('externals'));
}

/** The grants in projects to people who are no members of the organization (uuid), those that rest included. */
function externalGrants(db: Db, org_id: string) {
  return db('grants as g')
    .where({ 'g.org_id': org_id })
    .whereNotNull('g.user_id')
    .whereRaw(presentGrant)
    .whereNotExists(db('members as m').whereRaw("m.org_id = g.org_id and m.user_id = g.user_id and m.state <> 'REMOVED'"));
}

/**
 * For a change of the switch. Throws InvalidInput for what the blueprint does not offer. Where people from outside are not allowed any more,
 * their grants are revoked if that is asked for, and the number is returned; else throws grants-remain. Asks for `unassign` on each of their roles.
 */
export async function leaveExternals(
  db: Db,
  actor: Actor,
  input: { organizationId: string; org_id: string; from: Externals; to: Externals; revoke: boolean },
): Promise<number> {
  const { organizationId, org_id, from, to, revoke } = input;
  const choices = externalsChoices((await actor.engine({ organizationId })).blueprint!);
  if (!choices.includes(to)) {
    throw new InvalidInput('This kind of organization does not offer that.', [
      { pointer: '#/externals', detail: `must be one of ${choices.join(', ')}` },
    ]);
  }
  if (from !== 'ALLOW') return 0;
  if (!revoke) {
    const listed = db.raw('count(*) over ()::int as total');
    const rows: BlockingRow[] = await externalGrants(db, org_id)
      .orderBy('g.id')
      .limit(100)
      .select('g.id', 'g.user_id', 'g.service_account_id', 'g.subject_role', 'g.role', listed);
    refuseWhile(rows, (total) => `People from outside hold ${total}. Send revokeExternalGrants to end all of them.`);
    return 0;
  }
  return revokeAll(db, actor, organizationId, org_id);
}

async function revokeAll(db: Db, actor: Actor, organizationId: string, org_id: string): Promise<number> {
  const rows: { id: string; project_id: string; role: string }[] = await externalGrants(db, org_id)
    .limit(maxRevoked + 1)
    .select('g.id', 'g.project_id', 'g.role');
  if (rows.length > maxRevoked) {
    throw new FailedPrecondition(
      'failed-precondition',
      `People from outside hold more than ${maxRevoked} grants, which is more than one request ends. Revoke some of them first.`,
    );
  }
  const roles = new Map(rows.map(({ project_id, role }) => [`${project_id} ${role}`, { project_id, role }]));
  const engine = await actor.engine({ organizationId });
  for (const { project_id, role } of roles.values()) {
    await actor.require(objectOf(engine, role), 'unassign', { organizationId, projectId: toId('project', project_id) });
  }
  const ids = rows.map(({ id }) => id);
  return db('grants').where({ org_id }).whereIn('id', ids).update({ revoked_at: db.fn.now(), revoked_by: actor.name });
}
