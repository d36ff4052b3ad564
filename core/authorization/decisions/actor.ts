import type { EmailClaim } from '../../base/email-claim.ts';
import { InvalidInput, type TenetError } from '../../base/errors.ts';
import type { Db } from '../../database/database.ts';
import type { Engine } from '../engine/engine.ts';
import type { PolicyContent } from '../policy/content.ts';
import { type Domain, domainOf } from '../policy/domain.ts';
import type { SettingValue } from '../policy/settings.ts';
import type { LivePolicies } from '../store/live-policies.ts';
import { listKinds, revisionsOfKind } from '../store/revisions.ts';
import { type Decision, decide } from './decide.ts';
import { type DenyingRestriction, readDenying, readerOf, toldTo } from './denying-restrictions.ts';
import { refusalOf } from './refusal.ts';
import { type Snapshot, takeSnapshot } from './snapshot.ts';
import { nameOf, type Subject } from './subjects.ts';

/** Who a request was authenticated as. */
export interface Principal {
  readonly subject: Subject;
  /** What the token says of an e-mail address, for the words of a refusal: what counts is what `users` holds. */
  readonly email?: EmailClaim | undefined;
  /** When the token was issued, in seconds since 1970; Infinity for a key, which ends by itself. */
  readonly issuedAt: number;
}

/** Whether the token was issued before the person was signed out, of everything or of the place of the snapshot. */
export function isSignedOut({ issuedAt }: Pick<Principal, 'issuedAt'>, { notBefore }: Pick<Snapshot, 'notBefore'>): boolean {
  return notBefore !== undefined && issuedAt * 1000 < notBefore.getTime();
}

/** Where a question is asked; nothing means the platform. */
export interface Place {
  readonly organizationId?: string | undefined;
  readonly projectId?: string | undefined;
  /** The resource that the question is about, where it is about one: the organization may have switched it off. */
  readonly resourceId?: string | undefined;
}

/** What the transaction of an actor has done so far, for a plan of it. */
export interface Effects {
  /**
   * The events that were appended, in their order: whose chain, nothing for the platform's, and the text that the hash covers. What is discreet
   * is about things in organizations that its actor may not see: a plan says of it what happens and to which of them, and no more.
   */
  readonly events: { readonly organizationId: string | undefined; readonly event: string; isDiscreet?: boolean }[];
  /** For each mail that leaves with the commit, whom it is for: an address, or the id of a user. */
  readonly mails: string[];
  /** Policies of more than one organization that decide otherwise from the commit on. They are read where a request asks what it would do, and by no change itself. */
  readonly policies: (() => Promise<MovedPolicies>)[];
  /** What becomes of a setting in projects when that of their organization changes. Read like the policies, before the change is undone. */
  settings?: () => Promise<ProjectSettingChanges>;
}

/** In which projects of an organization another value of a setting counts. All are counted; those are shown, of the first ones, that the actor may read. */
export interface ProjectSettingChanges {
  readonly total: number;
  readonly items: readonly {
    readonly organizationId: string;
    readonly projectId: string;
    readonly settingKey: string;
    /** Absent where the setting has no value. */
    readonly before?: SettingValue;
    readonly after?: SettingValue;
  }[];
}

/** Contents that come to decide, each in the place of what its scope has. */
export interface MovedPolicies {
  readonly contents: readonly PolicyContent[];
  /** What becomes of roles that they lack. */
  readonly mapping?: { readonly rename?: Readonly<Record<string, string>>; readonly drop?: readonly string[] } | undefined;
  /** What decides before where that is not what is in force, and in which organizations (uuid) alone. */
  readonly instead?: readonly PolicyContent[];
  readonly only?: readonly string[];
}

