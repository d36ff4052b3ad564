import { objectOf } from '../../../core/authorization/decisions/roles.ts';
import { authorityOf, subjectNamed } from '../../../core/authorization/decisions/subjects.ts';
import { administrationOf, roleName } from '../../../core/authorization/policy/blueprint.ts';
import { domainOf } from '../../../core/authorization/policy/domain.ts';
import { controllerRole, qualifiedRole, roleObject } from '../../../core/authorization/policy/vocabulary.ts';
import { controller } from './manifests.ts';
import { type GrantFact, type Holding, permissionsOf, placeNamed, placesOf, type State } from './state.ts';
import type { Call, World } from './world.ts';

/**
 * What it means that an operation exceeds what its sponsor may assign. The sponsor is the caller, and for an accepted invitation, link or
 * ownership the one who offered it. All questions about the sponsor are put to the engine as things were just before.
 *
 * 1. Every role that begins to be held somewhere is one that the sponsor could `assign` there, or, for an offer, `invite` with.
 * 2. Every permission that anything gains somewhere is one that the sponsor had there, or is in a role that one of the sponsor's roles gives
 *    by `accessAdministration`.
 * 3. Every role that ends, of another than the caller, is one that the caller could `unassign` there.
 * 4. A key whose secret a caller is shown can do nothing that the caller could not, by 2; and no key can ever do what its owner cannot.
 * 5. The ownership passes from the owner alone, by their offer.
 *
 * What no person gives is no gift of the sponsor: what the policy gives to every member, service account and external (`member/...`), the lowest role for who joins by a
 * role in a project, what an approved support access brings, and what comes back when a state or a role that took the place of another ends, or when a project is
 * restored. Manifests give what the policy lets controllers assign; these hold nothing of it themselves.
 */
export function findExcess(
  world: World,
  { call, before, after, reply }: { call: Call; before: State; after: State; reply: unknown },
): string[] {
  const change = { world, call, before, after, sponsor: sponsorOf(call) };
  return [...roles(change), ...permissions(change), ...losses(change), ...secrets(change, reply), ...ownership(change)];
}

interface Change {
  readonly world: World;
  readonly call: Call;
  readonly before: State;
  readonly after: State;
  readonly sponsor: string;
}

/**
 * What a subject holds in a place. In a project that is not there, because it was deleted or will be made, it is what the subject would hold if it
 * were: by their roles in the organization, and by the grants in the project that wait.
 */
function holdingOf(world: World, state: State, subject: string, place = 'organization'): Holding {
  const places = state.holdings.get(subject);
  const present = places?.get(place);
  if (present !== undefined || place === 'organization' || places === undefined) return present ?? nothing;
  const above = places.get('organization')!.roles;
  const isTheirs = (grant: GrantFact) => grant.subject === subject || above.includes(qualifiedRole(world.blueprint.name, grant.subject));
  const waiting = state.grants.filter((grant) => grant.projectId === place && isTheirs(grant));
  const roles = [...above, ...waiting.map(({ role }) => qualifiedRole(world.blueprint.name, role))];
  return {
    roles,
    can: permissionsIn(world, state, place, roles),
    standing: permissionsIn(world, state, place, roles.filter(isNoState)),
  };
}

const nothing: Holding = { roles: [], can: new Set(), standing: new Set() };

const isNoState = (role: string): boolean => !role.startsWith('state/');

function sponsorOf({ caller, sponsor }: Call): string {
  if (sponsor === undefined) return caller.id;
  const subject = subjectNamed(sponsor);
  return subject.type === 'controller' ? controller.id : subject.id;
}

function isOffer({ sponsor }: Call): boolean {
  return sponsor !== undefined;
}

function isMember(state: State, subject: string): boolean {
  return state.members.some(({ id }) => id === subject);
}

function newGrants({ before, after }: Change): GrantFact[] {
  const old = new Set(before.grants.map(({ id }) => id));
  return after.grants.filter(({ id }) => !old.has(id));
}

/** The lowest role of a person who joins by a role in a project. */
function comesWithJoining({ world, before, after }: Change, { role, subject, projectId }: GrantFact): boolean {
  return (
    projectId === undefined &&
    role === world.blueprint.lowestRole &&
    !isMember(before, subject) &&
    after.grants.some((grant) => grant.subject === subject && grant.projectId !== undefined)
  );
}

function roles(change: Change): string[] {
  const { before, call, sponsor, world } = change;
  const actions = isOffer(call) ? ['assign', 'invite'] : ['assign'];
  return newGrants(change)
    .filter((grant) => !comesWithJoining(change, grant))
    .filter(
      ({ role, projectId }) =>
        !actions.some((action) => holdingOf(world, before, sponsor, projectId).can.has(`${objectOf(before.engine, role)}:${action}`)),
    )
    .map(({ role, subject }) => `1: ${named(world, subject)} has ${role}, which ${named(world, sponsor)} could not give`);
}

function permissions(change: Change): string[] {
  const { world, after } = change;
  return [...after.holdings].flatMap(([subject, places]) =>
    [...places].flatMap(([place, { standing }]) => {
      const had = hadBefore(change, subject, place);
      const gained = [...standing].filter((permission) => !had.has(permission));
      if (gained.length === 0) return [];
      const given = mayGive(change, subject, place);
      const beyond = gained.filter((permission) => !given.some((set) => set.has(permission)));
      return beyond.length === 0
        ? []
        : [
            `2: ${named(world, subject)} gained in ${named(world, place)} what ${named(world, change.sponsor)} could not give: ${beyond.slice(0, 5).join(', ')} (${beyond.length})`,
          ];
    }),
  );
}

