import { NotFound, PermissionDenied } from '../../base/errors.ts';
import type { Engine } from '../engine/engine.ts';
import { domainOf } from '../policy/domain.ts';
import { findState, resourceDisabled, type State } from '../policy/states.ts';
import { type Decision, decideWith } from './decide.ts';
import { type DenyingRestriction, sentenceOf } from './denying-restrictions.ts';
import { isOfNoRole } from './nearest.ts';
import type { Snapshot } from './snapshot.ts';
import { boundHint, ownerHint, storeOf } from './subjects.ts';

/** What denied: a state, by its name in policy rows. */
export interface DenyingState extends State {
  readonly name: string;
}

/** A state as explanations show it. */
export function shownState({ name, title, problem }: DenyingState): { name: string; title: string; problem: string } {
  return { name, title, problem };
}

/** The state whose row decided, if one did. */
export function denyingState({ vocabulary }: Engine, row: readonly string[] | undefined): DenyingState | undefined {
  const name = row?.[0];
  const state = name === undefined ? undefined : findState(vocabulary.states, name);
  return state && { name: name!, ...state };
}

interface RefusalOptions {
  readonly hint?: string | undefined;
  readonly isKnown?: boolean;
  readonly restrictions?: readonly DenyingRestriction[];
}

/**
 * The error that a denial is answered with. Where a state denies, it is the problem of that state, as long as the caller could read the
 * place without it; if another state stands before that too, it is the problem of that one. Callers who may not read the place get
 * NotFound, unless `isKnown` says that they know of it. `restrictions` are those by which it is denied, with what the caller may see of them.
 */
export function refusalOf(
  engine: Engine,
  decision: Decision,
  { hint, isKnown = false, restrictions = [] }: RefusalOptions = {},
): PermissionDenied | NotFound {
  const { permission, id, snapshot } = decision;
  const { knows, state } = foremostState(engine, snapshot, denyingState(engine, decision.verdict.row));
  if (state !== undefined) return refusalBy(state, decision, restrictions);
  if (!knows && !isKnown) return new NotFound(storeHint(decision));
  return new PermissionDenied(permission, id, {}, { hint: reasonOf(decision, hint ?? (knows ? helpless(engine, decision) : undefined)) });
}

/** What a key that is bound to a policy store does, where its owner may. */
const asked = new Set(['policy-store:evaluate', 'policy-store:search']);

/** What a key that is bound to a policy store lacks, or that it does nothing else; undefined for other callers. */
function storeHint({ snapshot: { subject, domain }, held, permission }: Decision): string | undefined {
  const store = storeOf(subject);
  const isOwn = store !== undefined && domain.dom === domainOf(store).dom;
  return isOwn && asked.has(permission) && !held.allowed ? ownerHint(subject, permission) : boundHint(subject);
}

/** What is said besides of a denial by no state. */
function reasonOf(decision: Decision, hint?: string): string | undefined {
  const { snapshot, held } = decision;
  const bound = storeHint(decision);
  if (bound !== undefined) return bound;
  if (held.allowed) return 'The owner of the API key may do this; the scopes of the key do not cover it.';
  const { subject, domain } = snapshot;
  if (subject.type === 'api-key' && domain.level === 'platform') {
    const beyond = 'An API key reaches nothing outside of the organization that it was made in';
    // A service account has no access token.
    return subject.home?.owner.type === 'service-account' ? `${beyond}: ask about something in it.` : `${beyond}: send an access token.`;
  }
  return hint;
}

/** That no role helps, where a member would else ask for one. */
function helpless(engine: Engine, { snapshot: { subject, roles, domain }, resource, action }: Decision): string | undefined {
  const { blueprint } = engine;
  // A manifest holds no roles of the organization, so none is asked for.
  if (subject.type === 'controller' || domain.level === 'platform' || blueprint === undefined) return;
  if (!isOfNoRole(engine, { roles: engine.roleSet(roles), domain, resource, action })) return;
  return `No role in an organization of this kind (${blueprint.title}) has it.`;
}

/** Whether the caller could read the place but for states, and the state that denies the most: without it nothing else would keep them from reading. */
function foremostState(engine: Engine, snapshot: Snapshot, state?: DenyingState): { knows: boolean; state?: DenyingState | undefined } {
  const without = { ...snapshot, roles: snapshot.roles.filter((name) => name !== state?.name) };
  const { level } = snapshot.domain;
  if (level === 'platform') return { knows: true, state };
  const read = decideWith(engine, without, level === 'org' ? 'organization' : 'project', 'read');
  // The scopes of a key narrow what it does, not what it knows of.
  if (read.held.allowed) return { knows: true, state };
  const before = denyingState(engine, read.verdict.row);
  return before === undefined ? { knows: false } : foremostState(engine, without, before);
}

function refusalBy(
  { name, title, problem, status, challenge: error }: DenyingState,
  { permission, id, snapshot }: Decision,
  restrictions: readonly DenyingRestriction[],
) {
  if (status === 404) return new NotFound();
  if (name === resourceDisabled && restrictions.length > 0)
    return new PermissionDenied(permission, id, { restrictions }, { hint: sentenceOf(restrictions), problem });
  const signIn = snapshot.subject.type === 'user' ? snapshot.subject.signIn : undefined;
  const challenge = error && { error, acrValues: signIn?.acrValues, maxAge: signIn?.maxAge };
  return new PermissionDenied(permission, id, {}, { hint: `${title}.`, problem, challenge });
}
