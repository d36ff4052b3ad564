import type { Actor, Place } from '../authorization/decisions/actor.ts';
import type { KnownRoles } from '../authorization/decisions/roles.ts';
import type { Blueprint } from '../authorization/policy/blueprint.ts';
import { InvalidInput } from '../base/errors.ts';
import { toId, toUuid } from '../base/ids.ts';
import type { Db } from '../database/database.ts';
import { projectsNamed } from '../organizations/named-projects.ts';
import { checkRole, requireOffer } from './giving.ts';
import type { OfferRow, ProjectRole } from './invitation-rows.ts';

/** What is to be offered: roles in the organization, none for what its kind gives then, and roles in its projects. */
export interface OrganizationOffer {
  readonly roles?: readonly string[] | undefined;
  readonly projectRoles?: readonly ProjectRole[] | undefined;
}

/** Where a request says something, as a pointer: a request that names a template says all of it there. */
type PointerOf = (member: string) => string;

const inBody: PointerOf = (member) => `#/${member}`;

/** What an invitation to the organization offers. Throws InvalidInput for what cannot be offered here, and PermissionDenied for what the actor may not offer. */
export async function readOffer(
  db: Db,
  actor: Actor,
  known: KnownRoles,
  input: OrganizationOffer & { organizationId: string },
  pointerOf: PointerOf = inBody,
): Promise<OfferRow[]> {
  const { organizationId } = input;
  const offers = await checkOffer(db, actor, known, input, pointerOf);
  for (const { role, project_id } of offers) {
    const place = { organizationId, ...(project_id !== null && { projectId: toId('project', project_id) }) };
    await requireOffer(db, actor, place, role);
  }
  return offers;
}

/** What is offered, whatever the actor may offer. Throws InvalidInput for what cannot be offered here. */
export async function checkOffer(
  db: Db,
  actor: Actor,
  known: KnownRoles,
  { organizationId, roles, projectRoles = [] }: OrganizationOffer & { organizationId: string },
  pointerOf: PointerOf = inBody,
): Promise<OfferRow[]> {
  const blueprint = known.blueprint!;
  const offered = rolesOf(blueprint, roles, pointerOf);
  for (const [index, role] of offered.entries()) checkRole(known, role, { organizationId }, pointerOf(`roles/${index}`));
  refuseSeveral(blueprint, projectRoles, pointerOf);
  await projectsNamed(db, actor, {
    organizationId,
    listed: projectRoles.map(({ projectId }) => projectId),
    pointerOf: (index) => pointerOf(`projectRoles/${index}/projectId`),
  });
  for (const [index, { projectId, role }] of projectRoles.entries()) {
    checkProjectRole(known, role, { organizationId, projectId }, pointerOf(`projectRoles/${index}/role`));
  }
  return [
    ...offered.map((role) => ({ role, project_id: null })),
    ...projectRoles.map(({ projectId, role }) => ({ role, project_id: toUuid('project', projectId) })),
  ];
}

/** What an invitation in a project offers. Throws as readOffer. */
export async function readProjectOffer(
  db: Db,
  actor: Actor,
  known: KnownRoles,
  { role, ...place }: { organizationId: string; projectId: string; role: string },
): Promise<OfferRow[]> {
  checkProjectRole(known, role, place, '#/role');
  await requireOffer(db, actor, place, role);
  return [{ role, project_id: toUuid('project', place.projectId) }];
}

/** The roles in the organization, or the one that goes without saying. Throws InvalidInput. */
function rolesOf({ invitations }: Blueprint, roles: readonly string[] = [], pointerOf: PointerOf): readonly string[] {
  const refuse = (detail: string) => new InvalidInput('An invitation cannot offer these roles.', [{ pointer: pointerOf('roles'), detail }]);
  if (roles.length > 1 && invitations.roles !== 'many') throw refuse('must name one role in an organization of this kind');
  if (roles.length > 0) return roles;
  if (invitations.roleWhenOmitted === undefined) throw refuse('must name a role in an organization of this kind');
  return [invitations.roleWhenOmitted];
}

/** Throws InvalidInput for a project that is named twice where one role is held in each. */
function refuseSeveral({ multipleRoles }: Blueprint, projectRoles: readonly ProjectRole[], pointerOf: PointerOf): void {
  if (multipleRoles.project) return;
  const ids = projectRoles.map(({ projectId }) => projectId);
  const errors = ids.flatMap((id, index) =>
    ids.indexOf(id) === index
      ? []
      : [{ pointer: pointerOf(`projectRoles/${index}/projectId`), detail: 'is named already, and a person has one role in a project' }],
  );
  if (errors.length > 0) throw new InvalidInput('Name each project once.', errors);
}

function checkProjectRole(known: KnownRoles, role: string, place: Place, pointer: string): void {
  if (!known.blueprint!.roles.some(({ level }) => level === 'project')) {
    const detail = 'is no role: there are none in projects of this kind of organization';
    throw new InvalidInput('Projects of this kind of organization have no roles.', [{ pointer, detail }]);
  }
  checkRole(known, role, place, pointer);
}
