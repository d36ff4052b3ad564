import { LRUCache } from 'lru-cache';
import type { Authenticate } from '../../api/authentication/identify.ts';
import type { TenetRequest } from '../../api/http/message.ts';
import type { Reachable } from '../../core/apps/access.ts';
import type { InstancePlace } from '../../core/apps/instance-rows.ts';
import { openInstance, placeOfInstance } from '../../core/apps/opening.ts';
import { createActor, isSignedOut, type Principal } from '../../core/authorization/decisions/actor.ts';
import type { Decision } from '../../core/authorization/decisions/decide.ts';
import { nameOf } from '../../core/authorization/decisions/subjects.ts';
import type { LivePolicies } from '../../core/authorization/store/live-policies.ts';
import { NotFound, Unauthenticated } from '../../core/base/errors.ts';
import { toId, toUuid } from '../../core/base/ids.ts';
import type { Database } from '../../core/database/database.ts';
import type { CallerHeaders } from './headers.ts';

/** A caller whom the policy lets into an instance. */
export interface Entry {
  readonly place: InstancePlace;
  /** Its uuid. */
  readonly instance: string;
  readonly caller: CallerHeaders;
  readonly reachable: Reachable;
}

/** What asking takes. */
export interface AccessOptions {
  readonly database: Database;
  readonly policies: LivePolicies;
  readonly authenticate: Authenticate;
  readonly onDecision: (decision: Decision, requestId: string) => void;
}

/** Finds out who calls, and asks the policy. Who calls comes first: without a credential every instance, and none, is answered alike. */
export function createAccess({ database, policies, authenticate, onDecision }: AccessOptions) {
  // An instance stays in its organization.
  const places = new LRUCache<string, InstancePlace>({ max: 10_000 });

  async function placeOf(instance: string): Promise<InstancePlace> {
    const known = places.get(instance) ?? (await database.read('platform', (db) => placeOfInstance(db, instance)));
    if (known === undefined) throw new NotFound();
    places.set(instance, known);
    return known;
  }

  /** Throws Unauthenticated, NotFound, or PermissionDenied. */
  return async function enter(request: TenetRequest, instance: string | undefined): Promise<Entry> {
    const principal = await authenticate(request);
    if (instance === undefined) throw new NotFound();
    const place = await placeOf(instance);
    const { organizationId } = place;
    request.logFields.organizationId = organizationId;
    const inside = { ...place, projectId: toId('project', instance) };
    const reachable = await database.read({ organization: toUuid('organization', organizationId) }, async (db) => {
      const actor = createActor({ db, policies, principal, requestId: request.requestId, lock: false });
      if (isSignedOut(principal, await actor.snapshot({ organizationId, projectId: inside.projectId }))) {
        throw new Unauthenticated('revoked');
      }
      try {
        return await openInstance(db, actor, inside);
      } finally {
        const denial = actor.denials.at(-1);
        if (denial) onDecision(denial, request.requestId);
      }
    });
    return { place, instance, reachable, caller: callerOf(principal, place) };
  };
}

/** Lets a caller into an instance. */
export type Enter = ReturnType<typeof createAccess>;

function callerOf({ subject, email }: Principal, { organizationId, instanceId }: InstancePlace): CallerHeaders {
  return {
    user: nameOf(subject),
    organization: organizationId,
    instance: instanceId,
    email: email?.verified === true ? email.address : undefined,
  };
}
