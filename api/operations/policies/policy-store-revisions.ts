import { mostFindings } from '../../../core/authorization/policy/findings.ts';
import * as heads from '../../../core/policy-stores/heads.ts';
import * as core from '../../../core/policy-stores/revisions.ts';
import { diffStoreRevisions, planStoreChange } from '../../../core/policy-stores/store-plans.ts';
import type { Handlers } from '../../contract/handler.ts';
import { lintReply } from '../lint-reply.ts';
import { pathOfStore, withEtag, writable } from '../replies.ts';
import type { Services } from '../services.ts';

type Operations =
  | 'listPolicyStoreRevisions'
  | 'createPolicyStoreRevision'
  | 'getPolicyStoreRevision'
  | 'getPolicyStoreHead'
  | 'replacePolicyStoreHead'
  | 'rollbackPolicyStore'
  | 'getPolicyStoreHistory'
  | 'lintPolicyStore'
  | 'testPolicyStore'
  | 'planPolicyStore'
  | 'diffPolicyStoreRevisions';

/** Tag PolicyStoreRevisions: the files of policy stores, and which of them decide. */
export function policyStoreRevisions({ storeChecker, storePlanner }: Services): Pick<Handlers, Operations> {
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
      return withEtag(await heads.getStoreHead(db, params));
    },

    async replacePolicyStoreHead({ db, actor, params, body, preconditions }) {
      return withEtag(await heads.replaceStoreHead(db, actor, storeChecker, { ...body, ...params, preconditions }));
    },

    async rollbackPolicyStore({ db, actor, params, body, preconditions }) {
      return withEtag(await heads.rollBackStore(db, actor, storeChecker, { ...body, ...params, preconditions }));
    },

    async getPolicyStoreHistory({ db, params, query }) {
      return { status: 200, body: await heads.listStoreActivations(db, { ...query, ...params }) };
    },

    async testPolicyStore({ db, params, body: { tests = '', ...body } }) {
      const { results, coverage } = await core.testFiles(db, storeChecker, { ...body, tests, ...params });
      const failures = results.filter(({ passed }) => !passed);
      return {
        status: 200,
        body: {
          passed: results.length - failures.length,
          failed: failures.length,
          failures: failures.slice(0, mostFindings).map(({ name, message = '', line }) => ({ name, message, line })),
          rows: coverage.rows,
          untestedRows: [...coverage.untested],
        },
      };
    },

    async planPolicyStore({ db, actor, params, body: { contents, ...body } }) {
      const plan = await planStoreChange(db, storePlanner, {
        ...body,
        ...params,
        caller: actor.name,
        contents: contents && { tests: '', ...contents },
      });
      return { status: 200, body: writable(plan) };
    },

    async diffPolicyStoreRevisions({ db, actor, params, body: { contents, ...body } }) {
      const diff = await diffStoreRevisions(db, storePlanner, {
        ...body,
        ...params,
        caller: actor.name,
        contents: contents && { tests: '', ...contents },
      });
      return { status: 200, body: writable(diff) };
    },

    async lintPolicyStore({ db, params, body: { tests = '', ...body } }) {
      return lintReply(await core.lookAtFiles(db, storeChecker, { ...body, tests, ...params }));
    },
  };
}
