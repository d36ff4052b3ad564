import * as events from '../../../core/audit/events.ts';
import * as verify from '../../../core/audit/verify.ts';
import type { Handlers } from '../../contract/handler.ts';

type Operations = 'listAuditEvents' | 'verifyAuditLog' | 'listPlatformAuditEvents' | 'verifyPlatformAuditLog';

/** Tag AuditEvents. */
export function auditEvents(): Pick<Handlers, Operations> {
  return {
    async listAuditEvents({ db, actor, params, query }) {
      return { status: 200, body: await events.listAuditEvents(db, actor, { ...query, ...params }) };
    },
    async verifyAuditLog({ db, actor, params, query }) {
      return { status: 200, body: await verify.verifyAuditLog(db, actor, { ...query, ...params }) };
    },
    async listPlatformAuditEvents({ db, actor, query }) {
      return { status: 200, body: await events.listPlatformAuditEvents(db, actor, query) };
    },
    async verifyPlatformAuditLog({ db, actor, query }) {
      return { status: 200, body: await verify.verifyPlatformAuditLog(db, actor, query) };
    },
  };
}
