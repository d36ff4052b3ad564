import type { Actor, Place } from '../../../core/authorization/decisions/actor.ts';
import { capabilitiesOf } from '../../../core/authorization/decisions/capabilities.ts';
import { decide } from '../../../core/authorization/decisions/decide.ts';
import { explain, explainKept, snapshotOf } from '../../../core/authorization/decisions/explanations.ts';
import type { Snapshot } from '../../../core/authorization/decisions/snapshot.ts';
import { whoCan } from '../../../core/authorization/decisions/who-can.ts';
import { InvalidInput } from '../../../core/base/errors.ts';
import type { Db } from '../../../core/database/database.ts';
import type { Handlers } from '../../contract/handler.ts';
import type { Services } from '../services.ts';

type Operations = 'explainDecision' | 'getDecision' | 'whoCan' | 'whatCan';

/** Tag Decisions. */
export function decisions(services: Services): Pick<Handlers, Operations> {
  return {
    async explainDecision({ db, actor, params, body }) {
      const place = { organizationId: params.organizationId, projectId: body.projectId };
      const snapshot = await snapshotIn(db, actor, place, body.subject);
      const decision = await decide(services.policies, snapshot, body.resource, body.action);
      return { status: 200, body: (await explain(db, decision, await actor.engine(place))) as never };
    },

    async getDecision({ db, actor, params }) {
      return { status: 200, body: (await explainKept(db, actor, params)) as never };
    },

    async whoCan({ db, actor, params, body }) {
      const { projectId, ...question } = body;
      const place = { organizationId: params.organizationId, projectId };
      await snapshotIn(db, actor, place);
      const oracle = { db, policies: services.policies, engine: await actor.engine(place) };
      return { status: 200, body: (await whoCan(oracle, { place, ...question })) as never };
    },

    async whatCan({ db, actor, params, body }) {
      const { subject = actor.principal.subject.id, projectId } = body;
      const place = { organizationId: params.organizationId, projectId };
      const capabilities = capabilitiesOf(await actor.engine(place), await snapshotIn(db, actor, place, subject));
      return { status: 200, body: { subject, ...params, ...(projectId !== undefined && { projectId }), capabilities } };
    },
  };
}

/** What a subject holds in the place: the caller as they signed in; of others there is no token. Throws InvalidInput where there is no such project. */
async function snapshotIn(db: Db, actor: Actor, place: Place, subject: string = actor.principal.subject.id): Promise<Snapshot> {
  const snapshot = subject === actor.principal.subject.id ? await actor.snapshot(place) : await snapshotOf(db, subject, place);
  if (snapshot.exists) return snapshot;
  // The organization exists, or the caller would not be allowed to ask.
  throw new InvalidInput('There is no such active project in this organization.', [
    { pointer: '#/projectId', detail: 'is no active project of this organization' },
  ]);
}
