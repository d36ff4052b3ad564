import { type Subject, userOf } from '../../../core/authorization/decisions/subjects.ts';
import { type KeyType, scopesOf } from '../../../core/authorization/policy/key-types.ts';
import type { Draw } from './draw.ts';
import type { State } from './state.ts';
import { type Call, operations, type Person, type World } from './world.ts';

/** Chooses one request of a kind, at random; nothing where there is nothing that it could be about. */
type Step = (world: World, state: State, draw: Draw) => Wish | undefined;

/** A call of which it may be open who makes it. */
type Wish = Omit<Call, 'caller'> & { readonly caller?: Subject };

type Level = 'org' | 'project';

/** A day of another month, so that no step can outlive it. */
const until = (draw: Draw) => (draw.chance(0.2) ? { until: '2099-01-01T00:00:00Z' } : {});

/** Chooses one request of a kind. Most are of somebody who has the permission of the operation, the others of anybody. */
export function takeStep(kind: string, world: World, state: State, draw: Draw): Call | undefined {
  const wish = steps[kind]!(world, state, draw);
  if (wish === undefined || wish.caller !== undefined) return wish as Call | undefined;
  const { permission } = operations.get(wish.operationId)!;
  const everybody = [...[...world.people, world.operator].map(({ id }) => userOf(id)), ...state.keys.map(({ subject }) => subject)];
  const place = wish.params?.['projectId'] ?? 'organization';
  const able = everybody.filter(({ id }) => state.holdings.get(id)!.get(place)!.can.has(`${permission!.resource}:${permission!.action}`));
  return { ...wish, caller: draw.of(able.length > 0 && draw.chance(0.85) ? able : everybody) };
}

/** Mostly a person who is no member. */
function newcomer({ people }: World, { members }: State, draw: Draw): Person {
  const strangers = people.filter(({ id }) => !members.some((member) => member.id === id));
  return draw.of(strangers.length > 0 && draw.chance(0.8) ? strangers : people);
}

function rolesAt({ blueprint }: World, level: Level): string[] {
  return blueprint.roles.filter((role) => role.level === level).map(({ id }) => id);
}

/** The organization, or one of its projects where there are any. */
function place(
  { organizationId, projects }: World,
  draw: Draw,
  { isProject = draw.chance(0.5) } = {},
): { params: Record<string, string>; level: Level } {
  if (!isProject || projects.length === 0) return { params: { organizationId }, level: 'org' };
  return { params: { organizationId, projectId: draw.of(projects) }, level: 'project' };
}

/** The path of a thing that belongs to a place. */
function pathOf({ organizationId }: World, { projectId }: { projectId?: string | undefined }): Record<string, string> {
  return { organizationId, ...(projectId !== undefined && { projectId }) };
}

const named = (params: Record<string, string>, noun: string, verb: string) => `${verb}${'projectId' in params ? 'Project' : ''}${noun}`;

/** Roles to offer: in the organization, sometimes several or none, with some in a project; in a project one. */
function offer(world: World, draw: Draw, level: Level): object | undefined {
  const here = rolesAt(world, level);
  if (level === 'project') return here.length === 0 ? undefined : { role: draw.of(here) };
  const inProjects = rolesAt(world, 'project');
  const projectId = world.projects.length > 0 && inProjects.length > 0 && draw.chance(0.3) ? draw.of(world.projects) : undefined;
  const roles = draw.chance(0.1) ? [] : draw.chance(0.1) ? [...new Set([draw.of(here), draw.of(here)])] : [draw.of(here)];
  return {
    ...(roles.length > 0 && { roles }),
    ...(projectId !== undefined && { projectRoles: [{ projectId, role: draw.of(inProjects) }] }),
  };
}

