import type { Place, Principal } from './actor.ts';
import { type Decision, decide } from './authorization/decide.ts';
import { domainOf } from './authorization/domain.ts';
import type { LivePolicies } from './authorization/live.ts';
import type { Snapshot, Subject } from './authorization/snapshot.ts';
import { PermissionDenied, TenetError, Unauthenticated } from './errors.ts';
import { toUuid } from './ids.ts';

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

/** Reads a role set: from the database, or from a cache that is known to be fresh. */
export type ReadSnapshot = (subject: Subject, place: Place) => Snapshot | Promise<Snapshot>;

/**
 * Answers a question. Asking about oneself needs decision:evaluate-self on the platform, about others decision:evaluate where
 * the question is asked; otherwise PermissionDenied, the same whether or not the organization exists. Why it was decided so is
 * told only to those who may explain decisions there: the reason alone would tell a stranger what exists. Denials of the asker are
 * added to `denials`, for the record.
 */
export async function evaluate(
  policies: LivePolicies,
  read: ReadSnapshot,
  principal: Principal,
  question: EvaluationQuestion,
  denials: Decision[],
): Promise<Evaluation> {
  const self = await read(principal.subject, {});
  if (self.notBefore && principal.issuedAt * 1000 < self.notBefore.getTime()) throw new Unauthenticated('revoked');
  await demand(policies, self, 'evaluate-self', denials);

  const place = placeOf(question);
  const subject = subjectOf(question, principal);
  const asker = place && place.organizationId !== undefined ? await read(principal.subject, place) : self;
  if (subject?.id !== principal.subject.id) await demand(policies, asker, 'evaluate', denials);
  const explained = async (): Promise<boolean> => {
    if (place?.organizationId === undefined) return false;
    // Whoever may explain decisions of an organization may explain those of its projects.
    const inOrganization = place.projectId === undefined ? asker : await read(principal.subject, { organizationId: place.organizationId });
    return (await decide(policies, inOrganization, 'decision', 'explain')).allowed;
  };
  // What a question lacks in itself is no secret.
  if (!place) return { answer: { decision: false, context: { reason: 'UNKNOWN_SCOPE' } } };
  if (!subject) return unanswerable('UNKNOWN_SUBJECT', explained);

  const snapshot = subject.id === principal.subject.id ? asker : await read(subject, place);
  if (!snapshot.exists) return unanswerable('UNKNOWN_SCOPE', explained);
  const decision = await decide(policies, snapshot, question.resource.type, question.action.name);
  if (place.organizationId === undefined && decision.verdict.reason.startsWith('unknown'))
    return { answer: { decision: false, context: { reason: reasonOf(decision) } }, decision };
  if (!(await explained())) return { answer: { decision: decision.allowed }, decision };
  return { answer: { decision: decision.allowed, context: await contextOf(policies, decision) }, decision };
}

async function demand(policies: LivePolicies, snapshot: Snapshot, action: string, denials: Decision[]): Promise<void> {
  const decision = await decide(policies, snapshot, 'decision', action);
  if (decision.allowed) return;
  denials.push(decision);
  throw new PermissionDenied(decision.permission, decision.id);
}

async function unanswerable(reason: string, explained: () => Promise<boolean>): Promise<Evaluation> {
  return { answer: { decision: false, ...((await explained()) ? { context: { reason } } : {}) } };
}

async function contextOf(policies: LivePolicies, decision: Decision): Promise<Record<string, unknown>> {
  const { verdict, snapshot } = decision;
  return {
    reason: reasonOf(decision),
    decisionId: decision.id,
    ...(verdict.row && verdict.source
      ? { rule: { scope: verdict.source.scope, file: verdict.source.file, line: verdict.source.line, row: [...verdict.row] } }
      : {}),
    revisions: await policies.describe(snapshot.revisions),
  };
}

/** `UNKNOWN_ACTION`. */
function reasonOf({ verdict }: Decision): string {
  return verdict.reason.replace('-', '_').toUpperCase();
}

/** The place that the resource is in, or undefined when what is said names none. */
function placeOf({ resource }: EvaluationQuestion): Place | undefined {
  const { organizationId, projectId } = resource.properties ?? {};
  try {
    const place = { ...(organizationId === undefined ? {} : { organizationId }), ...(projectId === undefined ? {} : { projectId }) };
    domainOf(place);
    if (organizationId !== undefined) toUuid('organization', organizationId);
    if (projectId !== undefined) toUuid('project', projectId);
    return place;
  } catch (error) {
    if (error instanceof TenetError) return undefined;
    throw error;
  }
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
