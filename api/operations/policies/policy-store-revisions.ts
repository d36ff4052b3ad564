import { mostFindings } from '../../../core/authorization/policy/findings.ts';
import * as core from '../../../core/policy-stores/revisions.ts';
import type { Handlers } from '../../contract/handler.ts';
import { pathOfPlace, withEtag } from '../replies.ts';
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
      const location = `${pathOfPlace(params)}/policy-stores/${params.policyStoreId}/revisions/${revision.revision}`;
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
      const findings = await core.lookAtFiles(db, storeChecker, { ...body, tests, ...params });
      const errors = findings.filter(({ level }) => level === 'error').length;
      const shown = findings.slice(0, mostFindings).map(({ rule, level, message, file, line }) => ({
        rule,
        level: level === 'error' ? ('ERROR' as const) : ('WARNING' as const),
        message,
        ...(file !== undefined && { file }),
        ...(line !== undefined && { line }),
      }));
      return { status: 200, body: { errors, warnings: findings.length - errors, findings: shown } };
    },
  };
}
