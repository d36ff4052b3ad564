import { LRUCache } from 'lru-cache';
import type { Authenticate } from '../../api/authentication/identify.ts';
import type { TenetRequest } from '../../api/http/message.ts';
import type { Reachable } from '../../core/apps/access.ts';
import type { InstancePlace } from '../../core/apps/instance-rows.ts';
import { enterInstance, placeOfInstance } from '../../core/apps/opening.ts';
import { createActor, type Principal } from '../../core/authorization/decisions/actor.ts';
import type { Decision } from '../../core/authorization/decisions/decide.ts';
import { nameOf } from '../../core/authorization/decisions/subjects.ts';
import type { LivePolicies } from '../../core/authorization/store/live-policies.ts';
import { NotFound } from '../../core/base/errors.ts';
import { toId, toUuid } from '../../core/base/ids.ts';
import { type BrowsersOptions, createBrowsers } from './browsers.ts';
import type { CallerHeaders } from './headers.ts';

/** A caller whom the policy lets into an instance. */
export interface Entry {
  readonly place: InstancePlace;
  /** Its uuid. */
  readonly instance: string;
  readonly caller: CallerHeaders;
  readonly reachable: Reachable;
  /** Who it is by which credential, as one text. */
  readonly visitor: string;
}

/** What asking takes. */
export interface AccessOptions extends Omit<BrowsersOptions, 'placeOf'> {
  readonly policies: LivePolicies;
  readonly authenticate: Authenticate;
  readonly onDecision: (decision: Decision, requestId: string) => void;
}

/** Finds out who calls, and asks the policy. Who calls comes first: without a credential every instance, and none, is answered alike. */
export function createAccess(options: AccessOptions) {
  const { database, policies, authenticate, onDecision, keyHeaders } = options;
  // An instance stays in its organization.
  const places = new LRUCache<string, InstancePlace>({ max: 10_000 });

  async function placeOf(instance: string): Promise<InstancePlace | undefined> {
    const place = places.get(instance) ?? (await database.read('platform', (db) => placeOfInstance(db, instance)));
    if (place) places.set(instance, place);
    return place;
  }

  const browsers = createBrowsers({ ...options, placeOf });

  /** Throws Unauthenticated, NotFound, or PermissionDenied. */
  async function enter(request: TenetRequest, instance: string | undefined): Promise<Entry> {
    const cookie = browsers.cookieOf(request);
    const principal = cookie === undefined ? await authenticate(request) : await browsers.identify(request, instance, cookie);
    const place = instance === undefined ? undefined : await placeOf(instance);
    if (instance === undefined || place === undefined) throw new NotFound();
    const { organizationId } = place;
    request.logFields.organizationId = organizationId;
    const inside = { ...place, projectId: toId('project', instance) };
    const reachable = await database.read({ organization: toUuid('organization', organizationId) }, async (db) => {
      const actor = createActor({ db, policies, principal, requestId: request.requestId, lock: false });
      try {
        return await enterInstance(db, actor, inside);
      } finally {
        const denial = actor.denials.at(-1);
        if (denial) onDecision(denial, request.requestId);
      }
    });
    const caller = callerOf(principal, place);
    const credential = cookie ?? [request.headers.authorization, ...keyHeaders.map((name) => request.headers[name])].join(' ');
    return { place, instance, reachable, caller, visitor: `${caller.user} ${credential}` };
  }

  return { enter, browsers };
}

/** Lets a caller into an instance. */
export type Enter = ReturnType<typeof createAccess>['enter'];

function callerOf({ subject, email }: Principal, { organizationId, instanceId }: InstancePlace): CallerHeaders {
  return {
    user: nameOf(subject),
    organization: organizationId,
    instance: instanceId,
    email: email?.verified === true ? email.address : undefined,
  };
}
