import { readUntil } from '../../../core/access/grants.ts';
import * as core from '../../../core/access/invitation-links.ts';
import type { HandlerRequest, Handlers } from '../../contract/handler.ts';
import { withEtag } from '../replies.ts';

type Noun = 'InvitationLink' | 'ProjectInvitationLink';
type Operations = `${'create' | 'get' | 'revoke'}${Noun}` | `list${Noun}s`;

/** Tag Invitations. The path alone says to what a link is: to the organization or to one project. */
export const invitationLinks: Pick<Handlers, Operations> = {
  async createInvitationLink({ db, actor, params, body }) {
    const link = await core.createInvitationLink(db, actor, { ...params, ...body, until: readUntil(body.until) });
    const location = `/v1/organizations/${params.organizationId}/invitation-links/${link.id}`;
    return { status: 201, headers: { location }, body: link };
  },

  async createProjectInvitationLink({ db, actor, params, body }) {
    const link = await core.createProjectInvitationLink(db, actor, { ...params, ...body, until: readUntil(body.until) });
    const { organizationId, projectId } = params;
    const location = `/v1/organizations/${organizationId}/projects/${projectId}/invitation-links/${link.id}`;
    return { status: 201, headers: { location }, body: link };
  },

  listInvitationLinks: list,
  listProjectInvitationLinks: list,
  getInvitationLink: get,
  getProjectInvitationLink: get,
  revokeInvitationLink: revoke,
  revokeProjectInvitationLink: revoke,
};

async function list({ db, actor, params, query }: HandlerRequest<`list${Noun}s`>) {
  return { status: 200 as const, body: await core.listInvitationLinks(db, actor, { ...params, ...query }) };
}

async function get({ db, actor, params }: HandlerRequest<`get${Noun}`>) {
  return withEtag(await core.getInvitationLink(db, actor, params));
}

async function revoke({ db, actor, params, preconditions }: HandlerRequest<`revoke${Noun}`>) {
  return withEtag(await core.revokeInvitationLink(db, actor, { ...params, preconditions }));
}
