import * as core from '../../../core/organizations/entitlements.ts';
import type { Handlers } from '../../contract/handler.ts';

type Operations = 'getEntitlements' | 'replaceEntitlements' | 'getUserEntitlements' | 'replaceUserEntitlements';

const reply = (body: core.Entitlements) => ({ status: 200 as const, body, headers: { etag: body.etag } });

/** Tag Entitlements. */
export function entitlements(): Pick<Handlers, Operations> {
  return {
    getEntitlements: async ({ db, actor, params }) => reply(await core.getEntitlements(db, actor, params)),
    replaceEntitlements: async ({ db, actor, params, body, preconditions }) =>
      reply(await core.replaceEntitlements(db, actor, { ...params, ...body, preconditions })),
    getUserEntitlements: async ({ db, actor, params }) => reply(await core.getUserEntitlements(db, actor, params)),
    replaceUserEntitlements: async ({ db, actor, params, body, preconditions }) =>
      reply(await core.replaceUserEntitlements(db, actor, { ...params, ...body, preconditions })),
  };
}
