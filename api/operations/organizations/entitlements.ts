import * as core from '../../../core/organizations/entitlements.ts';
import type { Handlers } from '../../contract/handler.ts';
import { withEtag } from '../replies.ts';

type Operations = 'getEntitlements' | 'replaceEntitlements' | 'getUserEntitlements' | 'replaceUserEntitlements';

/** Tag Entitlements. */
export function entitlements(): Pick<Handlers, Operations> {
  return {
    getEntitlements: async ({ db, actor, params }) => withEtag(await core.getEntitlements(db, actor, params)),
    replaceEntitlements: async ({ db, actor, params, body, preconditions }) =>
      withEtag(await core.replaceEntitlements(db, actor, { ...params, ...body, preconditions })),
    getUserEntitlements: async ({ db, actor, params }) => withEtag(await core.getUserEntitlements(db, actor, params)),
    replaceUserEntitlements: async ({ db, actor, params, body, preconditions }) =>
      withEtag(await core.replaceUserEntitlements(db, actor, { ...params, ...body, preconditions })),
  };
}
