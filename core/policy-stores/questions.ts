import { type BrokenItem, endsBatch, isBroken, type Semantic } from '../authorization/decisions/evaluations.ts';
import { propertiesFault } from '../authorization/policy-stores/store-tests-schema.ts';
import type { StoreAction, StoreDecision, StoreQuestion } from '../authorization/policy-stores/types.ts';
import { InvalidInput } from '../base/errors.ts';
import type { Steps } from '../base/steps.ts';
import type { Db } from '../database/database.ts';
import type { CompiledStores } from './compiled-stores.ts';
import { type OpenPolicy, type OpenStore, openStore } from './open-store.ts';
import type { StoreAsker } from './store-shadow.ts';
import type { StoreKey } from './stores.ts';

/** A subject or a resource as a question names it. */
export interface AskedEntity {
  readonly type: string;
  readonly id: string;
  readonly properties?: Readonly<Record<string, unknown>>;
}

export interface AskedAction {
  readonly name: string;
  readonly properties?: Readonly<Record<string, unknown>>;
}

/** A question in the words of AuthZEN 1.0 about things of an application. */
export interface AskedQuestion {
  readonly subject: AskedEntity;
  readonly action: AskedAction;
  readonly resource: AskedEntity;
  readonly context?: Readonly<Record<string, unknown>>;
}

/** By what a question was decided. */
export type StoreReason = 'RULE' | 'NO_MATCH' | 'NO_POLICY';

/** An answer, with why. */
export interface StoreAnswer {
  readonly decision: boolean;
  readonly context: {
    readonly reason?: StoreReason;
    readonly revision?: number;
    readonly rules?: number[];
    readonly error?: BrokenItem;
  };
}

/** What a question or a search, or a batch for all its questions, brings along for conditions to look at. */
export interface Brought {
  readonly subject?: Pick<AskedEntity, 'type' | 'properties'>;
  readonly action?: Pick<AskedAction, 'properties'>;
  readonly resource?: Pick<AskedEntity, 'type' | 'properties'>;
  readonly context?: AskedQuestion['context'];
}

/** Throws InvalidInput for more than an entity of the store may have: each comparison of a policy may go through a whole list. */
export function refuseTooMuch(brought: Brought): void {
  const errors = tooMuchOf(brought);
  if (errors.length > 0) throw new InvalidInput('A question brings more than a policy store looks at.', errors);
}

function tooMuchOf({ subject, action, resource, context }: Brought) {
  const parts = {
    '#/subject/properties': subject?.properties,
    '#/action/properties': action?.properties,
    '#/resource/properties': resource?.properties,
    '#/context': context,
  };
  return Object.entries(parts).flatMap(([pointer, part]) => {
    const detail = propertiesFault(part ?? {});
    return detail === undefined ? [] : [{ pointer, detail }];
  });
}

/**
 * The questions of a batch, in which one that brings too much is one that cannot be asked: it says so, and the others are answered. Throws InvalidInput
 * where what the batch has for all of them is too much.
 */
export function boundedQuestions(questions: StoreBatch['questions'], forAll: Brought): StoreBatch['questions'] {
  refuseTooMuch(forAll);
  return questions.map((question): AskedQuestion | BrokenItem => {
    if (isBroken(question)) return question;
    const [error] = tooMuchOf(question);
    return error ? { status: 400, message: `${error.pointer} ${error.detail}` } : question;
  });
}

/** Questions that are asked together. */
export interface StoreBatch {
  readonly questions: readonly (AskedQuestion | BrokenItem)[];
  readonly semantic: Semantic;
}

/** The answers to questions in their order, up to the one that ends them. */
export async function evaluateInStore(
  db: Db,
  compiled: CompiledStores,
  key: StoreKey,
  batch: StoreBatch,
  by?: StoreAsker,
): Promise<StoreAnswer[]> {
  return answersOf(await openStore(db, compiled, key, askedIn(batch), by), batch);
}

/** What questions are about. Throws InvalidInput for questions that bring too much. */
export function askedIn({ questions }: StoreBatch): AskedEntity[] {
  for (const question of questions) if (!isBroken(question)) refuseTooMuch(question);
  return questions.flatMap((question) => (isBroken(question) ? [] : [question.subject, question.resource]));
}

/** As evaluateInStore, by a store that is open: at once where the answers take no longer than a moment. */
export function answersOf(open: OpenStore, batch: StoreBatch): StoreAnswer[] | Promise<StoreAnswer[]> {
  return open.run(answerSteps(open, batch));
}

/** How many questions that take a moment each are answered between two steps. */
const questionsOfStep = 10;

function* answerSteps(open: OpenStore, { questions, semantic }: StoreBatch): Steps<StoreAnswer[]> {
  const answers: StoreAnswer[] = [];
  for (const [index, question] of questions.entries()) {
    if (index > 0 && index % questionsOfStep === 0) yield;
    const given = isBroken(question) ? brokenAnswer(question) : (answerAtOnce(open, question) ?? (yield* stepsOf(open, question)));
    answers.push(given);
    if (endsBatch(semantic, given.decision)) break;
  }
  return answers;
}

/** The answer to one question: at once where it takes no longer than a moment. */
export function decide(open: OpenStore, asked: AskedQuestion): StoreAnswer | Promise<StoreAnswer> {
  return answerAtOnce(open, asked) ?? open.run(stepsOf(open, asked));
}

function answerAtOnce(open: OpenStore, asked: AskedQuestion): StoreAnswer | undefined {
  const policy = open.policyFor(asked.subject);
  if (!policy) return withoutPolicy;
  const decided = policy.decideAtOnce(questionOf(open, asked));
  return decided && answerBy(policy, decided);
}

function* stepsOf(open: OpenStore, asked: AskedQuestion): Steps<StoreAnswer> {
  const policy = open.policyFor(asked.subject)!;
  return answerBy(policy, yield* policy.decideSteps(questionOf(open, asked)));
}

function brokenAnswer(error: BrokenItem): StoreAnswer {
  return { decision: false, context: { error } };
}

const withoutPolicy: StoreAnswer = { decision: false, context: { reason: 'NO_POLICY' } };

/** A question as the policy is asked it. */
export function questionOf({ merged }: OpenStore, { subject, action, resource, context = {} }: AskedQuestion): StoreQuestion {
  return { subject: merged(subject), action: actionOf(action), resource: merged(resource), context };
}

function answerBy({ revision }: OpenPolicy, decided: StoreDecision): StoreAnswer {
  const { decision, rules } = decided;
  return { decision, context: { reason: reasonOf(decided), revision, ...(rules.length > 0 && { rules: [...rules] }) } };
}

/** Whether a row decided. */
export function reasonOf({ rules }: StoreDecision): StoreReason {
  return rules.length > 0 ? 'RULE' : 'NO_MATCH';
}

/** An action as the policy is asked about it. */
export function actionOf({ name, properties = {} }: AskedAction): StoreAction {
  return { name, properties };
}
