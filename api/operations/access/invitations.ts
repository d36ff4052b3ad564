import { readUntil } from '../../../core/access/grants.ts';
import * as answers from '../../../core/access/invitation-answers.ts';
import { mailLimitsOf } from '../../../core/access/invitation-budgets.ts';
import * as core from '../../../core/access/invitations.ts';
import { getMember } from '../../../core/access/members.ts';
import type { Handlers } from '../../contract/handler.ts';
import type { Services } from '../services.ts';

type Operations =
  | 'createInvitations'
  | 'listInvitations'
  | 'getInvitation'
  | 'resendInvitation'
  | 'revokeInvitation'
  | 'createProjectInvitations'
  | 'listProjectInvitations'
  | 'getProjectInvitation'
  | 'resendProjectInvitation'
  | 'revokeProjectInvitation'
  | 'listMyInvitations'
  | 'acceptInvitation'
  | 'declineInvitation'
  | 'acceptInvitationByToken';

/** Tag Invitations. */
export function invitations({ config, keyring }: Pick<Services, 'config' | 'keyring'>): Pick<Handlers, Operations> {
  const context: core.InvitationContext = { keyring, mails: mailLimitsOf(config) };
  return {
    async createInvitations({ db, actor, params, body }) {
      const input = { ...params, ...body, until: readUntil(body.until) };
      return { status: 201, body: { items: await core.createInvitations(db, actor, input, context) } };
    },

    async listInvitations({ db, actor, params, query }) {
      return { status: 200, body: await core.listInvitations(db, actor, { ...params, ...query }) };
    },

    async getInvitation({ db, actor, params }) {
      const invitation = await core.getInvitation(db, actor, params);
      return { status: 200, body: invitation, headers: { etag: invitation.etag } };
    },

    async resendInvitation({ db, actor, params }) {
      const invitation = await core.resendInvitation(db, actor, params, context);
      return { status: 200, body: invitation, headers: { etag: invitation.etag } };
    },

    async revokeInvitation({ db, actor, params, preconditions }) {
      const invitation = await core.revokeInvitation(db, actor, { ...params, preconditions });
      return { status: 200, body: invitation, headers: { etag: invitation.etag } };
    },

    async createProjectInvitations({ db, actor, params, body }) {
      const input = { ...params, ...body, until: readUntil(body.until) };
      return { status: 201, body: { items: await core.createProjectInvitations(db, actor, input, context) } };
    },

    async listProjectInvitations({ db, actor, params, query }) {
      return { status: 200, body: await core.listInvitations(db, actor, { ...params, ...query }) };
    },

    async getProjectInvitation({ db, actor, params }) {
      const invitation = await core.getInvitation(db, actor, params);
      return { status: 200, body: invitation, headers: { etag: invitation.etag } };
    },

    async resendProjectInvitation({ db, actor, params }) {
      const invitation = await core.resendInvitation(db, actor, params, context);
      return { status: 200, body: invitation, headers: { etag: invitation.etag } };
    },

    async revokeProjectInvitation({ db, actor, params, preconditions }) {
      const invitation = await core.revokeInvitation(db, actor, { ...params, preconditions });
      return { status: 200, body: invitation, headers: { etag: invitation.etag } };
    },

    async listMyInvitations({ db, actor, query }) {
      return { status: 200, body: await answers.listMyInvitations(db, actor, query) };
    },

    async acceptInvitation({ db, actor, params }) {
      return { status: 200, body: await getMember(db, actor, await answers.acceptInvitation(db, actor, params)) };
    },

    async declineInvitation({ db, actor, params }) {
      await answers.declineInvitation(db, actor, params);
      return { status: 204 };
    },

    async acceptInvitationByToken({ db, actor, body }) {
      return { status: 200, body: await getMember(db, actor, await answers.acceptInvitationByToken(db, actor, body, context)) };
    },
  };
}