/** Every kind of step, by name: all the ways in which a person, a service account or a key comes to a right, keeps one or loses one. */
const steps: Readonly<Record<string, Step>> = {
  invite(world, state, draw) {
    const { params, level } = place(world, draw, { isProject: draw.chance(0.3) });
    const offered = offer(world, draw, level);
    const body = { invitees: [{ email: newcomer(world, state, draw).email }], ...offered, ...until(draw) };
    return offered && { operationId: named(params, 'Invitations', 'create'), params, body: body };
  },

  resend(world, state, draw) {
    const invitation = draw.any(state.invitations);
    if (!invitation) return undefined;
    const params = { ...pathOf(world, invitation), invitationId: invitation.id };
    return { operationId: named(params, 'Invitation', 'resend'), params };
  },

  accept(world, { invitations }, draw) {
    const invitation = draw.any(invitations);
    if (!invitation) return undefined;
    const person = world.people.find(({ email }) => email === invitation.email)!;
    const about = { params: { invitationId: invitation.id }, sponsor: invitation.invitedBy };
    return { operationId: 'acceptInvitation', caller: userOf(person.id), ...about };
  },

  makeLink(world, _state, draw) {
    const { params, level } = place(world, draw, { isProject: draw.chance(0.3) });
    const offered = offer(world, draw, level);
    const operationId = named(params, 'InvitationLink', 'create');
    return offered && { operationId, params, body: { ...offered, ...until(draw) } };
  },

  useLink(world, state, draw) {
    const link = draw.any(state.links);
    const token = link && world.tokens.get(link.id);
    if (token === undefined) return undefined;
    return {
      operationId: 'acceptInvitationByToken',
      caller: userOf(newcomer(world, state, draw).id),
      body: { token },
      sponsor: link!.invitedBy,
    };
  },

  grant(world, state, draw) {
    const { params, level } = place(world, draw);
    const subject = grantee(world, state, draw);
    const roles = rolesAt(world, level);
    if (roles.length === 0) return undefined;
    const body = { subject, role: draw.of(roles), ...until(draw) };
    return { operationId: named(params, 'Grant', 'create'), params, body };
  },

  revoke(world, state, draw) {
    const grant = draw.any(state.grants);
    if (!grant) return undefined;
    const params = { ...pathOf(world, grant), grantId: grant.id };
    return { operationId: named(params, 'Grant', 'revoke'), params };
  },

  switchOffOrOn(world, state, draw) {
    const member = draw.any(state.members);
    if (!member) return undefined;
    const params = { organizationId: world.organizationId, userId: member.id };
    const body = { state: member.state === 'ACTIVE' ? 'INACTIVE' : 'ACTIVE' };
    return { operationId: 'updateMember', params, body };
  },

  remove(world, state, draw) {
    const member = draw.chance(0.5) ? draw.any(state.members) : undefined;
    if (!member) return undefined;
    const params = { organizationId: world.organizationId, userId: member.id };
    const disposition = {
      invitations: draw.of(['KEEP', 'REVOKE', 'TRANSFER']),
      serviceAccounts: draw.of(['KEEP', 'REVOKE']),
      apiKeys: draw.of(['KEEP', 'REVOKE']),
    };
    const confirmation = [...world.people, world.operator].find(({ id }) => id === member.id)!.email;
    return { operationId: 'removeMember', params, body: { disposition, confirmation } };
  },

  leave(world, state, draw) {
    const member = draw.chance(0.3) ? draw.any(state.members) : undefined;
    if (!member) return undefined;
    const params = { organizationId: world.organizationId };
    return { operationId: 'leaveOrganization', caller: userOf(member.id), params, body: { confirmation: world.organizationName } };
  },

  makeAccount(world, _state, draw) {
    const { params } = place(world, draw);
    const body = { name: 'Deployment' };
    return { operationId: named(params, 'ServiceAccount', 'create'), params, body };
  },

  removeAccount(world, state, draw) {
    const account = draw.chance(0.3) ? draw.any(state.accounts) : undefined;
    if (!account) return undefined;
    const params = { ...pathOf(world, account), serviceAccountId: account.id };
    return { operationId: named(params, 'ServiceAccount', 'delete'), params };
  },

  makeKey(world, state, draw) {
    const account = draw.chance(0.6) ? draw.any(state.accounts) : undefined;
    const { params, level } =
      account && draw.chance(0.7) ? { params: pathOf(world, account), level: levelOf(account) } : place(world, draw);
    const type = draw.any([...state.keyTypes].filter(([, { levels }]) => levels.includes(level)));
    if (!type) return undefined;
    const owner = account && { owner: { type: 'SERVICE_ACCOUNT', id: account.id } };
    const body = { name: 'Program', type: type[0], ...owner, ...scopesFor(type[1], draw) };
    return { operationId: named(params, 'ApiKey', 'create'), params, body };
  },

  changeKey(world, state, draw) {
    const key = draw.any(state.keys);
    const type = key && state.keyTypes.get(key.type);
    if (!type) return undefined;
    const params = { ...pathOf(world, key), apiKeyId: key.id };
    return {
      operationId: named(params, 'ApiKey', 'update'),
      params,
      body: { name: 'Again', ...scopesFor(type, draw) },
    };
  },

  rotateKey(world, state, draw) {
    const key = draw.any(state.keys);
    if (!key) return undefined;
    const params = { ...pathOf(world, key), apiKeyId: key.id };
    return { operationId: named(params, 'ApiKey', 'rotate'), params, body: {} };
  },

  revokeKey(world, state, draw) {
    const key = draw.chance(0.3) ? draw.any(state.keys) : undefined;
    if (!key) return undefined;
    const params = { ...pathOf(world, key), apiKeyId: key.id };
    return { operationId: named(params, 'ApiKey', 'revoke'), params };
  },

  offerOwnership(world, state, draw) {
    const member = draw.any(state.members);
    if (!member || world.blueprint.owner === 'none') return undefined;
    const caller = state.owner !== undefined && { caller: userOf(state.owner) };
    const body = { recipientId: member.id };
    return { operationId: 'createOwnershipTransfer', ...caller, params: { organizationId: world.organizationId }, body };
  },

  takeOwnership(world, state, draw) {
    const transfer = draw.any(state.transfers);
    if (!transfer) return undefined;
    const caller = draw.chance(0.8) && { caller: userOf(transfer.recipientId) };
    const params = { organizationId: world.organizationId, transferId: transfer.id };
    return { operationId: 'acceptOwnershipTransfer', ...caller, params, sponsor: transfer.offeredBy };
  },

  askForSupport(world, _state, draw) {
    const role = draw.any(world.blueprint.roles.filter(({ holders }) => holders));
    if (!role) return undefined;
    const caller = draw.chance(0.8) ? world.operator : draw.of(world.people);
    const body = { organizationId: world.organizationId, role: role.id, reason: 'A ticket', minutes: 60 };
    return { operationId: 'requestSupportAccess', caller: userOf(caller.id), body };
  },

  answerSupport(world, state, draw) {
    const access = draw.any(state.supports);
    if (!access) return undefined;
    const params = { organizationId: world.organizationId, supportAccessId: access.id };
    const operationId = access.state === 'REQUESTED' ? 'approveSupportAccess' : 'endOrganizationSupportAccess';
    return { operationId, params };
  },
};

/** A person, a service account, or every holder of a role. */
function grantee({ people, blueprint }: World, { accounts }: State, draw: Draw): { type: string; id: string } {
  if (accounts.length > 0 && draw.chance(0.25)) return { type: 'SERVICE_ACCOUNT', id: draw.of(accounts).id };
  if (draw.chance(0.15)) return { type: 'ROLE', id: draw.of(blueprint.roles).id };
  return { type: 'USER', id: draw.of(people).id };
}

function levelOf({ projectId }: { projectId: string | undefined }): Level {
  return projectId === undefined ? 'org' : 'project';
}

/** Some of the scopes of a kind of key, where they are chosen. */
function scopesFor(type: KeyType, draw: Draw): { scopes?: string[] } {
  if (type.scopes === 'owner' || 'fixed' in type.scopes) return {};
  return { scopes: scopesOf(type)!.filter(() => draw.chance(0.5)) };
}

/** The names of all kinds of step. */
export const kinds: readonly string[] = Object.keys(steps);
