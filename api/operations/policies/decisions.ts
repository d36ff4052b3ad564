import { listDecisions } from '../../../core/authorization/decision-log/listed.ts';
import type { Actor, Place } from '../../../core/authorization/decisions/actor.ts';
import { type AskedOf, capabilitiesOf } from '../../../core/authorization/decisions/capabilities.ts';
import { decide } from '../../../core/authorization/decisions/decide.ts';
import { explain, explainKept, snapshotOf, withoutUnknown } from '../../../core/authorization/decisions/explanations.ts';
import { refuseUnknown } from '../../../core/authorization/decisions/known-subjects.ts';
import { knownTo } from '../../../core/authorization/decisions/listing.ts';
import type { Snapshot } from '../../../core/authorization/decisions/snapshot.ts';
import { askedTypes, whoCan } from '../../../core/authorization/decisions/who-can.ts';
import { InvalidInput } from '../../../core/base/errors.ts';
import { sealedPages } from '../../../core/base/sealed-pages.ts';
import type { Db } from '../../../core/database/database.ts';
import { checkResource } from '../../../core/organizations/named-resource.ts';
import type { Handlers } from '../../contract/handler.ts';
import type { Services } from '../services.ts';

type Operations = 'listDecisions' | 'explainDecision' | 'getDecision' | 'whoCan' | 'whatCan';

/** Tag Decisions. */
export function decisions(services: Services): Pick<Handlers, Operations> {
  const pages = sealedPages(services.keyring);
  return {
    async listDecisions({ db, actor, params, query }) {
      return { status: 200, body: (await listDecisions(db, actor, { ...query, ...params })) as never };
    },

    async explainDecision({ db, actor, params, body }) {
      const place = { organizationId: params.organizationId, projectId: body.projectId };
      const { subject, resource, action, resourceId } = body;
      const snapshot = await snapshotIn(db, actor, place, subject);
      await checkResource(db, { ...params, projectId: body.projectId, type: resource, resourceId });
      const decision = await decide(services.policies, snapshot, resource, action, resourceId);
      const explanation = await explain(db, decision, await actor.engine(place));
      const told = await withoutUnknown(actor, { ...explanation, ...(resourceId !== undefined && { resourceId }) });
      return { status: 200, body: told as never };
    },

    async getDecision({ db, actor, params }) {
      return { status: 200, body: (await explainKept(db, actor, params)) as never };
    },

    async whoCan({ db, actor, params, body }) {
      const { projectId, ...question } = body;
      const place = { organizationId: params.organizationId, projectId };
      await snapshotIn(db, actor, place);
      await checkResource(db, { ...params, projectId, type: question.resource, resourceId: question.resourceId });
      const isKnown = await knownTo(actor, askedTypes[question.subjectType ?? 'USER'], place);
      const oracle = { db, pages, policies: services.policies, engine: await actor.engine(place), isKnown };
      return { status: 200, body: (await whoCan(oracle, { place, ...question })) as never };
    },

    async whatCan({ db, actor, params, body }) {
      const { subject = actor.principal.subject.id, projectId, ...asked } = body;
      const place = { organizationId: params.organizationId, projectId };
      const snapshot = await snapshotIn(db, actor, place, subject);
      await checkAskedOf(db, place, asked);
      const capabilities = capabilitiesOf(await actor.engine(place), snapshot, asked);
      return { status: 200, body: { subject, ...params, ...(projectId !== undefined && { projectId }), capabilities } };
    },
  };
}

type InOrganization = Place & { readonly organizationId: string };

/** Throws InvalidInput for a resource of no type, or one that is not there. */
async function checkAskedOf(db: Db, place: InOrganization, { resource, resourceId }: AskedOf): Promise<void> {
  if (resourceId === undefined) return;
  if (resource === undefined)
    throw new InvalidInput('One resource is one of a type.', [
      { pointer: '#/resource', detail: 'must say of which type the resource is, where resourceId names one' },
    ]);
  await checkResource(db, { ...place, type: resource, resourceId });
}

/** What a subject holds in the place: the caller as they signed in; of others there is no token. Throws InvalidInput where there is no such project, or no such subject that the caller could look up. */
async function snapshotIn(db: Db, actor: Actor, place: InOrganization, subject: string = actor.principal.subject.id): Promise<Snapshot> {
  const isOwn = subject === actor.principal.subject.id;
  const snapshot = isOwn ? await actor.snapshot(place) : await snapshotOf(db, subject, place);
  if (snapshot.exists) {
    if (!isOwn) await refuseUnknown(db, actor, place, subject);
    return snapshot;
  }
  // The organization exists, or the caller would not be allowed to ask.
  throw new InvalidInput('There is no such active project in this organization.', [
    { pointer: '#/projectId', detail: 'is no active project of this organization' },
  ]);
}
