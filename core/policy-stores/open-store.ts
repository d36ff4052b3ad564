import type { CompiledStore, StoreContents, StoreDecision, StoreEntity, StoreQuestion } from '../authorization/policy-stores/types.ts';
import { NotFound } from '../base/errors.ts';
import { toId, toUuid } from '../base/ids.ts';
import type { Steps } from '../base/steps.ts';
import { type Db, prepared } from '../database/database.ts';
import { canaryPlace } from './canary.ts';
import type { CompiledStores } from './compiled-stores.ts';
import type { AskedEntity } from './questions.ts';
import type { ComparedDecision, StoreAsker } from './store-shadow.ts';
import type { StoreKey } from './stores.ts';

/** What a store decides by at one moment: its policy, nothing where none is in force, and what it keeps of the things that are asked about. */
export interface OpenStore {
  /** The policy that decides for a subject: in a canary the candidate for some. Undefined where none is in force. */
  policyFor(subject: Pick<AskedEntity, 'type' | 'id'>): OpenPolicy | undefined;
  /** All that decide for some subject: none, one or, in a canary, two. */
  readonly policies: readonly OpenPolicy[];
  /** With the properties that the store keeps, which win over those of the question. */
  merged(asked: AskedEntity): StoreEntity;
  /** Does what the store computes, in turn with other stores: see Rounds. */
  run<T>(steps: Steps<T>): T | Promise<T>;
}

/** A policy that decides in a store. */
export interface OpenPolicy {
  readonly store: CompiledStore;
  readonly revision: number;
  /** As the store decides, undefined where that takes longer than a step; a share of decisions is decided again behind the request. */
  decideAtOnce(question: StoreQuestion): StoreDecision | undefined;
  decideSteps(question: StoreQuestion): Steps<StoreDecision>;
}

/** Files by their number and digest. */
export interface NamedRevision {
  readonly revision: number;
  readonly sha256: string;
}

/** The open rollout of a store, as a question reads it. */
export interface OpenRollout {
  readonly id: string;
  readonly round: number;
  readonly candidate: NamedRevision;
  /** For how many of all subjects the candidate decides, in hundredths of a percent; 0 as long as it is a shadow. */
  readonly share: number;
}

/** What was read of a store: which files decide, and the properties of what it keeps, by nameOf. */
export interface KeptStore {
  readonly inForce: NamedRevision | undefined;
  readonly rollout?: OpenRollout | undefined;
  readonly entities: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
}

interface Row {
  revision: number | null;
  sha256: string | null;
  rollout_id: string | null;
  round: number | null;
  candidate_revision: number | null;
  candidate_sha256: string | null;
  canary_share: number;
  type: string | null;
  id: string | null;
  properties: Record<string, unknown> | null;
}

