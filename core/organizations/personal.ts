import { record } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import { blueprintScope } from '../authorization/policy/scopes.ts';
import { holdHead } from '../authorization/store/revisions.ts';
import { newId, toUuid } from '../base/ids.ts';
import type { Db } from '../database/database.ts';
import { defaultExternals } from './externals.ts';
import { newMfa } from './mfa-requirement.ts';
import { founding, insertOrganization, toOrganization } from './organizations.ts';

/** Whether the user has a personal organization. */
export async function hasPersonalOrganization(db: Db, userUuid: string): Promise<boolean> {
  return (await db('organizations').where({ personal_of: userUuid }).first('id')) !== undefined;
}

/** Makes the personal organization of the actor, of this kind, unless there is one: of two that are made at once the second finds the first. */
export async function createPersonalOrganization(db: Db, actor: Actor, { blueprint: kind }: { blueprint: string }): Promise<void> {
  const { subject } = actor.principal;
  if (subject.type !== 'user') return;
  await db('users').where({ id: subject.uuid }).forNoKeyUpdate().first('id');
  if (await hasPersonalOrganization(db, subject.uuid)) return;
  await holdHead(db, blueprintScope(kind));
  const blueprint = (await actor.engineOf(kind)).blueprint!;
  const id = newId('organization');
  const row = {
    id: toUuid('organization', id),
    name: 'Personal',
    blueprint: kind,
    top_role: blueprint.topRole,
    externals: defaultExternals(blueprint),
    ...newMfa(blueprint),
    personal_of: subject.uuid,
  };
  await insertOrganization(db, row, undefined);
  const after = toOrganization(await founding(db, actor, row.id, blueprint));
  await record(db, actor, { organizationId: id, action: 'organization.create', target: id, after });
}
