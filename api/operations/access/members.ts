import * as core from '../../../core/access/members.ts';
import type { Handlers } from '../../contract/handler.ts';
import { signedOut, withEtag } from '../replies.ts';

type Operations =
  | 'listMembers'
  | 'getMember'
  | 'updateMember'
  | 'getMemberCapabilities'
  | 'signOutMember'
  | 'removeMember'
  | 'leaveOrganization';

/** Tag Members. */
export function members(): Pick<Handlers, Operations> {
  return {
    async listMembers({ db, actor, params, query }) {
      return { status: 200, body: await core.listMembers(db, actor, { ...query, ...params }) };
    },

    async getMember({ db, actor, params }) {
      return withEtag(await core.getMember(db, actor, params));
    },

    async updateMember({ db, actor, params, body, preconditions }) {
      return withEtag(await core.updateMember(db, actor, { ...body, ...params, preconditions }));
    },

    async getMemberCapabilities({ db, actor, params }) {
      return { status: 200, body: await core.getMemberCapabilities(db, actor, params) };
    },

    async signOutMember({ db, actor, params }) {
      return signedOut(await core.signOutMember(db, actor, params));
    },

    async removeMember({ db, actor, params, body, preconditions }) {
      await core.removeMember(db, actor, { ...body, ...params, preconditions });
      return { status: 204 };
    },

    async leaveOrganization({ db, actor, params, body }) {
      await core.leaveOrganization(db, actor, { ...body, ...params });
      return { status: 204 };
    },
  };
}
