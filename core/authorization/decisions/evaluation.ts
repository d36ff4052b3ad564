import { PermissionDenied, TenetError, Unauthenticated } from '../../base/errors.ts';
import { toUuid } from '../../base/ids.ts';
import type { Db } from '../../database/database.ts';
import { createMemo } from '../engine/memo.ts';
import { type Domain, domainOf } from '../policy/domain.ts';
import type { LivePolicies } from '../store/live-policies.ts';
import type { Place, Principal } from './actor.ts';
import { type Decision, decide } from './decide.ts';
import { type Snapshot, type Subject, takeSnapshot } from './snapshot.ts';

/** A question in the words of AuthZEN 1.0; without a subject the caller asks about themselves. */
export interface EvaluationQuestion {
  readonly subject?: { readonly type: string; readonly id: string } | undefined;
  readonly action: { readonly name: string };
  readonly resource: {
    readonly type: string;
    readonly id: string;
    readonly properties?: { readonly organizationId?: string; readonly projectId?: string };
  };
}

/** The answer; a denial is an answer like any other. `decision` is there for logs and metrics. */
export interface Evaluation {
  readonly answer: { decision: boolean; context?: Record<string, unknown> };
  readonly decision?: Decision;
}

/** Reads a role set: from the database, or from a cache that is known to be fresh, and then at once. */
export type ReadSnapshot = (subject: Subject, domain: Domain, place: Place) => Snapshot | Promise<Snapshot>;

/** Reads role sets within a transaction. */
export function readIn(db: Db): ReadSnapshot {
  return (subject, domain, place) => takeSnapshot(db, subject, domain, place);
}

/** Something must be read first: ask again once this is fulfilled. It may reject, and then so does the evaluation. */
type NotYet = Promise<unknown>;

/**
 * Answers a question, at once when everything is in memory. Asking about oneself needs decision:evaluate-self on the platform, about
 * others decision:evaluate where the question is asked; otherwise PermissionDenied, the same whether or not the organization exists.
 * Why it was decided so is told only to those who may explain decisions there: the reason alone would tell a stranger what exists.
 * Denials of the asker are added to `denials`, for the record.
 */
export function evaluate(
  policies: LivePolicies,
  read: ReadSnapshot,
  principal: Principal,
  question: EvaluationQuestion,
  denials: Decision[],
): Evaluation | Promise<Evaluation> {
  const snapshots = new Snapshots(read);
  const evaluation = evaluateNow(policies, snapshots, principal, question, denials);
  if (!(evaluation instanceof Promise)) return evaluation;
  return evaluateAfter(evaluation, () => evaluateNow(policies, snapshots, principal, question, denials));
}

/** Asks again whenever what was missing has come. Every round finds more in memory than the one before. */
async function evaluateAfter(missing: NotYet, ask: () => Evaluation | NotYet): Promise<Evaluation> {
  let answer: Evaluation | NotYet = missing;
  while (answer instanceof Promise) {
    await answer;
    answer = ask();
  }
  return answer;
}

/** The role sets of one evaluation: those that had to be waited for are read once, whatever changes meanwhile. */
class Snapshots {
  readonly #read: ReadSnapshot;
  #awaited: Map<string, Snapshot> | undefined;

  constructor(read: ReadSnapshot) {
    this.#read = read;
  }

  find(subject: Subject, { domain, place }: Site): Snapshot | NotYet {
    const awaited = this.#awaited?.get(`${subject.id} ${domain.dom}`);
    if (awaited) return awaited;
    const snapshot = this.#read(subject, domain, place);
    return snapshot instanceof Promise ? this.#keep(snapshot, `${subject.id} ${domain.dom}`) : snapshot;
  }

  async #keep(reading: Promise<Snapshot>, key: string): Promise<void> {
    const snapshot = await reading;
    this.#awaited ??= new Map();
    this.#awaited.set(key, snapshot);
  }
}

