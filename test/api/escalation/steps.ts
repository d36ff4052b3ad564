import { userOf } from '../../../core/authorization/decisions/subjects.ts';
import { grantee, levelOf, named, newcomer, offer, pathOf, place, rolesAt, type Step, scopesFor, until, type Wish } from './choices.ts';
import { definitions } from './definitions.ts';
import type { Draw } from './draw.ts';
import { manifests } from './manifests.ts';
import type { State } from './state.ts';
import { type Call, operations, type World } from './world.ts';

/** Chooses one request of a kind. Most are of somebody who has the permission of the operation, the others of anybody. */
export function takeStep(kind: string, world: World, state: State, draw: Draw): Call | undefined {
  const wish = steps[kind]!(world, state, draw);
  if (wish === undefined || wish.caller !== undefined) return wish as Call | undefined;
  const { permission } = operations.get(wish.operationId)!;
  const everybody = [...[...world.people, world.operator].map(({ id }) => userOf(id)), ...state.keys.map(({ subject }) => subject)];
  // What is asked about a project that was deleted is asked in the organization.
  const projectId = wish.params?.['projectId'];
  const place = projectId !== undefined && state.projects.includes(projectId) ? projectId : 'organization';
  const able = everybody.filter(({ id }) => state.holdings.get(id)!.get(place)!.can.has(`${permission!.resource}:${permission!.action}`));
  return { ...wish, caller: draw.of(able.length > 0 && draw.chance(0.85) ? able : everybody) };
}

/** Every kind of step, by name: all the ways in which a person, a service account or a key comes to a right, keeps one or loses one. */
const steps: Readonly<Record<string, Step>> = {
  invite(world, state, draw) {
    const { params, level } = place(world, state, draw, { isProject: draw.chance(0.3) });
    const template = level === 'org' && draw.chance(0.4) ? draw.any(state.templates) : undefined;
    const offered = template ? { template: template.id } : offer(world, state, draw, level);
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

  makeLink(world, state, draw) {
    const { params, level } = place(world, state, draw, { isProject: draw.chance(0.3) });
    const offered = offer(world, state, draw, level);
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
    const { params, level } = place(world, state, draw);
    const subject = grantee(world, state, draw);
    const roles = rolesAt(world, state, level);
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

  deactivate: (world, state, draw) => turn(world, state, draw, 'INACTIVE'),

  reactivate: (world, state, draw) => turn(world, state, draw, 'ACTIVE'),

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

  makeAccount(world, state, draw) {
    const { params } = place(world, state, draw);
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
      account && draw.chance(0.7) ? { params: pathOf(world, account), level: levelOf(account) } : place(world, state, draw);
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

  offerSupport(world, _state, draw) {
    const role = draw.any(world.blueprint.roles.filter(({ holders }) => holders));
    if (!role) return undefined;
    const { id } = draw.chance(0.8) ? world.operator : draw.of(world.people);
    const body = { operatorId: id, role: role.id, reason: 'A ticket', minutes: 60 };
    return { operationId: 'offerSupportAccess', params: { organizationId: world.organizationId }, body };
  },

  answerSupport(world, state, draw) {
    const access = draw.any(state.supports);
    if (!access) return undefined;
    const params = { organizationId: world.organizationId, supportAccessId: access.id };
    const operationId = access.state === 'REQUESTED' ? 'approveSupportAccess' : 'endOrganizationSupportAccess';
    return { operationId, params };
  },

  ...definitions,
  ...manifests,
};

/** A member who is the other way now. */
function turn(world: World, { members }: State, draw: Draw, state: 'ACTIVE' | 'INACTIVE'): Wish | undefined {
  const member = draw.any(members.filter((one) => one.state !== state));
  if (!member) return undefined;
  return { operationId: 'updateMember', params: { organizationId: world.organizationId, userId: member.id }, body: { state } };
}

/** The names of all kinds of step. */
export const kinds: readonly string[] = Object.keys(steps);
