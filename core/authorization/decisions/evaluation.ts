import { NotFound, PermissionDenied, TenetError, Unauthenticated } from '../../base/errors.ts';
import { toUuid } from '../../base/ids.ts';
import type { Db } from '../../database/database.ts';
import type { Engine } from '../engine/engine.ts';
import { createMemo } from '../engine/memo.ts';
import { type Domain, domainOf } from '../policy/domain.ts';
import { scopeName } from '../policy/scopes.ts';
import type { LivePolicies, PolicyInForce } from '../store/live-policies.ts';
import { isSignedOut, type Place, type Principal } from './actor.ts';
import { type Decision, decideWith } from './decide.ts';
import type { RestrictionReader } from './denying-restrictions.ts';
import { denyingState, refusalOf, shownState } from './refusal.ts';
import { type Snapshot, takeSnapshot } from './snapshot.ts';
import { type Subject, subjectNamed } from './subjects.ts';

/** A question in the words of AuthZEN 1.0. */
export interface EvaluationQuestion {
  readonly subject: { readonly type: string; readonly id: string };
  readonly action: { readonly name: string };
  readonly resource: EvaluationResource;
}

export interface EvaluationResource {
  readonly type: string;
  readonly id: string;
  readonly properties?: { readonly organizationId?: string; readonly projectId?: string };
}

/** The answer; a denial is an answer like any other. `decision` is there for logs and metrics. */
export interface Evaluation {
  readonly answer: { decision: boolean; context?: Record<string, unknown> };
  readonly decision?: Decision;
  /** Of a denial by restrictions that is explained: what the caller may know of them. */
  readonly reader?: RestrictionReader;
}

/** What a question is about, worked out from its words alone. */
export interface Inquiry {
  readonly principal: Principal;
  readonly question: EvaluationQuestion;
  /** Where the resource is; undefined when what is said names no place. */
  readonly site: Site | undefined;
  /** Whom it is about; undefined when it names no user. */
  readonly subject: Subject | undefined;
}

/** A role set, with the policy that decides about it. */
interface Held extends PolicyInForce {
  readonly snapshot: Snapshot;
}

/** Everything that an answer is made from. */
export interface Inputs {
  /** The caller on the platform. */
  readonly self: Held;
  /** The caller where the question is asked. */
  readonly asker: Held;
  /** The caller in the organization of that place, which says whether decisions are explained; nothing for the platform. */
  readonly explainer: Held | undefined;
  /** Whom the question is about, where it is asked; nothing when there is no such user or place. */
  readonly subject: Held | undefined;
}

/** Role sets that were read a moment ago. */
export type FindSnapshot = (subject: Subject, site: Site) => Snapshot | undefined;

/** Reads a role set. */
export type ReadSnapshot = (subject: Subject, site: Site) => Promise<Snapshot>;

/** Reads role sets within a transaction. */
export function readIn(db: Db): ReadSnapshot {
  return (subject, { domain, place }) => takeSnapshot(db, subject, domain, place);
}

/** Reads the words of a question. */
export function inquiryOf(principal: Principal, question: EvaluationQuestion): Inquiry {
  return { principal, question, site: siteOf(question.resource), subject: askedSubject(question.subject, principal) };
}

/** What the answer is made from if all of it is in memory, else undefined. */
export function fromMemory(policies: LivePolicies, find: FindSnapshot, inquiry: Inquiry): Inputs | undefined {
  const { principal, site = platform, subject } = inquiry;
  const held = (who: Subject, where: Site): Held | undefined => {
    const snapshot = find(who, where);
    const policy = snapshot && policies.find(snapshot.revisions);
    return policy && { snapshot: snapshot!, engine: policy.engine, revisions: policy.revisions };
  };
  const self = held(principal.subject, platform);
  const asker = site === platform ? self : held(principal.subject, site);
  const isOwn = subject === undefined || subject.id === principal.subject.id;
  const asked = isOwn ? asker : held(subject, site);
  const place = explaining(site);
  const explainer = place === site ? asker : place && held(principal.subject, place);
  if (!self || !asker || !asked || (place && !explainer)) return undefined;
  return { self, asker, explainer, subject: subject && asked };
}

