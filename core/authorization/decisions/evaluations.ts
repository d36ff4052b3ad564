import { type InputError, PermissionDenied } from '../../base/errors.ts';
import { isObject } from '../../base/objects.ts';
import type { LivePolicies } from '../store/live-policies.ts';
import type { Principal } from './actor.ts';
import type { Decision } from './decide.ts';
import { type ReadDenying, readDenyingNow, toldTo } from './denying-restrictions.ts';
import {
  admit,
  answer,
  type Evaluation,
  type EvaluationQuestion,
  type FindSnapshot,
  fromDatabase,
  fromMemory,
  type Inputs,
  type Inquiry,
  inquiryOf,
  type ReadSnapshot,
} from './evaluation.ts';
import type { Snapshot } from './snapshot.ts';
import { memoName } from './subjects.ts';

// Batches of questions: the Access Evaluations API of AuthZEN 1.0, section 7.

/** When a batch ends before its last question: never, behind the first denial, behind the first permit. */
export type Semantic = 'execute_all' | 'deny_on_first_deny' | 'permit_on_first_permit';

/** A question that cannot be asked; what is wrong with it, for the caller. */
export interface BrokenItem {
  readonly status: number;
  readonly message: string;
}

/** A question of a batch, or why it is none. */
export type AskedItem = BrokenItem | Inquiry;

/** A question of a batch with what its answer is made from, or why it is none. */
export type BatchItem = BrokenItem | { readonly inquiry: Inquiry; readonly inputs: Inputs };

/** Whether an item of a batch cannot be asked. */
export function isBroken(item: object): item is BrokenItem {
  return 'message' in item;
}

/** A request of several questions, as the contract has it. */
export interface EvaluationsBody {
  readonly evaluations?: readonly object[];
  readonly options?: { readonly evaluations_semantic?: Semantic; readonly include_context?: boolean };
}

/** Questions that are asked together; one that cannot be asked says what is wrong with it. */
export interface Batch {
  readonly questions: readonly (EvaluationQuestion | BrokenItem)[];
  readonly semantic: Semantic;
  /** Whether the answers have a context. */
  readonly isExplained: boolean;
}

const defaults = ['subject', 'action', 'resource', 'context'] as const;

const entities = ['subject', 'resource'] as const;

/**
 * The questions of a request; undefined where it is one question itself. What a question leaves open is taken from above, as a whole and
 * never member by member, save the type of a subject or resource that has none (certification scenario of AuthZEN 1.0, 3.2.7); an id is never
 * taken from above, for a question that lost its own would be about something else. `errorsOf` says what the contract finds in a question.
 */
export function batchOf(body: EvaluationsBody, errorsOf: (question: object) => readonly InputError[]): Batch | undefined {
  const { evaluations = [], options = {} } = body;
  if (evaluations.length === 0) return undefined;
  const above = Object.fromEntries(defaults.filter((name) => name in body).map((name) => [name, (body as Record<string, unknown>)[name]]));
  const questions = evaluations.map((item) => {
    const question = completed({ ...above, ...item }, above);
    const [error] = errorsOf(question);
    return error
      ? { status: 400, message: [error.pointer ?? error.parameter, error.detail].join(' ') }
      : (question as Partial<EvaluationQuestion> as EvaluationQuestion);
  });
  return { questions, semantic: options.evaluations_semantic ?? 'execute_all', isExplained: options.include_context === true };
}

function completed(question: Record<string, unknown>, above: Record<string, unknown>): Record<string, unknown> {
  for (const name of entities) {
    const [own, given] = [question[name], above[name]];
    if (own !== given && isObject(own) && isObject(given) && !('type' in own) && 'type' in given)
      question[name] = { ...own, type: given['type'] };
  }
  return question;
}

/** The answers to a batch in the words of AuthZEN: without their context, unless it was asked for. */
export function answersOf(evaluations: readonly Evaluation[], { isExplained }: Batch): { evaluations: Evaluation['answer'][] } {
  return { evaluations: evaluations.map(({ answer }) => (isExplained ? answer : { decision: answer.decision })) };
}

