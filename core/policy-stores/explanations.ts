import type { Actor } from '../authorization/decisions/actor.ts';
import { reasonsSteps, type StoreReasons } from '../authorization/policy-stores/explain.ts';
import { readStorePolicySteps } from '../authorization/policy-stores/store.ts';
import type { CompiledStore, StoreContents, StoreQuestion } from '../authorization/policy-stores/types.ts';
import { toUuid } from '../base/ids.ts';
import type { Steps } from '../base/steps.ts';
import type { Db } from '../database/database.ts';
import type { CompiledStores } from './compiled-stores.ts';
import { contentsNamed, decidingFor, type KeptStore, openedWith, readKept } from './open-store.ts';
import { type AskedQuestion, questionOf, reasonOf, refuseTooMuch, type StoreReason } from './questions.ts';
import { contentsOf, digestOf } from './revisions.ts';
import type { StoreKey } from './stores.ts';

/** A decision of a store and everything that led to it. */
export interface StoreExplanation extends StoreReasons {
  readonly decision: boolean;
  readonly reason: StoreReason;
  /** The policy that decided; absent where none is in force. */
  readonly revision?: number;
  readonly sha256?: string;
}

/** What is asked, and by which revision: without one by what is in force. */
export type ExplainedQuestion = AskedQuestion & { readonly revision?: number | undefined };

interface Policy {
  readonly revision: number;
  readonly sha256: string;
  readonly contents: StoreContents;
}

/**
 * Decides a question and says why: by a row and how this row means the subject, or by none, and then which rows came nearest. Throws NotFound, PermissionDenied
 * for callers who may not ask the store, and InvalidInput for a revision that is not there.
 */
export async function explainInStore(
  db: Db,
  actor: Actor,
  compiled: CompiledStores,
  key: StoreKey,
  asked: ExplainedQuestion,
): Promise<StoreExplanation> {
  const { organizationId, projectId } = key;
  await actor.require('policy-store', 'evaluate', { organizationId, projectId });
  refuseTooMuch(asked);
  const kept = await readKept(db, key, [asked.subject, asked.resource]);
  return compiled.inExplanation(organizationId, async () => {
    const policy = await policyOf(db, key, kept, asked);
    if (!policy) return { decision: false, reason: 'NO_POLICY', roles: [], nearMisses: [], omittedNearMisses: 0 };
    const { contents, ...named } = policy;
    const store = await compiled.get(organizationId, policy.sha256, async () => contents);
    const question = questionOf(openedWith({ key, kept, stores: new Map(), compiled }), asked);
    return { ...(await compiled.rounds.run(organizationId, explanationSteps(store, contents, question))), ...named };
  });
}

function* explanationSteps(store: CompiledStore, contents: StoreContents, question: StoreQuestion): Steps<StoreExplanation> {
  const decided = yield* store.decideSteps(question);
  const policy = yield* readStorePolicySteps(contents);
  const reasons = yield* reasonsSteps({ policy, text: contents.policy, question, decided });
  return { decision: decided.decision, reason: reasonOf(decided), ...reasons };
}

/** The policy of a revision, or what decides for the subject; undefined where nothing is in force. */
async function policyOf(
  db: Db,
  key: StoreKey,
  kept: KeptStore,
  { revision: wanted, subject }: ExplainedQuestion,
): Promise<Policy | undefined> {
  if (wanted !== undefined) {
    const [org_id, id] = [toUuid('organization', key.organizationId), toUuid('policyStore', key.policyStoreId)];
    const contents = await contentsOf(db, { org_id, id }, wanted, '#/revision');
    return { revision: wanted, sha256: digestOf(contents), contents };
  }
  const named = decidingFor(kept, subject);
  return named && { ...named, contents: await contentsNamed(db, key, named) };
}
