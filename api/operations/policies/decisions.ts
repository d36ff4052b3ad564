import { capabilitiesOf } from '../../../core/authorization/decisions/capabilities.ts';
import { decide } from '../../../core/authorization/decisions/decide.ts';
import { explain, explainKept, snapshotOf } from '../../../core/authorization/decisions/explanations.ts';
import { whoCan } from '../../../core/authorization/decisions/who-can.ts';
import { InvalidInput } from '../../../core/base/errors.ts';
import type { Handlers } from '../../contract/handler.ts';
import type { Services } from '../services.ts';

type Operations = 'explainDecision' | 'getDecision' | 'whoCan' | 'whatCan';

/** Tag Decisions. */
export function decisions(services: Services): Pick<Handlers, Operations> {
  return {
    async explainDecision({ db, actor, params, body }) {
      const place = { organizationId: params.organizationId, projectId: body.projectId };
      const { subject = actor.principal.subject.id } = body;
      // The caller as they signed in; of others there is no token.
      const snapshot = subject === actor.principal.subject.id ? await actor.snapshot(place) : await snapshotOf(db, subject, place);
      // The organization exists, or nobody would be allowed to ask.
      if (!snapshot.exists) throw noProject();
      const decision = await decide(services.policies, snapshot, body.resource, body.action);
      return { status: 200, body: (await explain(db, decision, await actor.engine(place))) as never };
    },

    async getDecision({ db, actor, params }) {
      return { status: 200, body: (await explainKept(db, actor, params)) as never };
    },

    async whoCan({ db, actor, params, body }) {
      const { projectId, ...question } = body;
      const place = { organizationId: params.organizationId, projectId };
      if (!(await actor.snapshot(place)).exists) throw noProject();
      const oracle = { db, policies: services.policies, engine: await actor.engine(place) };
      return { status: 200, body: (await whoCan(oracle, { place, ...question })) as never };
    },

    async whatCan({ db, actor, params, body }) {
      const { subject = actor.principal.subject.id, projectId } = body;
      const place = { organizationId: params.organizationId, projectId };
      const isSelf = subject === actor.principal.subject.id;
      const snapshot = isSelf ? await actor.snapshot(place) : await snapshotOf(db, subject, place);
      if (!snapshot.exists) throw noProject();
      const capabilities = capabilitiesOf(await actor.engine(place), snapshot);
      return { status: 200, body: { subject, ...params, ...(projectId !== undefined && { projectId }), capabilities } };
    },
  };
}

function noProject(): InvalidInput {
  return new InvalidInput('There is no such active project in this organization.', [
    { pointer: '#/projectId', detail: 'is no active project of this organization' },
  ]);
}
