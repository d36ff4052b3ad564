import type { Subject } from '../../../core/authorization/decisions/subjects.ts';
import { levelOfTier } from '../../../core/authorization/policy/custom-roles.ts';
import { type KeyType, scopesOf } from '../../../core/authorization/policy/key-types.ts';
import type { Draw } from './draw.ts';
import type { State } from './state.ts';
import type { Call, Person, World } from './world.ts';

// What steps choose from.

/** Chooses one request of a kind, at random; nothing where there is nothing that it could be about. */
export type Step = (world: World, state: State, draw: Draw) => Wish | undefined;

/** A call of which it may be open who makes it. */
export type Wish = Omit<Call, 'caller'> & { readonly caller?: Subject };

export type Level = 'org' | 'project';

/** A day of another month, so that no step can outlive it. */
export const until = (draw: Draw) => (draw.chance(0.2) ? { until: '2099-01-01T00:00:00Z' } : {});

/** Mostly a person who is no member. */
export function newcomer({ people }: World, { members }: State, draw: Draw): Person {
  const strangers = people.filter(({ id }) => !members.some((member) => member.id === id));
  return draw.of(strangers.length > 0 && draw.chance(0.8) ? strangers : people);
}

/** The roles of the kind of organization, and those that the organization has defined. */
export function rolesAt({ blueprint }: World, { roles }: Pick<State, 'roles'>, level: Level): string[] {
  const own = roles.filter(({ tier }) => levelOfTier(tier) === level);
  return [...blueprint.roles.filter((role) => role.level === level), ...own].map(({ id }) => id);
}

/** The organization, or one of its projects where there are any. */
export function place(
  { organizationId }: World,
  { projects }: Pick<State, 'projects'>,
  draw: Draw,
  { isProject = draw.chance(0.5) } = {},
): { params: Record<string, string>; level: Level } {
  if (!isProject || projects.length === 0) return { params: { organizationId }, level: 'org' };
  return { params: { organizationId, projectId: draw.of(projects) }, level: 'project' };
}

/** The path of a thing that belongs to a place. */
export function pathOf({ organizationId }: World, { projectId }: { projectId?: string | undefined }): Record<string, string> {
  return { organizationId, ...(projectId !== undefined && { projectId }) };
}

/** The operation about a noun, in the organization or in a project. */
export const named = (params: Record<string, string>, noun: string, verb: string) =>
  `${verb}${'projectId' in params ? 'Project' : ''}${noun}`;

/** Roles in the organization, sometimes several or none, with some in a project. */
export function offeredRoles(world: World, state: State, draw: Draw): { roles?: string[]; projectRoles?: object[] } {
  const here = rolesAt(world, state, 'org');
  const inProjects = rolesAt(world, state, 'project');
  const projectId = state.projects.length > 0 && inProjects.length > 0 && draw.chance(0.3) ? draw.of(state.projects) : undefined;
  const roles = draw.chance(0.1) ? [] : draw.chance(0.1) ? [...new Set([draw.of(here), draw.of(here)])] : [draw.of(here)];
  return {
    ...(roles.length > 0 && { roles }),
    ...(projectId !== undefined && { projectRoles: [{ projectId, role: draw.of(inProjects) }] }),
  };
}

/** Roles to offer: in a project one. */
export function offer(world: World, state: State, draw: Draw, level: Level): object | undefined {
  if (level === 'org') return offeredRoles(world, state, draw);
  const here = rolesAt(world, state, level);
  return here.length === 0 ? undefined : { role: draw.of(here) };
}

/** A person, a service account, or every holder of a role. */
export function grantee({ people, blueprint }: World, { accounts, roles }: State, draw: Draw): { type: string; id: string } {
  if (accounts.length > 0 && draw.chance(0.25)) return { type: 'SERVICE_ACCOUNT', id: draw.of(accounts).id };
  if (draw.chance(0.15)) return { type: 'ROLE', id: draw.of([...blueprint.roles, ...roles]).id };
  return { type: 'USER', id: draw.of(people).id };
}

export function levelOf({ projectId }: { projectId: string | undefined }): Level {
  return projectId === undefined ? 'org' : 'project';
}

/** Some of the scopes of a kind of key, where they are chosen. */
export function scopesFor(type: KeyType, draw: Draw): { scopes?: string[] } {
  if (type.scopes === 'owner' || 'fixed' in type.scopes) return {};
  return { scopes: scopesOf(type)!.filter(() => draw.chance(0.5)) };
}
