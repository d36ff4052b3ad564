import { scopeName, storedScope } from '../../../core/authorization/policy/scopes.ts';
import { demandScope } from '../../../core/authorization/store/revisions.ts';
import { listFindings, type ShownFinding } from '../../../core/authorization/store/rollout-findings.ts';
import { type Figures, figuresOf, listRollouts, type Rollout } from '../../../core/authorization/store/rollouts.ts';
import { checkPreconditions } from '../../../core/base/preconditions.ts';
import { etagOf } from '../../../core/base/versions.ts';
import type { Db } from '../../../core/database/database.ts';
import { canaryOf } from '../../../core/policies/rollout-ends.ts';
import { cancelRollout, createRollout, getRollout, promoteRollout } from '../../../core/policies/rollouts.ts';
import type { Handlers } from '../../contract/handler.ts';
import { withEtag } from '../replies.ts';
import { rolloutPage } from '../rollout-pages.ts';
import type { Services } from '../services.ts';

type Operations = 'listPolicyRollouts' | 'createPolicyRollout' | 'getPolicyRollout' | 'promotePolicyRollout' | 'cancelPolicyRollout';

/** Tag PolicyRollouts. */
export function policyRollouts({ reviewer, config: { policyKeys: keys } }: Services): Pick<Handlers, Operations> {
  return {
    async listPolicyRollouts({ db, params, query }) {
      const page = rolloutPage<Rollout>(query, `policy-rollouts ${params.scope}`);
      const rollouts = await listRollouts(db, storedScope(params.scope), page.rows);
      if (rollouts.length === 0 && page.rows.before === undefined) await demandScope(db, storedScope(params.scope));
      const figures = await figuresOf(
        db,
        rollouts.map(({ id }) => id),
      );
      return { status: 200, body: page.of(rollouts, (rollout) => toReply(rollout, figures.get(rollout.id)!)) };
    },

    async createPolicyRollout({ db, actor, params, body }) {
      const rollout = await createRollout(db, actor, reviewer, { ...body, scope: storedScope(params.scope), keys });
      const location = `/v1/policies/${params.scope}/rollouts/${rollout.id}`;
      return { status: 201, headers: { location }, body: await whole(db, rollout) };
    },

    async getPolicyRollout({ db, params }) {
      return withEtag(await whole(db, await getRollout(db, storedScope(params.scope), params.rolloutId)));
    },

    async promotePolicyRollout({ db, actor, params, body, preconditions }) {
      const before = await getRollout(db, storedScope(params.scope), params.rolloutId);
      checkPreconditions(preconditions, etagOf(before.version));
      return withEtag(await whole(db, await promoteRollout(db, actor, reviewer, before, { ...body, keys })));
    },

    async cancelPolicyRollout({ db, actor, params, body }) {
      const before = await getRollout(db, storedScope(params.scope), params.rolloutId);
      return withEtag(await whole(db, await cancelRollout(db, actor, before, body.reason)));
    },
  };
}

/** How many findings an answer has. */
const shownFindings = 100;

/** A rollout with what its comparison has found. Its ETag is of the rollout alone: figures move all the time. */
async function whole(db: Db, rollout: Rollout) {
  const findings = (await listFindings(db, rollout.id, shownFindings)).map(toFinding);
  return { ...toReply(rollout, (await figuresOf(db, [rollout.id])).get(rollout.id)!), findings };
}

const levels = { platform: 'PLATFORM', org: 'ORG', project: 'PROJECT' } as const;

function toFinding({ resource, action, level, roles, scopes, firstAt, lastAt, ...finding }: ShownFinding) {
  return {
    ...finding,
    permission: `${resource}:${action}`,
    level: levels[level],
    roles: [...roles],
    ...(scopes.length > 0 && { scopes: [...scopes] }),
    firstAt: firstAt.toISOString(),
    lastAt: lastAt.toISOString(),
  };
}

function toReply(rollout: Rollout, figures: Figures) {
  const { scope, candidate, base, canary: _, version, movedAt, createdAt, updatedAt, ...rest } = rollout;
  const canary = canaryOf(rollout);
  return {
    ...rest,
    ...{ scope: scopeName(scope), revision: candidate, baseRevision: base, figures },
    ...(canary && { canary }),
    ...{ movedAt: movedAt.toISOString(), createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString(), etag: etagOf(version) },
  };
}