function evaluateNow(
  policies: LivePolicies,
  snapshots: Snapshots,
  principal: Principal,
  question: EvaluationQuestion,
  denials: Decision[],
): Evaluation | NotYet {
  const self = snapshots.find(principal.subject, platform);
  if (self instanceof Promise) return self;
  if (self.notBefore && principal.issuedAt * 1000 < self.notBefore.getTime()) throw new Unauthenticated('revoked');
  const mayAsk = demand(policies, self, 'evaluate-self', denials);
  if (mayAsk instanceof Promise) return mayAsk;

  const site = siteOf(question);
  const subject = subjectOf(question, principal);
  const asker = site && site.domain.level !== 'platform' ? snapshots.find(principal.subject, site) : self;
  if (asker instanceof Promise) return asker;
  if (subject?.id !== principal.subject.id) {
    const mayAskAbout = demand(policies, asker, 'evaluate', denials);
    if (mayAskAbout instanceof Promise) return mayAskAbout;
  }
  // What a question lacks in itself is no secret.
  if (!site) return { answer: { decision: false, context: { reason: 'UNKNOWN_SCOPE' } } };

  const snapshot = subject === undefined || subject.id === principal.subject.id ? asker : snapshots.find(subject, site);
  if (snapshot instanceof Promise) return snapshot;
  const isExplained = mayExplain(policies, snapshots, principal, site, asker);
  if (isExplained instanceof Promise) return isExplained;
  if (!subject || !snapshot.exists) {
    const reason = subject ? 'UNKNOWN_SCOPE' : 'UNKNOWN_SUBJECT';
    return { answer: { decision: false, ...(isExplained ? { context: { reason } } : {}) } };
  }
  const decision = decide(policies, snapshot, question.resource.type, question.action.name);
  if (decision instanceof Promise) return decision;
  if (isExplained) return explain(policies, decision);
  if (site.domain.level === 'platform' && decision.verdict.reason.startsWith('unknown'))
    return { answer: { decision: false, context: { reason: reasonOf(decision) } }, decision };
  return { answer: { decision: decision.allowed }, decision };
}

function demand(policies: LivePolicies, snapshot: Snapshot, action: string, denials: Decision[]): undefined | NotYet {
  const decision = decide(policies, snapshot, 'decision', action);
  if (decision instanceof Promise) return decision;
  if (decision.allowed) return undefined;
  denials.push(decision);
  throw new PermissionDenied(decision.permission, decision.id);
}

/** Whoever may explain decisions of an organization may explain those of its projects; those of the platform are not explained. */
function mayExplain(
  policies: LivePolicies,
  snapshots: Snapshots,
  principal: Principal,
  { domain, place: { organizationId } }: Site,
  asker: Snapshot,
): boolean | NotYet {
  if (domain.level === 'platform') return false;
  const inOrganization = domain.level === 'org' ? asker : snapshots.find(principal.subject, siteAt(organizationId!));
  if (inOrganization instanceof Promise) return inOrganization;
  const decision = decide(policies, inOrganization, 'decision', 'explain');
  return decision instanceof Promise ? decision : decision.allowed;
}

function explain(policies: LivePolicies, decision: Decision): Evaluation | NotYet {
  const { verdict, snapshot } = decision;
  const revisions = policies.describe(snapshot.revisions);
  if (revisions instanceof Promise) return revisions;
  const context = {
    reason: reasonOf(decision),
    decisionId: decision.id,
    ...(verdict.row && verdict.source
      ? { rule: { scope: verdict.source.scope, file: verdict.source.file, line: verdict.source.line, row: [...verdict.row] } }
      : {}),
    revisions,
  };
  return { answer: { decision: decision.allowed, context }, decision };
}

/** `UNKNOWN_ACTION`. */
function reasonOf({ verdict }: Decision): string {
  return verdict.reason.replace('-', '_').toUpperCase();
}

/** A place and its domain, which is worked out once and not with every question. */
interface Site {
  readonly domain: Domain;
  readonly place: Place;
}

const platform: Site = { domain: domainOf({}), place: {} };
// Whatever is found here follows from its key alone, so all servers of a process may share it.
const sites = createMemo<string, Site>(10_000);

/** Where the resource is, or undefined when what is said names no place. */
function siteOf({ resource }: EvaluationQuestion): Site | undefined {
  const { organizationId, projectId } = resource.properties ?? {};
  if (organizationId === undefined) return projectId === undefined ? platform : undefined;
  try {
    return siteAt(organizationId, projectId);
  } catch (error) {
    if (error instanceof TenetError) return undefined;
    throw error;
  }
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

/** Whom the question is about. Only users can be asked about: above all `role` is no subject, or anybody could claim to be one. */
function subjectOf({ subject }: EvaluationQuestion, principal: Principal): Subject | undefined {
  if (subject === undefined) return principal.subject;
  if (subject.type !== 'user') return undefined;
  if (principal.subject.type === 'user' && principal.subject.id === subject.id) return principal.subject;
  try {
    return { type: 'user', id: subject.id, uuid: toUuid('user', subject.id) };
  } catch (error) {
    if (error instanceof TenetError) return undefined;
    throw error;
  }
}
