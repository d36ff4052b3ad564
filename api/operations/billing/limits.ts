import * as core from '../../../core/billing/limits.ts';
import type { Handlers } from '../../contract/handler.ts';
import { withEtag } from '../replies.ts';

/** Tag Limits. */
export function limits(): Pick<Handlers, 'listLimits' | 'replaceLimit' | 'resetLimit'> {
  return {
    listLimits: async ({ db, params, query }) => ({ status: 200, body: await core.listLimits(db, { ...params, ...query }) }),
    replaceLimit: async ({ db, actor, params, body, preconditions }) =>
      withEtag(await core.replaceLimit(db, actor, { ...body, ...params, preconditions })),
    async resetLimit({ db, actor, params, preconditions }) {
      await core.resetLimit(db, actor, { ...params, preconditions });
      return { status: 204 };
    },
  };
}
