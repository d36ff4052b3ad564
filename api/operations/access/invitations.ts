import { readUntil } from '../../../core/access/grants.ts';
import * as answers from '../../../core/access/invitation-answers.ts';
import { mailLimitsOf } from '../../../core/access/invitation-budgets.ts';
import { acceptLink, isLinkToken, previewLink } from '../../../core/access/invitation-link-answers.ts';
import * as core from '../../../core/access/invitations.ts';
import { getMember } from '../../../core/access/members.ts';
import { WrongTries } from '../../../core/access/wrong-tries.ts';
import { NotFound } from '../../../core/base/errors.ts';
import type { HandlerRequest, Handlers } from '../../contract/handler.ts';
import { withEtag } from '../replies.ts';
import type { Services } from '../services.ts';

type Noun = 'Invitation' | 'ProjectInvitation';
type Operations =
  | `${'create' | 'list'}${Noun}s`
  | `${'get' | 'resend' | 'revoke'}${Noun}`
  | 'listMyInvitations'
  | 'acceptInvitation'
  | 'declineInvitation'
  | 'acceptInvitationByToken'
  | 'previewInvitation';

/** Tag Invitations. The path alone says to what: to the organization or to one project. */
export function invitations({ config, keyring }: Pick<Services, 'config' | 'keyring'>): Pick<Handlers, Operations> {
  const context: core.InvitationContext = { keyring, mails: mailLimitsOf(config) };
  const resend = async ({ db, actor, params }: HandlerRequest<`resend${Noun}`>) =>
    withEtag(await core.resendInvitation(db, actor, params, context));
  const wrongTokens = new WrongTries({
    most: 30,
    seconds: 600,
    refusal: 'You have sent too many tokens that are for nothing. Ask for a new invitation.',
    isWrong: (error) => error instanceof NotFound,
  });

  return {
    async createInvitations({ db, actor, params, body }) {
      const input = { ...params, ...body, until: readUntil(body.until) };
      return { status: 201, body: { items: await core.createInvitations(db, actor, input, context) } };
    },

    listInvitations: list,
    listProjectInvitations: list,
    getInvitation: get,
    getProjectInvitation: get,
    resendInvitation: resend,
    resendProjectInvitation: resend,
    revokeInvitation: revoke,
    revokeProjectInvitation: revoke,

    async createProjectInvitations({ db, actor, params, body }) {
      const input = { ...params, ...body, until: readUntil(body.until) };
      return { status: 201, body: { items: await core.createProjectInvitations(db, actor, input, context) } };
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
      const accept = () =>
        isLinkToken(body.token) ? acceptLink(db, actor, body) : answers.acceptInvitationByToken(db, actor, body, context);
      return { status: 200, body: await getMember(db, actor, await wrongTokens.guard(actor.principal.subject.id, accept)) };
    },

    async previewInvitation({ db, actor, body }) {
      const preview = () => (isLinkToken(body.token) ? previewLink(db, actor, body) : answers.previewInvitation(db, actor, body, context));
      return { status: 200, body: await wrongTokens.guard(actor.principal.subject.id, preview) };
    },
  };
}

async function list({ db, actor, params, query }: HandlerRequest<`list${Noun}s`>) {
  return { status: 200 as const, body: await core.listInvitations(db, actor, { ...params, ...query }) };
}

async function get({ db, actor, params }: HandlerRequest<`get${Noun}`>) {
  return withEtag(await core.getInvitation(db, actor, params));
}

async function revoke({ db, actor, params, preconditions }: HandlerRequest<`revoke${Noun}`>) {
  return withEtag(await core.revokeInvitation(db, actor, { ...params, preconditions }));
}
