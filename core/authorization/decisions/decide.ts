import { newId, toId } from '../../base/ids.ts';
import type { Engine, Verdict } from '../engine/engine.ts';
import { resourceDisabled } from '../policy/states.ts';
import type { LivePolicies } from '../store/live-policies.ts';
import { isOne, onResource, restrictionsOf } from './restricted.ts';
import type { Snapshot } from './snapshot.ts';

/** Restrictions that a decision names at most: any of them denies (docs/limits.md). */
const maxRestrictions = 10;

/** The answer of Casbin to (subject, domain, resource, action), with what it was decided from. */
export class Decision {
  readonly snapshot: Snapshot;
  readonly resource: string;
  readonly action: string;
  /** About the roles; for a key, those of its owner. */
  readonly held: Verdict;
  /** About the scopes of a key, where it has any: both must allow. */
  readonly scoped: Verdict | undefined;
  /** The one resource that it is about. */
  readonly resourceId: string | undefined;
  #id: string | undefined;

  constructor(snapshot: Snapshot, resource: string, action: string, held: Verdict, scoped?: Verdict, resourceId?: string) {
    this.snapshot = snapshot;
    this.resource = resource;
    this.action = action;
    this.held = held;
    this.scoped = scoped;
    this.resourceId = resourceId;
  }

  /** The verdict that decided. */
  get verdict(): Verdict {
    return this.held.allowed && this.scoped !== undefined ? this.scoped : this.held;
  }

  get allowed(): boolean {
    return this.verdict.allowed;
  }

  /** The restrictions by which it is denied, the oldest ones; none where something else decided. */
  get restrictions(): readonly string[] {
    const { restricted } = this.snapshot;
    if (restricted === undefined || this.verdict.row?.[0] !== resourceDisabled) return [];
    return restrictionsOf(restricted, this.resource, this.resourceId)
      .slice(0, maxRestrictions)
      .map((id) => toId('restriction', id));
  }

  /** `member:remove`. */
  get permission(): string {
    return `${this.resource}:${this.action}`;
  }

  /** Made when it is first asked for: most decisions are never looked up. */
  get id(): string {
    this.#id ??= newId('decision');
    return this.#id;
  }

  /** The id, if it was asked for. */
  get givenId(): string | undefined {
    return this.#id;
  }

  /** What is stored of a decision, so that it can be reproduced from the revisions alone. */
  record(): DecisionRecord {
    const { subject, domain, roles, scopes, revisions } = this.snapshot;
    const { allowed, reason, row, source } = this.verdict;
    const { restrictions, resourceId } = this;
    return {
      subject: subject.id,
      domain: domain.dom,
      resource: this.resource,
      action: this.action,
      ...(resourceId !== undefined && { resourceId }),
      ...(restrictions.length > 0 && { restrictions }),
      allowed,
      reason,
      roles,
      revisions,
      ...(row && { row }),
      ...(source && { source }),
      ...(subject.type === 'api-key' && subject.home && { owner: subject.home.owner.id }),
      ...(this.scoped && { scopes: scopes!, questions: [asked(this.held), asked(this.scoped)] }),
    };
  }
}

/** What is stored of a decision. */
export interface DecisionRecord extends RecordedVerdict {
  readonly subject: string;
  readonly domain: string;
  readonly resource: string;
  readonly action: string;
  readonly resourceId?: string;
  readonly restrictions?: readonly string[];
  readonly roles: readonly string[];
  readonly revisions: readonly string[];
  readonly owner?: string;
  readonly scopes?: readonly string[];
  readonly questions?: readonly [RecordedVerdict, RecordedVerdict];
}

/** A verdict as it is stored. */
export type RecordedVerdict = Pick<Verdict, 'allowed' | 'row' | 'source'> & { readonly reason: string };

function asked({ allowed, reason, row, source }: Verdict): RecordedVerdict {
  return { allowed, reason, ...(row && { row }), ...(source && { source }) };
}

/** Asks the engine of the revisions in force. An error of the engine is thrown, never an allow. What does not exist is denied like what may not be seen. */
export async function decide(
  policies: LivePolicies,
  snapshot: Snapshot,
  resource: string,
  action: string,
  resourceId?: string,
): Promise<Decision> {
  return decideWith((await policies.get(snapshot.revisions)).engine, snapshot, resource, action, resourceId);
}

/** As decide, with the engine at hand. */
export function decideWith(engine: Engine, taken: Snapshot, resource: string, action: string, resourceId?: string): Decision {
  const snapshot = onResource(taken, resource, resourceId);
  const { roles, scopes, domain } = snapshot;
  const held = engine.decide({ roles: engine.roleSet(roles), domain, resource, action });
  const scoped = scopes && engine.decide({ roles: engine.roleSet(scopes), domain, resource, action });
  return new Decision(snapshot, resource, action, held, scoped, isOne(resourceId) ? resourceId : undefined);
}

/** Whether these roles, and these scopes if there are any, allow it in a domain, for questions of which no decision is kept. */
export function allows(
  engine: Engine,
  held: Pick<Snapshot, 'roles' | 'scopes' | 'domain' | 'restricted'>,
  resource: string,
  action: string,
  resourceId?: string,
): boolean {
  const { roles, scopes, domain } = onResource(held, resource, resourceId);
  if (!engine.decide({ roles: engine.roleSet(roles), domain, resource, action }).allowed) return false;
  return scopes === undefined || engine.decide({ roles: engine.roleSet(scopes), domain, resource, action }).allowed;
}
