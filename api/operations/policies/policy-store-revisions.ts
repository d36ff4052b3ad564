import * as core from '../../../core/policy-stores/revisions.ts';
import type { Handlers } from '../../contract/handler.ts';
import { lintReply } from '../lint-reply.ts';
import { pathOfStore, withEtag } from '../replies.ts';
import type { Services } from '../services.ts';

type Operations =
  | 'listPolicyStoreRevisions'
  | 'createPolicyStoreRevision'
  | 'getPolicyStoreRevision'
  | 'getPolicyStoreHead'
  | 'replacePolicyStoreHead'
  | 'lintPolicyStore';

/** Tag PolicyStoreRevisions: the files of policy stores, and which of them decide. */
export function policyStoreRevisions({ storeChecker }: Services): Pick<Handlers, Operations> {
  return {
    async listPolicyStoreRevisions({ db, params, query }) {
      return { status: 200, body: await core.listStoreRevisions(db, { ...query, ...params }) };
    },

    async createPolicyStoreRevision({ db, actor, params, body: { tests = '', ...body } }) {
      const revision = await core.proposeStoreRevision(db, actor, storeChecker, { ...body, tests, ...params });
      const location = `${pathOfStore(params)}/revisions/${revision.revision}`;
      return { status: 201, body: revision, headers: { location } };
    },

    async getPolicyStoreRevision({ db, params }) {
      return { status: 200, body: await core.getStoreRevision(db, params) };
    },

    async getPolicyStoreHead({ db, params }) {
      return withEtag(await core.getStoreHead(db, params));
    },

    async replacePolicyStoreHead({ db, actor, params, body, preconditions }) {
      return withEtag(await core.replaceStoreHead(db, actor, storeChecker, { ...body, ...params, preconditions }));
    },

    async lintPolicyStore({ db, params, body: { tests = '', ...body } }) {
      return lintReply(await core.lookAtFiles(db, storeChecker, { ...body, tests, ...params }));
    },
  };
}
