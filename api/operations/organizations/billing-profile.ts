import * as core from '../../../core/organizations/billing-profile.ts';
import type { Handlers } from '../../contract/handler.ts';
import { withEtag } from '../replies.ts';

/** Tag BillingProfile. */
export function billingProfile(): Pick<Handlers, 'getBillingProfile' | 'updateBillingProfile'> {
  return {
    async getBillingProfile({ db, actor, params }) {
      return withEtag(await core.getBillingProfile(db, actor, params));
    },
    async updateBillingProfile({ db, actor, params, body, preconditions }) {
      return withEtag(await core.updateBillingProfile(db, actor, { ...body, ...params, preconditions }));
    },
  };
}
