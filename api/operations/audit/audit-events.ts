import * as core from '../../../core/audit/events.ts';
import type { Handlers } from '../../contract/handler.ts';

/** Tag AuditEvents. */
export function auditEvents(): Pick<Handlers, 'listAuditEvents'> {
  return {
    async listAuditEvents({ db, actor, params, query }) {
      return { status: 200, body: await core.listAuditEvents(db, actor, { ...query, ...params }) };
    },
  };
}
