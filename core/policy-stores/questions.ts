import { type BrokenItem, endsBatch, isBroken, type Semantic } from '../authorization/decisions/evaluations.ts';
import { propertiesFault } from '../authorization/policy-stores/store-tests-schema.ts';
import type { CompiledStore, StoreAction, StoreEntity, StoreQuestion } from '../authorization/policy-stores/types.ts';
import { InvalidInput, NotFound } from '../base/errors.ts';
import { toUuid } from '../base/ids.ts';
import { createTurns } from '../base/turns.ts';
import { type Db, prepared } from '../database/database.ts';
import type { CompiledStores } from './compiled-stores.ts';
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

/** An answer, with why. */
export interface StoreAnswer {
  readonly decision: boolean;
  readonly context: {
    readonly reason?: 'RULE' | 'NO_MATCH' | 'NO_POLICY';
    readonly revision?: number;
    readonly rules?: number[];
    readonly error?: BrokenItem;
  };
}

/** What a store decides by at one moment: its policy, nothing where none is in force, and what it keeps of the things that are asked about. */
export interface OpenStore {
  readonly policy?: { readonly store: CompiledStore; readonly revision: number };
  /** With the properties that the store keeps, which win over those of the question. */
  merged(asked: AskedEntity): StoreEntity;
}

interface Row {
  revision: number | null;
  sha256: string | null;
  type: string | null;
  id: string | null;
  properties: Record<string, unknown> | null;
}

// One statement, so that the policy and the entities are of one moment.
const openSql = `
select s.head_revision as revision, r.sha256, e.type, e.id, e.properties
from policy_stores s
left join policy_store_revisions r on r.org_id = s.org_id and r.store_id = s.id and r.revision = s.head_revision
left join lateral (
  select e.type, e.id, e.properties from unnest($4::text[], $5::text[]) as asked (type, id)
  join policy_store_entities e on e.org_id = s.org_id and e.store_id = s.id and e.type = asked.type and e.id = asked.id
) e on true
where s.org_id = $1 and s.project_id = $2 and s.id = $3`;

const contentsSql = 'select model, policy, tests from policy_store_revisions where org_id = $1 and store_id = $2 and revision = $3';

/** Reads what a store decides by, and what it keeps of these things: one query, and another one for a policy that is not in memory. Throws NotFound. */
export async function openStore(db: Db, compiled: CompiledStores, key: StoreKey, asked: readonly AskedEntity[]): Promise<OpenStore> {
  const org_id = toUuid('organization', key.organizationId);
  const store_id = toUuid('policyStore', key.policyStoreId);
  const wanted = new Map(asked.map((entity) => [nameOf(entity), entity]));
  const types = [...wanted.values()].map(({ type }) => type);
  const ids = [...wanted.values()].map(({ id }) => id);
  const rows = await prepared<Row>(db, 'open-store', openSql, [org_id, toUuid('project', key.projectId), store_id, types, ids]);
  const [head] = rows;
  if (!head) throw new NotFound();
  const entities = new Map(rows.flatMap(({ type, id, properties }) => (type === null ? [] : [[nameOf({ type, id: id! }), properties!]])));
  const merged = ({ type, id, properties }: AskedEntity): StoreEntity => ({
    type,
    id,
    properties: { ...properties, ...entities.get(nameOf({ type, id })) },
  });
  const { revision, sha256 } = head;
  if (revision === null || sha256 === null) return { merged };
  const store = await compiled.get(sha256, async () => {
    const [contents] = await prepared<{ model: string; policy: string; tests: string }>(db, 'store-contents', contentsSql, [
      org_id,
      store_id,
      revision,
    ]);
    // It was deleted in between.
    if (!contents) throw new NotFound();
    return contents;
  });
  return { policy: { store, revision }, merged };
}

/** What a question or a search brings along for conditions to look at. */
interface Brought {
  readonly subject?: Pick<AskedEntity, 'type' | 'properties'>;
  readonly action?: Pick<AskedAction, 'properties'>;
  readonly resource?: Pick<AskedEntity, 'type' | 'properties'>;
  readonly context?: AskedQuestion['context'];
}

/** Throws InvalidInput for more than an entity of the store may have: each comparison of a policy may go through a whole list. */
export function refuseTooMuch({ subject, action, resource, context }: Brought): void {
  const parts = {
    '#/subject/properties': subject?.properties,
    '#/action/properties': action?.properties,
    '#/resource/properties': resource?.properties,
    '#/context': context,
  };
  const errors = Object.entries(parts).flatMap(([pointer, part]) => {
    const detail = propertiesFault(part ?? {});
    return detail === undefined ? [] : [{ pointer, detail }];
  });
  if (errors.length > 0) throw new InvalidInput('A question brings more than a policy store looks at.', errors);
}

/** The answers to questions in their order, up to the one that ends them. */
export async function evaluateInStore(
  db: Db,
  compiled: CompiledStores,
  key: StoreKey,
  { questions, semantic }: { readonly questions: readonly (AskedQuestion | BrokenItem)[]; readonly semantic: Semantic },
): Promise<StoreAnswer[]> {
  for (const question of questions) if (!isBroken(question)) refuseTooMuch(question);
  const asked = questions.flatMap((question) => (isBroken(question) ? [] : [question.subject, question.resource]));
  const open = await openStore(db, compiled, key, asked);
  const answer = (question: AskedQuestion | BrokenItem): StoreAnswer =>
    isBroken(question) ? { decision: false, context: { error: question } } : decide(open, question);
  const answers: StoreAnswer[] = [];
  const turn = createTurns();
  for (const question of questions) {
    const given = answer(question);
    answers.push(given);
    if (endsBatch(semantic, given.decision)) break;
    await turn();
  }
  return answers;
}

/** The answer to one question. */
function decide({ policy, merged }: OpenStore, { subject, action, resource, context = {} }: AskedQuestion): StoreAnswer {
  if (!policy) return { decision: false, context: { reason: 'NO_POLICY' } };
  const question: StoreQuestion = {
    subject: merged(subject),
    action: actionOf(action),
    resource: merged(resource),
    context,
  };
  const { decision, rules } = policy.store.decide(question);
  const reason = rules.length > 0 ? 'RULE' : 'NO_MATCH';
  return { decision, context: { reason, revision: policy.revision, ...(rules.length > 0 && { rules: [...rules] }) } };
}

/** An action as the policy is asked about it. */
export function actionOf({ name, properties = {} }: AskedAction): StoreAction {
  return { name, properties };
}

function nameOf({ type, id }: Pick<AskedEntity, 'type' | 'id'>): string {
  return JSON.stringify([type, id]);
}
