import type { Actor } from '../../../core/authorization/decisions/actor.ts';
import { batchOf, type EvaluationsBody } from '../../../core/authorization/decisions/evaluations.ts';
import type { Found } from '../../../core/authorization/decisions/search.ts';
import { sealedPages } from '../../../core/base/sealed-pages.ts';
import type { Db } from '../../../core/database/database.ts';
import { explainInStore } from '../../../core/policy-stores/explanations.ts';
import { listStoreDecisions } from '../../../core/policy-stores/logged-decisions.ts';
import {
  type AskedQuestion,
  type Brought,
  boundedQuestions,
  evaluateInStore,
  type StoreAnswer,
} from '../../../core/policy-stores/questions.ts';
import {
  type StoreSearcher,
  searchActionsInStore,
  searchResourcesInStore,
  searchSubjectsInStore,
} from '../../../core/policy-stores/searches.ts';
import type { StoreAsker } from '../../../core/policy-stores/store-shadow.ts';
import type { StoreKey } from '../../../core/policy-stores/stores.ts';
import type { Handlers } from '../../contract/handler.ts';
import { misfit } from '../../contract/input-errors.ts';
import { configurationOf, foundReply } from '../decision-point.ts';
import { pathOfStore, writable } from '../replies.ts';
import type { Services } from '../services.ts';

type Operations =
  | 'explainInStore'
  | 'listStoreDecisions'
  | 'evaluateInStore'
  | 'evaluateManyInStore'
  | 'searchSubjectsInStore'
  | 'searchResourcesInStore'
  | 'searchActionsInStore'
  | 'getStoreAuthzenConfiguration';

/** A request to the decision point of a store. */
interface Request {
  readonly db: Db;
  readonly actor: Actor;
  readonly params: StoreKey;
  readonly body: unknown;
}

/** Tag StoreDecisions: questions to policy stores, in the words of AuthZEN. */
export function storeDecisions(services: Services): Pick<Handlers, Operations> {
  const { compiledStores: compiled, keyring } = services;
  const pages = sealedPages(keyring);
  const errorsOf = (question: object) => services.bodyErrors('evaluateInStore', question);

  async function one({ db, actor, params, body }: Request) {
    const question = body as AskedQuestion & Pick<EvaluationsBody, 'options'>;
    const [answer] = await evaluateInStore(db, compiled, params, { questions: [question], semantic: 'execute_all' }, askerOf(actor));
    return { status: 200, body: shown(answer!, question.options?.include_context === true) } as const;
  }

  async function many(request: Request) {
    const { db, actor, params } = request;
    const body = request.body as EvaluationsBody;
    const batch = batchOf(body, errorsOf);
    if (batch === undefined) {
      const errors = errorsOf(body);
      if (errors.length > 0) throw misfit(errors);
      return one(request);
    }
    const bounded = { ...batch, questions: boundedQuestions(batch.questions, body as Brought) };
    const answers = await evaluateInStore(db, compiled, params, bounded, askerOf(actor));
    return { status: 200, body: { evaluations: answers.map((answer) => shown(answer, batch.isExplained)) } } as const;
  }

  const search =
    <B extends { readonly page?: object }, T>(run: (searcher: StoreSearcher, body: B) => Promise<Found<T>>) =>
    async ({ db, params, body }: Request) =>
      foundReply(await run({ db, compiled, key: params, pages }, body as B), body as B);

  return {
    async explainInStore({ db, actor, params, body }) {
      return { status: 200, body: writable(await explainInStore(db, actor, compiled, params, body)) };
    },
    async listStoreDecisions({ db, actor, params, query }) {
      return { status: 200, body: writable(await listStoreDecisions(db, actor, { ...query, ...params })) };
    },
    evaluateInStore: one,
    evaluateManyInStore: many,
    searchSubjectsInStore: search(searchSubjectsInStore),
    searchResourcesInStore: search(searchResourcesInStore),
    searchActionsInStore: search(searchActionsInStore),
    getStoreAuthzenConfiguration: ({ params }) => configurationOf(services, pathOfStore(params)),
  };
}

function askerOf({ principal, supportAccessId, requestId }: Actor): StoreAsker {
  return { subject: principal.subject, supportAccessId, requestId, mayBeCached: false };
}

/** Some clients expect answers that are exactly a decision, so the context is there when it was asked for. */
export function shown({ decision, context }: StoreAnswer, isExplained: boolean) {
  return isExplained ? { decision, context } : { decision };
}
