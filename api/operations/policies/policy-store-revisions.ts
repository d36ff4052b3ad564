import { mostFindings } from '../../../core/authorization/policy/findings.ts';
import { windowOf } from '../../../core/policies/replay-candidates.ts';
import * as heads from '../../../core/policy-stores/heads.ts';
import * as core from '../../../core/policy-stores/revisions.ts';
import { diffStoreRevisions, planStoreChange } from '../../../core/policy-stores/store-plans.ts';
import { replayStoreDecisions } from '../../../core/policy-stores/store-replays.ts';
import type { Handlers, Judges } from '../../contract/handler.ts';
import { lintReply } from '../lint-reply.ts';
import { paying } from '../paying.ts';
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
  | 'diffPolicyStoreRevisions'
  | 'replayStoreDecisions';

/** Decisions that are replayed where the caller does not say how many, as the contract has it. */
const usualDecisions = 10_000;

/** What changes of the heads and revisions of policy stores have to know of files: checked while they hold no connection to the database. */
export function storeJudges({ storeChecker }: Pick<Services, 'storeChecker'>): Judges {
  return {
    createPolicyStoreRevision: async ({ db, body: { tests = '', ...body }, ...request }) =>
      core.judgeProposal(db, storeChecker, { ...body, tests, ...(await paying(request)) }),
    replacePolicyStoreHead: async ({ db, body, preconditions, ...request }) =>
      heads.judgeHead(db, storeChecker, { ...body, ...(await paying(request)), preconditions }),
    rollbackPolicyStore: async ({ db, body, preconditions, ...request }) =>
      heads.judgeRollback(db, storeChecker, { ...body, ...(await paying(request)), preconditions }),
  };
}

/** Tag PolicyStoreRevisions: the files of policy stores, and which of them decide. */
export function policyStoreRevisions({ storeChecker, storePlanner, storeReplayer }: Services): Pick<Handlers, Operations> {
  return {
    async listPolicyStoreRevisions({ db, params, query }) {
      return { status: 200, body: await core.listStoreRevisions(db, { ...query, ...params }) };
    },

    async createPolicyStoreRevision({ db, actor, params, verdict, body: { tests = '', ...body } }) {
      const revision = await core.proposeStoreRevision(db, actor, verdict, { ...body, tests, ...params });
      const location = `${pathOfStore(params)}/revisions/${revision.revision}`;
      return { status: 201, body: revision, headers: { location } };
    },

    async getPolicyStoreRevision({ db, params }) {
      return { status: 200, body: await core.getStoreRevision(db, params) };
    },

    async getPolicyStoreHead({ db, params }) {
      return withEtag(await heads.getStoreHead(db, params));
    },

    async replacePolicyStoreHead({ db, actor, params, verdict, body, preconditions }) {
      return withEtag(await heads.replaceStoreHead(db, actor, verdict, { ...body, ...params, preconditions }));
    },

    async rollbackPolicyStore({ db, actor, params, verdict, body, preconditions }) {
      return withEtag(await heads.rollBackStore(db, actor, verdict, { ...body, ...params, preconditions }));
    },

    async getPolicyStoreHistory({ db, params, query }) {
      return { status: 200, body: await heads.listStoreActivations(db, { ...query, ...params }) };
    },

    async testPolicyStore({ db, body: { tests = '', ...body }, ...request }) {
      const { results, coverage } = await core.testFiles(db, storeChecker, { ...body, tests, ...(await paying(request)) });
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

    async planPolicyStore({ db, body: { contents, ...body }, ...request }) {
      const plan = await planStoreChange(db, storePlanner, {
        ...body,
        ...(await paying(request)),
        contents: contents && { tests: '', ...contents },
      });
      return { status: 200, body: writable(plan) };
    },

    async diffPolicyStoreRevisions({ db, body: { contents, ...body }, ...request }) {
      const diff = await diffStoreRevisions(db, storePlanner, {
        ...body,
        ...(await paying(request)),
        contents: contents && { tests: '', ...contents },
      });
      return { status: 200, body: writable(diff) };
    },

    async replayStoreDecisions({ db, actor, body: { contents, since, until, limit = usualDecisions, ...body }, ...request }) {
      const replayed = await replayStoreDecisions(db, actor, storeReplayer, {
        ...{ ...body, ...windowOf({ since, until }), limit },
        ...(await paying({ ...request, actor })),
        contents: contents && { tests: '', ...contents },
      });
      return { status: 200, body: writable(replayed) };
    },

    async lintPolicyStore({ db, body: { tests = '', ...body }, ...request }) {
      return lintReply(await core.lookAtFiles(db, storeChecker, { ...body, tests, ...(await paying(request)) }));
    },
  };
}
