import * as events from '../../../core/usage/events.ts';
import * as query from '../../../core/usage/query.ts';
import type { Handlers } from '../../contract/handler.ts';

type Operations = 'createUsageEvents' | `query${'' | 'Project'}Usage`;

/** Tag Usage. */
export function usage(): Pick<Handlers, Operations> {
  return {
    async createUsageEvents({ db, actor, params, body }) {
      return { status: 200, body: await events.createUsageEvents(db, actor, { ...body, ...params }) };
    },

    async queryUsage({ db, actor, params, query: asked }) {
      return { status: 200, body: await query.queryUsage(db, actor, { ...asked, ...params }) };
    },

    async queryProjectUsage({ db, actor, params, query: asked }) {
      return { status: 200, body: await query.queryUsage(db, actor, { ...asked, ...params }) };
    },
  };
}
