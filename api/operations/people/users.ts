import * as core from '../../../core/people/accounts.ts';
import type { Handlers } from '../../contract/handler.ts';
import { signedOut, withEtag } from '../replies.ts';

type Operations = 'listUsers' | 'getUser' | 'suspendUser' | 'resumeUser' | 'signOutUser';

/** Tag Users. */
export function users(): Pick<Handlers, Operations> {
  return {
    listUsers: async ({ db, actor, query }) => ({ status: 200, body: await core.listAccounts(db, actor, query) }),
    getUser: async ({ db, actor, params }) => withEtag(await core.getAccount(db, actor, params)),
    suspendUser: async ({ db, actor, params, body }) => withEtag(await core.suspendUser(db, actor, { ...body, ...params })),
    resumeUser: async ({ db, actor, params }) => withEtag(await core.resumeUser(db, actor, params)),
    signOutUser: async ({ db, actor, params }) => signedOut(await core.signOutAccount(db, actor, params)),
  };
}