/** What the answer is made from, each role set read once; what is asked for at the same time shares a round trip. */
export async function fromDatabase(policies: LivePolicies, read: ReadSnapshot, inquiry: Inquiry): Promise<Inputs> {
  const { principal, site = platform, subject } = inquiry;
  const held = async (who: Subject, where: Site): Promise<Held> => {
    const snapshot = await read(who, where);
    return { snapshot, ...(await policies.get(snapshot.revisions)) };
  };
  const self = held(principal.subject, platform);
  const asker = site === platform ? self : held(principal.subject, site);
  const isOwn = subject === undefined || subject.id === principal.subject.id;
  const place = explaining(site);
  const all = await Promise.all([
    self,
    asker,
    place === undefined || place === site ? asker : held(principal.subject, place),
    isOwn ? asker : held(subject, site),
  ]);
  return { self: all[0], asker: all[1], explainer: place && all[2], subject: subject && all[3] };
}

/** Where it is decided whether a decision at this site is explained: its organization. Decisions of the platform are not. */
function explaining(site: Site): Site | undefined {
  if (site.domain.level === 'platform') return undefined;
  return site.domain.level === 'org' ? site : siteAt(site.place.organizationId!);
}

/**
 * Answers a question from its inputs alone. Asking about oneself needs decision:evaluate-self on the platform, about others
 * decision:evaluate where the question is asked; otherwise PermissionDenied, the same whether or not the organization exists.
 * The reason goes only to callers who may explain decisions there, since it alone would say what exists. Denials of the caller are
 * added to `denials`, for the record.
 */
export function evaluate(inquiry: Inquiry, inputs: Inputs, denials: Decision[]): Evaluation {
  admit(inquiry, inputs, denials);
  return answer(inquiry, inputs, denials);
}

/** Whether the caller may ask at all. Throws Unauthenticated and PermissionDenied. */
export function admit({ principal }: Inquiry, { self, asker, explainer }: Inputs, denials: Decision[]): void {
  if ([self, asker, explainer].some((held) => held && isSignedOut(principal, held.snapshot))) throw new Unauthenticated('revoked');
  demand(self, 'evaluate-self', denials);
}

/** As evaluate, for a caller who is admitted. Throws PermissionDenied where they may not ask about this subject. */
export function answer({ principal, question, site, subject }: Inquiry, inputs: Inputs, denials: Decision[]): Evaluation {
  if (subject?.id !== principal.subject.id) demand(inputs.asker, 'evaluate', denials, hintOf(question.resource, site));
  // What a question lacks in itself is no secret.
  if (!site) return unknown('UNKNOWN_SCOPE');

  const isExplained = inputs.explainer !== undefined && ask(inputs.explainer, 'decision', 'explain').allowed;
  if (!inputs.subject) return isExplained ? unknown('UNKNOWN_SUBJECT') : { answer: { decision: false } };
  if (!inputs.subject.snapshot.exists) return isExplained ? unknown('UNKNOWN_SCOPE') : { answer: { decision: false } };
  const decision = ask(inputs.subject, question.resource.type, question.action.name, question.resource.id);
  if (isExplained) return explained(decision, inputs.subject, inputs.explainer!);
  if (site === platform && decision.verdict.reason.startsWith('unknown')) return { ...unknown(reasonOf(decision)), decision };
  return { answer: { decision: decision.allowed }, decision };
}

function unknown(reason: string): Evaluation {
  return { answer: { decision: false, context: { reason } } };
}

function ask({ engine, snapshot }: Held, resource: string, action: string, resourceId?: string): Decision {
  return decideWith(engine, snapshot, resource, action, resourceId);
}

function demand(held: Held, action: string, denials: Decision[], hint?: string): void {
  const decision = ask(held, 'decision', action);
  if (decision.allowed) return;
  denials.push(decision);
  throw refusalToAsk(held.engine, decision, hint);
}

