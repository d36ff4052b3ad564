import * as core from '../../../core/billing/plans.ts';
import type { Handlers } from '../../contract/handler.ts';
import { withEtag } from '../replies.ts';

/** Tag Plans. */
export function plans(): Pick<Handlers, 'listPlans' | 'getPlan' | 'replacePlan' | 'deletePlan'> {
  return {
    listPlans: async ({ db, query }) => ({ status: 200, body: await core.listPlans(db, query) }),
    getPlan: async ({ db, params }) => withEtag(await core.getPlan(db, params)),
    replacePlan: async ({ db, actor, params, body, preconditions }) =>
      withEtag(await core.replacePlan(db, actor, { ...body, ...params, preconditions })),
    async deletePlan({ db, actor, params, preconditions }) {
      await core.deletePlan(db, actor, { ...params, preconditions });
      return { status: 204 };
    },
  };
}
