import * as core from '../../../core/organizations/hand-overs.ts';
import type { Handlers } from '../../contract/handler.ts';

type Operations =
  | 'getHandOver'
  | 'replaceHandOver'
  | 'withdrawHandOver'
  | 'getProjectHandOver'
  | 'replaceProjectHandOver'
  | 'withdrawProjectHandOver';

/** Tag HandOvers. */
export function handOvers(): Pick<Handlers, Operations> {
  return {
    async getHandOver({ db, actor, params }) {
      const handOver = await core.getHandOver(db, actor, params);
      return { status: 200, body: handOver, headers: { etag: handOver.etag } };
    },

    async replaceHandOver({ db, actor, params, body, preconditions }) {
      const handOver = await core.replaceHandOver(db, actor, { ...body, ...params, preconditions });
      return { status: 200, body: handOver, headers: { etag: handOver.etag } };
    },

    async withdrawHandOver({ db, actor, params, preconditions }) {
      await core.withdrawHandOver(db, actor, { ...params, preconditions });
      return { status: 204 };
    },

    async getProjectHandOver({ db, actor, params }) {
      const handOver = await core.getHandOver(db, actor, params);
      return { status: 200, body: handOver, headers: { etag: handOver.etag } };
    },

    async replaceProjectHandOver({ db, actor, params, body, preconditions }) {
      const handOver = await core.replaceHandOver(db, actor, { ...body, ...params, preconditions });
      return { status: 200, body: handOver, headers: { etag: handOver.etag } };
    },

    async withdrawProjectHandOver({ db, actor, params, preconditions }) {
      await core.withdrawHandOver(db, actor, { ...params, preconditions });
      return { status: 204 };
    },
  };
}