/** Why a caller may not ask. */
export function refusalToAsk(engine: Engine, decision: Decision, hint?: string): Error {
  // The answer to outsiders says nothing of what exists, so it is the same for a place that is hidden.
  const refused = refusalOf(engine, decision, { hint, isKnown: true });
  return refused instanceof NotFound ? new PermissionDenied(decision.permission, decision.id, {}, { hint }) : refused;
}

function explained(decision: Decision, { engine, revisions }: Held, explainer: Held): Evaluation {
  const { row, source } = decision.verdict;
  const state = denyingState(engine, row);
  const context = {
    reason: reasonOf(decision),
    decisionId: decision.id,
    ...(row && source ? { rule: { scope: scopeName(source.scope), file: source.file, line: source.line, row: [...row] } } : {}),
    ...(state && { state: shownState(state) }),
    revisions,
  };
  const answer = { decision: decision.allowed, context };
  if (decision.restrictions.length === 0) return { answer, decision };
  const isMember = ask(explainer, 'organization', 'read').held.allowed;
  return { answer, decision, reader: { isMember, mayList: ask(explainer, 'restriction', 'list').allowed } };
}

/** `UNKNOWN_ACTION`. */
function reasonOf({ verdict }: Decision): string {
  return verdict.reason.replace('-', '_').toUpperCase();
}

/** A place and its domain, which is worked out once and not with every question. */
export interface Site {
  readonly domain: Domain;
  readonly place: Place;
}

const platform: Site = { domain: domainOf({}), place: {} };
// Whatever is found here follows from its key alone, so all servers of a process may share it.
const sites = createMemo<string, Site>(10_000);

/** Where the resource is, or undefined when what is said names no place. */
export function siteOf({ properties }: Pick<EvaluationResource, 'properties'>): Site | undefined {
  const { organizationId, projectId } = properties ?? {};
  if (organizationId === undefined) return projectId === undefined ? platform : undefined;
  try {
    return siteAt(organizationId, projectId);
  } catch (error) {
    if (error instanceof TenetError) return undefined;
    throw error;
  }
}

/** What a question lacks so that it is about an organization. It follows from the question alone, so it says nothing of what exists. */
export function hintOf({ properties }: Pick<EvaluationResource, 'properties'>, site: Site | undefined): string | undefined {
  if (site && site.domain.level !== 'platform') return undefined;
  if (properties?.organizationId !== undefined)
    return 'resource.properties.organizationId or projectId is not an id (org_..., prj_...), so the question is about no organization.';
  return 'Without resource.properties.organizationId the question is about the platform: name the organization (org_...) of the resource there, and its projectId for a resource of a project.';
}

/** Throws InvalidInput for what is no id. */
function siteAt(organizationId: string, projectId?: string): Site {
  // Proper ids have no space, so no other pair has this key.
  const key = projectId === undefined ? organizationId : `${organizationId} ${projectId}`;
  const known = sites.get(key);
  if (known && known.place.projectId === projectId) return known;
  toUuid('organization', organizationId);
  if (projectId !== undefined) toUuid('project', projectId);
  const place = { organizationId, ...(projectId === undefined ? {} : { projectId }) };
  const site = { domain: domainOf(place), place };
  sites.set(key, site);
  return site;
}

const subjectTypes: readonly string[] = ['user', 'service-account', 'api-key'] satisfies Subject['type'][];

/** Whom the question is about: a user, a service account or a key. Above all `role` is no subject, or any caller could claim to be one. */
export function askedSubject(subject: EvaluationQuestion['subject'], principal: Principal): Subject | undefined {
  if (!subjectTypes.includes(subject.type)) return undefined;
  if (principal.subject.type === subject.type && principal.subject.id === subject.id) return principal.subject;
  try {
    const named = subjectNamed(subject.id);
    return named.type === subject.type && named.id === subject.id ? named : undefined;
  } catch (error) {
    if (error instanceof TenetError) return undefined;
    throw error;
  }
}