/** Somebody who does something, inside one transaction. Every question about what they may do is put here. */
export interface Actor {
  readonly principal: Principal;
  /** For the audit: `user_...`, `user_.../key_...` for a key of this owner, `user_.../sup_...` for an operator whom an organization lets in, or the manifest and its generation. */
  readonly name: string;
  /** The support access of an operator in the organization that this is about. */
  readonly supportAccessId?: string | undefined;
  readonly requestId: string;
  /** What the caller calls the request. */
  readonly clientRequestId?: string | undefined;
  /** Asks the policy. */
  may(resource: string, action: string, place: Place): Promise<Decision>;
  /** Asks the policy and throws on a no: PermissionDenied, with the problem of the state that denies, or NotFound where the actor may not even know that the place exists. */
  require(resource: string, action: string, place: Place): Promise<Decision>;
  /** As require, as if the actor were in this state of the policy as well: for a question whose answer depends on what is asked for. */
  requireIn(state: string, resource: string, action: string, place: Place): Promise<Decision>;
  /** The error for a no in a place that the actor knows of; `hint` is a sentence about what to do. */
  denial(decision: Decision, hint?: string): Promise<TenetError>;
  snapshot(place: Place): Promise<Snapshot>;
  engine(place: Place): Promise<Engine>;
  /** The engine of a kind of organization. Throws InvalidInput when there is no such blueprint. */
  engineOf(blueprint: string): Promise<Engine>;
  /** Every denial of this actor so far, for the record. */
  readonly denials: Decision[];
  readonly effects: Effects;
}

/**
 * Binds a principal to a transaction. Snapshots are taken once per place and kept, so that all decisions of one request see the
 * same moment; with `lock` the organization's row is locked by its first snapshot.
 */
export function createActor(options: {
  db: Db;
  policies: LivePolicies;
  principal: Principal;
  name?: string;
  requestId: string;
  clientRequestId?: string | undefined;
  lock: boolean;
}): Actor {
  const { db, policies, principal } = options;
  const snapshots = new Map<string, Promise<Snapshot>>();
  const denials: Decision[] = [];
  let supportAccessId: string | undefined;

  function snapshotIn(domain: Domain, place: Place): Promise<Snapshot> {
    let found = snapshots.get(domain.dom);
    if (!found) {
      found = takeSnapshot(db, principal.subject, domain, place, { lock: options.lock }).then((taken) => {
        supportAccessId ??= taken.supportAccessId;
        return taken;
      });
      snapshots.set(domain.dom, found);
    }
    return found;
  }

  const snapshot = (place: Place) => snapshotIn(domainOf(place), place);

  async function may(resource: string, action: string, place: Place): Promise<Decision> {
    return decide(policies, await snapshot(place), resource, action, place.resourceId);
  }

  async function require(resource: string, action: string, place: Place): Promise<Decision> {
    return admit(await may(resource, action, place));
  }

  async function admit(decision: Decision): Promise<Decision> {
    if (decision.allowed) return decision;
    denials.push(decision);
    throw await refusal(decision);
  }

  async function refusal(decision: Decision, options: { isKnown?: boolean; hint?: string | undefined } = {}): Promise<TenetError> {
    return refusalOf(await engineFor(decision), decision, { ...options, restrictions: await restrictionsOf(decision) });
  }

  /** What the actor may see of the restrictions by which it is denied. */
  async function restrictionsOf({ restrictions, snapshot: { domain } }: Decision): Promise<DenyingRestriction[]> {
    if (restrictions.length === 0) return [];
    return toldTo(await readerOf({ may }, domain.org), await readDenying(db, domain.org, restrictions));
  }

  const engineFor = async ({ snapshot: { revisions } }: Decision) => (await policies.get(revisions)).engine;

  return {
    principal,
    get name() {
      return options.name ?? nameOf(principal.subject, supportAccessId);
    },
    get supportAccessId() {
      return supportAccessId;
    },
    requestId: options.requestId,
    clientRequestId: options.clientRequestId,
    may,
    require,
    async requireIn(state, resource, action, place) {
      const present = await snapshot(place);
      return admit(
        await decide(policies, { ...present, roles: Object.freeze([...present.roles, state]) }, resource, action, place.resourceId),
      );
    },
    denial: (decision, hint) => refusal(decision, { isKnown: true, hint }),
    snapshot,
    engine: async (place) => (await policies.get((await snapshot(place)).revisions)).engine,
    engineOf: async (blueprint) => {
      const revisions = await revisionsOfKind(db, blueprint);
      if (revisions.length < 2) throw await unknownBlueprint(db, blueprint);
      return (await policies.get(revisions)).engine;
    },
    denials,
    effects: { events: [], mails: [], policies: [] },
  };
}

async function unknownBlueprint(db: Db, blueprint: string): Promise<InvalidInput> {
  const detail = `${blueprint} is not a blueprint of this installation; must be one of ${(await listKinds(db)).join(', ')}`;
  return new InvalidInput('There is no such blueprint.', [{ pointer: '#/blueprint', detail }]);
}