// One statement, so that the policy and the entities are of one moment.
const openSql = `
select s.head_revision as revision, r.sha256, s.rollout_id, o.round, s.candidate_revision, c.sha256 as candidate_sha256, s.canary_share,
  e.type, e.id, e.properties
from policy_stores s
left join policy_store_revisions r on r.org_id = s.org_id and r.store_id = s.id and r.revision = s.head_revision
left join policy_store_revisions c on c.org_id = s.org_id and c.store_id = s.id and c.revision = s.candidate_revision
left join policy_store_rollouts o on o.org_id = s.org_id and o.store_id = s.id and o.id = s.rollout_id
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
  return { inForce: revision === null || sha256 === null ? undefined : { revision, sha256 }, rollout: rolloutIn(head), entities };
}

function rolloutIn({ rollout_id, round, candidate_revision, candidate_sha256, canary_share: share }: Row): OpenRollout | undefined {
  if (rollout_id === null) return undefined;
  return { id: toId('rollout', rollout_id), round: round!, candidate: { revision: candidate_revision!, sha256: candidate_sha256! }, share };
}

/** The files that decide for a subject. */
export function decidingFor({ inForce, rollout }: KeptStore, subject: Pick<AskedEntity, 'type' | 'id'>): NamedRevision | undefined {
  return rollout && rollout.share > 0 && canaryPlace(subject) < rollout.share ? rollout.candidate : inForce;
}

/** The files that decide for these, or for all subjects: no more than are needed, so that a candidate which does not hold stops its canary alone. */
function deciding(kept: KeptStore, asked: readonly AskedEntity[] | 'all'): NamedRevision[] {
  const { inForce, rollout } = kept;
  if (inForce === undefined) return [];
  if (!rollout || rollout.share === 0) return [inForce];
  const both = [inForce, rollout.candidate];
  return asked === 'all' ? both : both.filter((named) => asked.some((one) => decidingFor(kept, one) === named));
}

/** Reads what a store decides by, and what it keeps of these things: one query, and another one for a policy that is not in memory. Throws NotFound. */
export async function openStore(
  db: Db,
  compiled: CompiledStores,
  key: StoreKey,
  asked: readonly AskedEntity[],
  { by, forAll = false }: { readonly by?: StoreAsker | undefined; readonly forAll?: boolean } = {},
): Promise<OpenStore> {
  const kept = await readKept(db, key, asked);
  const stores = await compiledFor(db, compiled, key, { kept, asked: forAll ? 'all' : asked });
  return openedWith({ key, kept, stores, compiled, by });
}

/** What was read of a store, and who is asked about. */
interface Deciding {
  readonly kept: KeptStore;
  readonly asked: readonly AskedEntity[] | 'all';
}

/** The policies that decide, by their digests. */
export type CompiledSides = ReadonlyMap<string, CompiledStore>;

/** The policies that decide, made ready where they are not in memory. Throws NotFound. */
export async function compiledFor(db: Db, compiled: CompiledStores, key: StoreKey, { kept, asked }: Deciding): Promise<CompiledSides> {
  const sides = new Map<string, CompiledStore>();
  for (const named of deciding(kept, asked))
    sides.set(named.sha256, await compiled.get(key.organizationId, named.sha256, () => contentsNamed(db, key, named)));
  return sides;
}

/** The policies that decide, where all are in memory. */
export function compiledInMemory(
  compiled: CompiledStores,
  { organizationId }: StoreKey,
  { kept, asked }: Deciding,
): CompiledSides | undefined {
  const sides = new Map<string, CompiledStore>();
  for (const { sha256 } of deciding(kept, asked)) {
    const store = compiled.find(organizationId, sha256);
    if (!store) return undefined;
    sides.set(sha256, store);
  }
  return sides;
}

/** The files of a revision that was read of a store. Throws NotFound where the store was deleted since. */
export async function contentsNamed(db: Db, key: StoreKey, { revision }: NamedRevision): Promise<StoreContents> {
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
  readonly stores: CompiledSides;
  readonly compiled: Pick<CompiledStores, 'observe' | 'rounds'>;
  /** Whose questions it answers, where it answers questions. */
  readonly by?: StoreAsker | undefined;
}

/** A store to ask, of what was read of it and its policies. */
export function openedWith(opened: Opened): OpenStore {
  const { key, kept, stores, compiled } = opened;
  const policies = new Map<number, OpenPolicy>();
  for (const named of deciding(kept, 'all')) {
    const store = stores.get(named.sha256);
    if (store) policies.set(named.revision, policyOf(store, named, opened));
  }
  return {
    policies: [...policies.values()],
    policyFor: (subject) => policies.get(decidingFor(kept, subject)?.revision ?? 0),
    run: (steps) => compiled.rounds.run(key.organizationId, steps),
    merged: ({ type, id, properties }) => ({ type, id, properties: { ...properties, ...kept.entities.get(nameOf({ type, id })) } }),
  };
}

function policyOf(store: CompiledStore, inForce: NamedRevision, { key, kept, compiled, by }: Opened): OpenPolicy {
  const compared = comparedWith(kept, inForce);
  const observe = (question: StoreQuestion, decided: StoreDecision) => compiled.observe({ key, inForce, question, decided, by, compared });
  return {
    store,
    revision: inForce.revision,
    decideAtOnce(question) {
      const decided = store.decideAtOnce(question);
      if (decided) observe(question, decided);
      return decided;
    },
    decideSteps: (question) => observedSteps(store.decideSteps(question), (decided) => observe(question, decided)),
  };
}

/** The other side of an open rollout, where decisions of this one are compared: as long as it is a shadow with the candidate, then with what the candidate takes the place of. */
function comparedWith({ inForce, rollout }: KeptStore, decides: NamedRevision): ComparedDecision | undefined {
  if (!rollout || !inForce) return undefined;
  const { id: rolloutId, round, candidate, share } = rollout;
  if (share === 0) return { rolloutId, round, isCanary: false, other: candidate };
  return decides.revision === candidate.revision ? { rolloutId, round, isCanary: true, other: inForce } : undefined;
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