/** Reads the words of the questions. */
export function inquiriesOf(principal: Principal, { questions }: Pick<Batch, 'questions'>): AskedItem[] {
  return questions.map((question) => (isBroken(question) ? question : inquiryOf(principal, question)));
}

/** The questions with what their answers are made from, if all of it is in memory, else undefined. */
export function allFromMemory(policies: LivePolicies, find: FindSnapshot, asked: readonly AskedItem[]): BatchItem[] | undefined {
  const all: BatchItem[] = [];
  // Most batches ask about one subject in one place: then the inputs of the previous question are taken again.
  let before: Inquiry | undefined;
  let inputs: Inputs | undefined;
  for (const item of asked) {
    if (isBroken(item)) {
      all.push(item);
      continue;
    }
    if (!before || item.subject?.id !== before.subject?.id || item.site !== before.site) inputs = fromMemory(policies, find, item);
    if (!inputs) return undefined;
    before = item;
    all.push({ inquiry: item, inputs });
  }
  return all;
}

/** The questions with what their answers are made from; a role set that several of them need is read once. */
export function allFromDatabase(policies: LivePolicies, read: ReadSnapshot, asked: readonly AskedItem[]): Promise<BatchItem[]> {
  const known = new Map<string, Promise<Snapshot>>();
  const readOnce: ReadSnapshot = (subject, site) => {
    const key = `${memoName(subject)} ${site.domain.dom}`;
    const snapshot = known.get(key) ?? read(subject, site);
    known.set(key, snapshot);
    return snapshot;
  };
  const gather = async (item: AskedItem): Promise<BatchItem> =>
    isBroken(item) ? item : { inquiry: item, inputs: await fromDatabase(policies, readOnce, item) };
  return Promise.all(asked.map(gather));
}

/**
 * Answers the questions in their order, and stops where the semantic says so; the answer that stops it is the last one. What cannot be
 * asked, or not about this subject, is a denial whose context names the error; a caller who may not ask at all is refused as a whole.
 * Denials of the caller are added to `denials`, for the record.
 */
export function evaluateAll(items: readonly BatchItem[], semantic: Semantic, denials: Decision[]): Evaluation[] {
  // All are of one caller, and those with the same inputs are admitted alike.
  let admitted: Inputs | undefined;
  for (const item of items) {
    if (isBroken(item) || item.inputs === admitted) continue;
    admit(item.inquiry, item.inputs, denials);
    admitted = item.inputs;
  }
  const answers: Evaluation[] = [];
  for (const item of items) {
    const given = isBroken(item) ? failed(item) : attempt(item, denials);
    answers.push(given);
    if (endsBatch(semantic, given.answer.decision)) break;
  }
  return answers;
}

/** Whether a batch ends with this answer. */
export function endsBatch(semantic: Semantic, decision: boolean): boolean {
  return (semantic === 'deny_on_first_deny' && !decision) || (semantic === 'permit_on_first_permit' && decision);
}

function attempt({ inquiry, inputs }: Exclude<BatchItem, BrokenItem>, denials: Decision[]): Evaluation {
  try {
    return answer(inquiry, inputs, denials);
  } catch (error) {
    if (!(error instanceof PermissionDenied)) throw error;
    return failed({ status: 403, message: error.message });
  }
}

function failed(error: BrokenItem): Evaluation {
  return { answer: { decision: false, context: { error } } };
}

/** Whether a context has to say still by which restrictions it is denied. */
export function isDeniedByRestrictions({ reader }: Evaluation): boolean {
  return reader !== undefined;
}

/** The answers, with what their reader may see of restrictions in their context. */
export async function withRestrictions(evaluations: readonly Evaluation[], read: ReadDenying): Promise<Evaluation[]> {
  const told: Evaluation[] = [];
  for (const evaluation of evaluations) told.push(await withOwnRestrictions(evaluation, read));
  return told;
}

async function withOwnRestrictions(evaluation: Evaluation, read: ReadDenying): Promise<Evaluation> {
  const { answer, decision, reader } = evaluation;
  if (!reader || !decision) return evaluation;
  const denying = await readDenyingNow(read, decision.snapshot.domain.org, decision.restrictions);
  return { ...evaluation, answer: { ...answer, context: { ...answer.context, restrictions: toldTo(reader, denying) } } };
}
