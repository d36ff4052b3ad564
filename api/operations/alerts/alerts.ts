import * as core from '../../../core/alerts/alerts.ts';
import { readCondition } from '../../../core/alerts/condition-input.ts';
import type { Handlers } from '../../contract/handler.ts';
import { withEtag, writable } from '../replies.ts';

type Operations = 'listAlerts' | 'createAlert' | 'getAlert' | 'updateAlert' | 'deleteAlert' | 'listAlertFirings';

/** Tag Alerts. */
export function alerts(): Pick<Handlers, Operations> {
  return {
    async listAlerts({ db, params, query }) {
      return { status: 200, body: writable(await core.listAlerts(db, { ...query, ...params })) };
    },
    async createAlert({ db, actor, params, body }) {
      const made = await core.createAlert(db, actor, { ...body, condition: readCondition(body.condition), ...params });
      const location = `/v1/organizations/${params.organizationId}/alerts/${made.id}`;
      return { status: 201, body: writable(made), headers: { etag: made.etag, location } };
    },
    async getAlert({ db, params }) {
      return withEtag(writable(await core.getAlert(db, params)));
    },
    async updateAlert({ db, actor, params, body: { condition, ...body }, preconditions }) {
      const change = { ...body, ...(condition !== undefined && { condition: readCondition(condition) }) };
      return withEtag(writable(await core.updateAlert(db, actor, { ...change, ...params, preconditions })));
    },
    async deleteAlert({ db, actor, params, preconditions }) {
      await core.deleteAlert(db, actor, { ...params, preconditions });
      return { status: 204 };
    },
    async listAlertFirings({ db, params, query }) {
      return { status: 200, body: writable(await core.listAlertFirings(db, { ...query, ...params })) };
    },
  };
}
