import type { OperationInput } from '../contract/contract.ts';
import type { Handlers } from '../contract/handler.ts';
import type { Reply } from '../http/message.ts';
import { apiKeys } from './access/api-keys.ts';
import { grants } from './access/grants.ts';
import { invitationLinks } from './access/invitation-links.ts';
import { invitations } from './access/invitations.ts';
import { members } from './access/members.ts';
import { mfa } from './access/mfa.ts';
import { roleTemplates } from './access/role-templates.ts';
import { roles } from './access/roles.ts';
import { serviceAccounts } from './access/service-accounts.ts';
import { supportAccesses } from './access/support-accesses.ts';
import { alerts } from './alerts/alerts.ts';
import { catalogItems } from './apps/catalog-items.ts';
import { instances } from './apps/instances.ts';
import { auditEvents } from './audit/audit-events.ts';
import { limits } from './billing/limits.ts';
import { plans } from './billing/plans.ts';
import { subscriptions } from './billing/subscriptions.ts';
import { exports } from './delivery/exports.ts';
import { webhookDeliveries } from './delivery/webhook-deliveries.ts';
import { webhooks } from './delivery/webhooks.ts';
import { billingProfile } from './organizations/billing-profile.ts';
import { entitlements } from './organizations/entitlements.ts';
import { handOvers } from './organizations/hand-overs.ts';
import { organizations } from './organizations/organizations.ts';
import { ownershipTransfers } from './organizations/ownership-transfers.ts';
import { projects } from './organizations/projects.ts';
import { restrictions } from './organizations/restrictions.ts';
import { settings } from './organizations/settings.ts';
import { summary } from './organizations/summary.ts';
import { me } from './people/me.ts';
import { operators } from './people/operators.ts';
import { users } from './people/users.ts';
import { accessPlans } from './policies/access-plans.ts';
import { authzen } from './policies/authzen.ts';
import { blueprints } from './policies/blueprints.ts';
import { capabilities } from './policies/capabilities.ts';
import { decisions } from './policies/decisions.ts';
import { policies } from './policies/policies.ts';
import { policyReviews } from './policies/policy-reviews.ts';
import { policyRollouts } from './policies/policy-rollouts.ts';
import { policyStoreEntities } from './policies/policy-store-entities.ts';
import { policyStoreRevisions } from './policies/policy-store-revisions.ts';
import { policyStoreRollouts } from './policies/policy-store-rollouts.ts';
import { policyStores } from './policies/policy-stores.ts';
import { storeDecisions } from './policies/store-decisions.ts';
import { resources } from './resources/resources.ts';
import type { Services } from './services.ts';
import { contract } from './system/contract.ts';
import { health } from './system/health.ts';
import { usage } from './usage/usage.ts';

/** What dispatch calls: the precise types of each handler end here. */
export type AnyHandler = (request: Partial<OperationInput> & { requestId: string } & Record<string, unknown>) => Promise<Reply>;

/** The handler of every operation of the contract, one file per tag. */
export function createHandlers(services: Services): Handlers {
  return {
    ...accessPlans(services),
    ...alerts(),
    ...apiKeys(services),
    ...auditEvents(),
    ...summary(),
    ...billingProfile(),
    ...blueprints(),
    ...capabilities(),
    ...catalogItems(),
    ...contract(services),
    ...authzen(services),
    ...decisions(services),
    ...entitlements(),
    ...exports(services),
    ...grants(),
    ...handOvers(),
    ...health(services),
    ...instances(services),
    ...invitations(services),
    ...invitationLinks,
    ...limits(),
    ...me(services),
    ...members(),
    ...mfa(),
    ...operators(),
    ...organizations(services),
    ...ownershipTransfers(),
    ...plans(),
    ...policies(services),
    ...policyReviews(services),
    ...policyRollouts(services),
    ...policyStoreRollouts(),
    ...policyStores(),
    ...policyStoreEntities(services),
    ...policyStoreRevisions(services),
    ...projects(),
    ...resources(services),
    ...restrictions(),
    ...roles(),
    ...roleTemplates(),
    ...serviceAccounts(),
    ...settings(),
    ...storeDecisions(services),
    ...subscriptions(services),
    ...supportAccesses(),
    ...usage(),
    ...users(),
    ...webhooks(services),
    ...webhookDeliveries(),
  };
}