/** What the subject had, with the roles that rest. */
function hadBefore({ world, before }: Change, subject: string, place: string): ReadonlySet<string> {
  const { roles: held, standing } = holdingOf(world, before, subject, place);
  const resting = before.grants
    .filter((grant) => grant.subject === subject && grant.isResting && (grant.projectId ?? place) === place)
    .map(({ role }) => qualifiedRole(world.blueprint.name, role));
  if (resting.length === 0) return standing;
  return permissionsIn(world, before, place, [...held.filter(isNoState), ...resting]);
}

/** Sets of permissions that the sponsor could give the subject in this place. */
function mayGive(change: Change, subject: string, place: string): ReadonlySet<string>[] {
  const { world, before, after, sponsor } = change;
  const { blueprint } = world;
  const giver = holdingOf(world, before, sponsor, place);
  const held = new Set(holdingOf(world, before, subject, place).roles);
  const now = holdingOf(world, after, owning(after, subject), place).roles;
  const fresh = now.filter((role) => !held.has(role) || owning(after, subject) !== subject);
  const administers = (role: string) =>
    blueprint.roles.some(({ id }) => giver.roles.includes(roleName(blueprint, id)) && administrationOf(blueprint, id, role) !== undefined);
  const isSupport = after.supports.some(({ operatorId, state }) => operatorId === subject && state === 'APPROVED');
  const joining = newGrants(change).filter((grant) => grant.subject === subject && comesWithJoining(change, grant));
  const excused = fresh.filter((role) => {
    if (role.startsWith('member/')) return true;
    const own = blueprint.roles.find(({ id }) => roleName(blueprint, id) === role);
    if (own === undefined) return false;
    if (own.holders && isSupport) return true;
    if (joining.some((grant) => grant.role === own.id)) return true;
    if (giver.roles.includes(controllerRole)) {
      const where = own.level === 'org' ? 'organization' : place;
      return holdingOf(world, before, sponsor, where).can.has(`${roleObject(own.id)}:assign`);
    }
    return administers(own.id);
  });
  // Roles that the organization has defined change while they are held.
  const tiers = after.roles.filter(({ id }) => now.includes(qualifiedRole(blueprint.name, id))).map(({ tier }) => tier);
  const defined = tiers.filter(administers).map((tier) => roleName(blueprint, tier));
  return [giver.can, ...[...excused, ...defined].map((role) => permissionsIn(world, after, place, [role]))];
}

/** Whose authority a key has; anything else has its own. */
function owning({ keys }: State, subject: string): string {
  return keys.find(({ id }) => id === subject)?.owner.id ?? subject;
}

function permissionsIn(world: World, { engine }: State, place: string, names: readonly string[]): ReadonlySet<string> {
  return permissionsOf(engine, { roles: names, domain: domainOf(placeNamed(world, place)) });
}

function losses({ world, call: { caller }, before, after }: Change): string[] {
  const left = new Set(after.grants.map(({ id }) => id));
  const self = authorityOf(caller)?.id;
  // A role in a project that asks for another one in the organization ends with it.
  const follows = (role: string) => world.blueprint.roles.some(({ id, requires }) => id === role && requires !== undefined);
  return before.grants
    .filter(({ id, subject, role }) => !left.has(id) && subject !== self && !follows(role))
    .filter(({ role, projectId }) => !holdingOf(world, before, caller.id, projectId).can.has(`${objectOf(before.engine, role)}:unassign`))
    .map(({ role, subject }) => `3: ${named(world, subject)} lost ${role}, which ${named(world, caller.id)} could not take`);
}

function secrets(change: Change, reply: unknown): string[] {
  const { world, call, before, after } = change;
  const shown = (reply as { secret?: string; id?: string } | undefined)?.secret === undefined ? undefined : (reply as { id: string }).id;
  return after.keys.flatMap(({ id, owner }) =>
    placesOf(after).flatMap((place) => {
      const { can } = holdingOf(world, after, id, place);
      const beyond = (sets: readonly ReadonlySet<string>[]) => [...can].filter((permission) => !sets.some((set) => set.has(permission)));
      const overOwner = beyond([holdingOf(world, after, owner.id, place).can]);
      const overCaller = id === shown ? beyond(mayGive({ ...change, before }, id, place)) : [];
      const where = `in ${named(world, place)}`;
      return [
        ...(overOwner.length > 0
          ? [`4: ${named(world, id)} may ${where} what its owner may not: ${overOwner.slice(0, 5).join(', ')}`]
          : []),
        ...(overCaller.length > 0
          ? [
              `4: ${named(world, call.caller.id)} was shown the secret of ${named(world, id)}, which may ${where}: ${overCaller.slice(0, 5).join(', ')}`,
            ]
          : []),
      ];
    }),
  );
}

function ownership({ world, sponsor, before, after }: Change): string[] {
  if (after.owner === before.owner || before.owner === sponsor) return [];
  return [`5: the ownership passed to ${named(world, after.owner!)} without an offer of the owner`];
}

function named({ labels }: World, id: string): string {
  return labels.get(id) ?? id;
}
