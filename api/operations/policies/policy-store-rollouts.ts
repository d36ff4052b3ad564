import type { Figures } from '../../../core/authorization/store/rollouts.ts';
import { toUuid } from '../../../core/base/ids.ts';
import { etagOf } from '../../../core/base/versions.ts';
import type { Db } from '../../../core/database/database.ts';
import { figuresOf, listFindings, type ShownStoreFinding, type StoreFigures } from '../../../core/policy-stores/rollout-findings.ts';
import { listRollouts, type StoreRollout } from '../../../core/policy-stores/rollout-rows.ts';
import * as core from '../../../core/policy-stores/rollouts.ts';
import { findStore, type StoreKey } from '../../../core/policy-stores/stores.ts';
import type { Handlers, Judges } from '../../contract/handler.ts';
import { paying } from '../paying.ts';
import { pathOfStore, withEtag } from '../replies.ts';
import { rolloutPage } from '../rollout-pages.ts';
import type { Services } from '../services.ts';

type Operations = 'listPolicyStoreRollouts' | `${'create' | 'get' | 'promote' | 'cancel'}PolicyStoreRollout`;

/** What changes of rollouts have to know of files, as storeJudges. */
export function storeRolloutJudges({ storeChecker }: Pick<Services, 'storeChecker'>): Judges {
  return {
    createPolicyStoreRollout: async ({ db, body, preconditions, ...request }) =>
      core.judgeStoreRollout(db, storeChecker, { ...body, ...(await paying(request)), preconditions }),
    promotePolicyStoreRollout: async ({ db, preconditions, ...request }) =>
      core.judgeStorePromotion(db, storeChecker, { ...(await paying(request)), preconditions }),
  };
}

/** Tag PolicyStoreRollouts. */
export function policyStoreRollouts(): Pick<Handlers, Operations> {
  return {
    async listPolicyStoreRollouts({ db, params, query }) {
      const page = rolloutPage<StoreRollout>(query, `rollouts of ${params.policyStoreId}`);
      const store = await findStore(db, params);
      const rollouts = await listRollouts(db, store, page.rows);
      const figures = await figuresOf(
        db,
        store,
        rollouts.map(({ id }) => id),
      );
      return { status: 200, body: page.of(rollouts, (rollout) => toReply(params, rollout, figures.get(rollout.id)!)) };
    },

    async createPolicyStoreRollout({ db, actor, params, body, preconditions, verdict }) {
      const rollout = await core.createStoreRollout(db, actor, verdict, { ...body, ...params, preconditions });
      return {
        status: 201,
        headers: { location: `${pathOfStore(params)}/rollouts/${rollout.id}` },
        body: await whole(db, params, rollout),
      };
    },

    async getPolicyStoreRollout({ db, params }) {
      return withEtag(await whole(db, params, await core.getStoreRollout(db, params)));
    },

    async promotePolicyStoreRollout({ db, actor, params, body, preconditions, verdict }) {
      return withEtag(await whole(db, params, await core.promoteStoreRollout(db, actor, verdict, { ...body, ...params, preconditions })));
    },

    async cancelPolicyStoreRollout({ db, actor, params, body, preconditions }) {
      return withEtag(await whole(db, params, await core.cancelStoreRollout(db, actor, { ...body, ...params, preconditions })));
    },
  };
}

/** How many findings an answer has. */
const shownFindings = 100;

/** A rollout with what its comparison has found. Its ETag is of the rollout alone: figures move all the time. */
async function whole(db: Db, key: StoreKey, rollout: StoreRollout) {
  const store = { org_id: toUuid('organization', key.organizationId), id: toUuid('policyStore', key.policyStoreId) };
  const findings = (await listFindings(db, store, rollout, shownFindings)).map(toFinding);
  const figures = (await figuresOf(db, store, [rollout.id])).get(rollout.id)!;
  return { ...toReply(key, rollout, figures), planned: [...rollout.planned], findings };
}

function toFinding({ firstAt, lastAt, ...finding }: ShownStoreFinding) {
  return { ...finding, firstAt: firstAt.toISOString(), lastAt: lastAt.toISOString() };
}

function toReply({ policyStoreId }: StoreKey, rollout: StoreRollout, { subjects: _, ...figures }: StoreFigures) {
  const { candidate, base, share, planned: _planned, round: _round, version, movedAt, createdAt, updatedAt, ...rest } = rollout;
  return {
    ...rest,
    ...{ policyStoreId, revision: candidate, baseRevision: base, figures: figures as Figures },
    ...(share > 0 && { canary: { share } }),
    ...{ movedAt: movedAt.toISOString(), createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString(), etag: etagOf(version) },
  };
}
