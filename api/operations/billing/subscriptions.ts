import * as core from '../../../core/billing/subscriptions.ts';
import type { Handlers } from '../../contract/handler.ts';
import { withEtag } from '../replies.ts';
import type { Services } from '../services.ts';

type Operations = 'getSubscription' | 'changeSubscription' | 'getAssignedPlan' | 'assignPlan' | 'removePlan';

/** Tag Subscriptions. */
export function subscriptions({ config }: Pick<Services, 'config'>): Pick<Handlers, Operations> {
  const isSelfService = config.TENET_PLAN_SELF_SERVICE;
  return {
    getSubscription: async ({ db, params }) => withEtag(await core.getSubscription(db, params)),
    changeSubscription: async ({ db, actor, params, body, preconditions }) =>
      withEtag(await core.changeSubscription(db, actor, { ...body, ...params, preconditions }, { isSelfService })),
    getAssignedPlan: async ({ db, params }) => withEtag(await core.getSubscription(db, params)),
    assignPlan: async ({ db, actor, params, body, preconditions }) =>
      withEtag(await core.assignPlan(db, actor, { ...body, ...params, preconditions })),
    async removePlan({ db, actor, params, preconditions }) {
      await core.removePlan(db, actor, { ...params, preconditions });
      return { status: 204 };
    },
  };
}
