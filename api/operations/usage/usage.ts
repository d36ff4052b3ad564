import * as events from '../../../core/usage/events.ts';
import type { Handlers } from '../../contract/handler.ts';

type Operations = 'createUsageEvents';

/** Tag Usage. */
export function usage(): Pick<Handlers, Operations> {
  return {
    async createUsageEvents({ db, actor, params, body }) {
      return { status: 200, body: await events.createUsageEvents(db, actor, { ...body, ...params }) };
    },
  };
}
