import type { EvaluationsBody } from '../../../core/authorization/decisions/evaluations.ts';
import type { Db } from '../../../core/database/database.ts';
import { type AskedQuestion, evaluateInStore, type StoreAnswer } from '../../../core/policy-stores/questions.ts';
import type { StoreKey } from '../../../core/policy-stores/stores.ts';
import type { Handlers } from '../../contract/handler.ts';
import type { Services } from '../services.ts';

type Operations = 'evaluateInStore';

/** A question to a store. */
interface Request {
  readonly db: Db;
  readonly params: StoreKey;
  readonly body: unknown;
}

/** Tag StoreDecisions: questions to policy stores, in the words of AuthZEN. */
export function storeDecisions({ compiledStores }: Services): Pick<Handlers, Operations> {
  async function one({ db, params, body }: Request) {
    const question = body as AskedQuestion & Pick<EvaluationsBody, 'options'>;
    const [answer] = await evaluateInStore(db, compiledStores, params, { questions: [question], semantic: 'execute_all' });
    return { status: 200, body: shown(answer!, question.options?.include_context === true) } as const;
  }

  return { evaluateInStore: one };
}

/** Some clients expect answers that are exactly a decision, so the context is there when it was asked for. */
function shown({ decision, context }: StoreAnswer, isExplained: boolean) {
  return isExplained ? { decision, context } : { decision };
}
