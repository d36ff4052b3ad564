import { changeStore } from '../../../core/policy-stores/rollouts.ts';
import * as core from '../../../core/policy-stores/stores.ts';
import type { Handlers } from '../../contract/handler.ts';
import { pathOfStore, withEtag } from '../replies.ts';

type Operations = 'listPolicyStores' | `${'create' | 'get' | 'update' | 'delete'}PolicyStore`;

/** Tag PolicyStores: the policies of applications. */
export function policyStores(): Pick<Handlers, Operations> {
  return {
    async listPolicyStores({ db, params, query }) {
      return { status: 200, body: await core.listStores(db, { ...query, ...params }) };
    },

    async createPolicyStore({ db, actor, params, body }) {
      const store = await core.createStore(db, actor, { ...body, ...params });
      return { status: 201, body: store, headers: { location: pathOfStore({ ...params, policyStoreId: store.id }), etag: store.etag } };
    },

    async getPolicyStore({ db, params }) {
      return withEtag(await core.getStore(db, params));
    },

    async updatePolicyStore({ db, actor, params, body, preconditions }) {
      return withEtag(await changeStore(db, actor, { ...body, ...params, preconditions }));
    },

    async deletePolicyStore({ db, actor, params, preconditions }) {
      await core.deleteStore(db, actor, { ...params, preconditions });
      return { status: 204 };
    },
  };
}
