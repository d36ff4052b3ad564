import type { CompiledStore, StoreContents, StoreDecision, StoreEntity, StoreQuestion } from '../authorization/policy-stores/types.ts';
import { NotFound } from '../base/errors.ts';
import { toUuid } from '../base/ids.ts';
import type { Steps } from '../base/steps.ts';
import { type Db, prepared } from '../database/database.ts';
import type { CompiledStores } from './compiled-stores.ts';
import type { AskedEntity } from './questions.ts';
import type { StoreAsker } from './store-shadow.ts';
import type { StoreKey } from './stores.ts';

/** What a store decides by at one moment: its policy, nothing where none is in force, and what it keeps of the things that are asked about. */
export interface OpenStore {
  readonly policy?: OpenPolicy;
  /** With the properties that the store keeps, which win over those of the question. */
  merged(asked: AskedEntity): StoreEntity;
  /** Does what the store computes, in turn with other stores: see Rounds. */
  run<T>(steps: Steps<T>): T | Promise<T>;
}

/** The policy that is in force in a store. */
export interface OpenPolicy {
  readonly store: CompiledStore;
  readonly revision: number;
  /** As the store decides, undefined where that takes longer than a step; a share of decisions is decided again behind the request. */
  decideAtOnce(question: StoreQuestion): StoreDecision | undefined;
  decideSteps(question: StoreQuestion): Steps<StoreDecision>;
}

/** What was read of a store: which files decide, and the properties of what it keeps, by nameOf. */
export interface KeptStore {
  readonly inForce: { readonly revision: number; readonly sha256: string } | undefined;
  readonly entities: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
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

/** Reads which files of a store decide, and what it keeps of these things: one query. Throws NotFound. */
export async function readKept(db: Db, key: StoreKey, asked: readonly AskedEntity[]): Promise<KeptStore> {
  const wanted = [...new Map(asked.map((entity) => [nameOf(entity), entity])).values()];
  const rows = await prepared<Row>(db, 'open-store', openSql, [
    toUuid('organization', key.organizationId),
    toUuid('project', key.projectId),
    toUuid('policyStore', key.policyStoreId),
    wanted.map(({ type }) => type),
    wanted.map(({ id }) => id),
  ]);
  const [head] = rows;
  if (!head) throw new NotFound();
  const entities = new Map(rows.flatMap(({ type, id, properties }) => (type === null ? [] : [[nameOf({ type, id: id! }), properties!]])));
  const { revision, sha256 } = head;
  return { inForce: revision === null || sha256 === null ? undefined : { revision, sha256 }, entities };
}

/** Reads what a store decides by, and what it keeps of these things: one query, and another one for a policy that is not in memory. Throws NotFound. */
export async function openStore(
  db: Db,
  compiled: CompiledStores,
  key: StoreKey,
  asked: readonly AskedEntity[],
  by?: StoreAsker,
): Promise<OpenStore> {
  const kept = await readKept(db, key, asked);
  return openedWith({ key, kept, store: await compiledFor(db, compiled, key, kept), compiled, by });
}

/** The policy in force, made ready where it is not in memory; undefined where none is. Throws NotFound. */
export async function compiledFor(
  db: Db,
  compiled: CompiledStores,
  key: StoreKey,
  { inForce }: KeptStore,
): Promise<CompiledStore | undefined> {
  return inForce && compiled.get(key.organizationId, inForce.sha256, () => contentsInForce(db, key, inForce));
}

/** The files that are in force. Throws NotFound where the store was deleted since that was read. */
export async function contentsInForce(db: Db, key: StoreKey, { revision }: NonNullable<KeptStore['inForce']>): Promise<StoreContents> {
  const contents = await readContents(db, key, revision);
  if (!contents) throw new NotFound();
  return contents;
}

/** The files of a revision; undefined where there is none. */
export async function readContents(db: Db, key: StoreKey, revision: number): Promise<StoreContents | undefined> {
  const ids = [toUuid('organization', key.organizationId), toUuid('policyStore', key.policyStoreId), revision];
  const [contents] = await prepared<{ model: string; policy: string; tests: string }>(db, 'store-contents', contentsSql, ids);
  return contents;
}

interface Opened {
  readonly key: StoreKey;
  readonly kept: KeptStore;
  readonly store: CompiledStore | undefined;
  readonly compiled: Pick<CompiledStores, 'observe' | 'rounds'>;
  /** Whose questions it answers, where it answers questions. */
  readonly by?: StoreAsker | undefined;
}

/** A store to ask, of what was read of it and its policy. */
export function openedWith(opened: Opened): OpenStore {
  const { key, kept, store, compiled } = opened;
  const { inForce, entities } = kept;
  return {
    ...(inForce && store && { policy: policyOf(store, inForce, opened) }),
    run: (steps) => compiled.rounds.run(key.organizationId, steps),
    merged: ({ type, id, properties }) => ({ type, id, properties: { ...properties, ...entities.get(nameOf({ type, id })) } }),
  };
}

function policyOf(store: CompiledStore, inForce: NonNullable<KeptStore['inForce']>, { key, compiled, by }: Opened): OpenPolicy {
  return {
    store,
    revision: inForce.revision,
    decideAtOnce(question) {
      const decided = store.decideAtOnce(question);
      if (decided) compiled.observe({ key, inForce, question, decided, by });
      return decided;
    },
    decideSteps: (question) =>
      observedSteps(store.decideSteps(question), (decided) => compiled.observe({ key, inForce, question, decided, by })),
  };
}

function* observedSteps(steps: Steps<StoreDecision>, observe: (decided: StoreDecision) => void): Steps<StoreDecision> {
  const decided = yield* steps;
  observe(decided);
  return decided;
}

/** What an entity is known by: two things never have one name. */
export function nameOf({ type, id }: Pick<AskedEntity, 'type' | 'id'>): string {
  return JSON.stringify([type, id]);
}
