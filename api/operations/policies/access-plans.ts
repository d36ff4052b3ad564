import * as core from '../../../core/access-plans/access-plans.ts';
import { applyAccessPlan } from '../../../core/access-plans/applying.ts';
import { listAccessPlanRows } from '../../../core/access-plans/stored-rows.ts';
import { scopeName, storedScope } from '../../../core/authorization/policy/scopes.ts';
import { beginSnapshot } from '../../../core/policy-snapshots/sending.ts';
import type { Handlers } from '../../contract/handler.ts';
import { withEtag, writable } from '../replies.ts';
import type { Services } from '../services.ts';

/** Tag AccessPlans. */
export function accessPlans({
  reviewer,
  planner,
  pseudonyms,
  policySnapshot,
  config: { policyKeys: keys },
}: Services): Pick<Handlers, 'createAccessPlan' | 'applyAccessPlan' | 'downloadPolicySnapshot' | 'getAccessPlan' | 'listAccessPlanRows'> {
  return {
    async createAccessPlan({ db, actor, body }) {
      const targets = body.targets.map(({ scope, ...target }) => ({ scope: storedScope(scope), ...target }));
      const made = await core.createAccessPlan(db, actor, reviewer, { ...body, targets });
      return { status: 201, body: writable(made), headers: { location: `/v1/access-plans/${made.id}` } };
    },

    async applyAccessPlan({ db, actor, params, body }) {
      const { check } = planner;
      const { digest, scopes } = await applyAccessPlan(db, actor, { ...params, ...body, check, keys });
      const applied = scopes.map(({ scope, revision, replaced }) => ({
        scope: scopeName(scope),
        revision,
        ...(replaced && { replaced }),
      }));
      return { status: 200, body: writable({ digest, scopes: applied }) };
    },

    async downloadPolicySnapshot({ db, actor }) {
      await beginSnapshot(db, actor, pseudonyms);
      const headers = { 'content-disposition': 'attachment; filename="access.snapshot.gz"' };
      return { status: 200, stream: { chunks: policySnapshot }, contentType: 'application/gzip', headers };
    },

    async getAccessPlan({ db, actor, params }) {
      const plan = await core.getAccessPlan(db, params.accessPlanId);
      const { allowed } = await actor.may('policy', 'plan', {});
      return withEtag(writable(allowed ? plan : core.withoutExamples(plan)));
    },

    async listAccessPlanRows({ db, params, query }) {
      return { status: 200, body: writable(await listAccessPlanRows(db, params.accessPlanId, query)) };
    },
  };
}
