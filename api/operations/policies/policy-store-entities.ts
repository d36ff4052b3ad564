import * as core from '../../../core/policy-stores/entities.ts';
import type { Handlers } from '../../contract/handler.ts';
import type { Services } from '../services.ts';

type Operations = 'listPolicyStoreEntities' | 'writePolicyStoreEntities' | 'getPolicyStoreEntity' | 'deletePolicyStoreEntity';

/** Tag PolicyStoreEntities: what policy stores know of subjects and resources. */
export function policyStoreEntities({ compiledStores }: Services): Pick<Handlers, Operations> {
  return {
    async listPolicyStoreEntities({ db, params, query }) {
      return { status: 200, body: await core.listEntities(db, { ...query, ...params }) };
    },

    async writePolicyStoreEntities({ db, actor, params, body }) {
      return { status: 200, body: await core.writeEntities(db, actor, { ...body, ...params }, compiledStores.rounds) };
    },

    async getPolicyStoreEntity({ db, params }) {
      return { status: 200, body: await core.getEntity(db, params) };
    },

    async deletePolicyStoreEntity({ db, actor, params }) {
      await core.deleteEntity(db, actor, params);
      return { status: 204 };
    },
  };
}
