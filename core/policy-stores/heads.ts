import { record } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import { type Move, previousIn } from '../authorization/store/activations.ts';
import { InvalidInput, VersionMismatch } from '../base/errors.ts';
import { toId } from '../base/ids.ts';
import { numberKey, type Page, type PageQuery, readPage, toPage } from '../base/pages.ts';
import { checkPreconditions, type Preconditions } from '../base/preconditions.ts';
import { etagOf } from '../base/versions.ts';
import { spend } from '../database/budgets.ts';
import type { Db } from '../database/database.ts';
import { contentsOf, digestOf, type Paying } from './revisions.ts';
import { cancelOfStore, openStoreRollout } from './rollout-ends.ts';
import { demandSound, type StoreChecker, type StoreVerdict } from './store-checker.ts';
import { demandSignedRevision } from './store-signatures.ts';
import { findStore, type StoreKey, type StoreRow } from './stores.ts';

/** Which revision decides; its ETag counts the moves. */
export interface StoreHead {
  readonly revision?: number;
  readonly activatedBy?: string;
  readonly activatedAt?: string;
  readonly reason?: string;
  /** The open rollout, and the revision that it brings. */
  readonly rolloutId?: string;
  readonly candidateRevision?: number;
  readonly etag: string;
}

/** How a revision came into force: by its number, back to what was in force before, or at the end of a rollout. */
export type StoreActivationWay = 'ACTIVATION' | 'ROLLBACK' | 'ROLLOUT';

/** One entry of the history of a store: a revision that was put into force. */
export interface StoreActivation {
  readonly revision: number;
  readonly previousRevision?: number;
  readonly sha256: string;
  readonly gitCommit?: string;
  readonly how: StoreActivationWay;
  readonly activatedBy: string;
  readonly activatedAt: string;
  readonly reason?: string;
  /** Of the head since then. */
  readonly etag: string;
}

interface ActivationRow extends Move {
  version: string;
  sha256: string;
  git_commit: string | null;
  how: StoreActivationWay;
  activated_by: string;
  activated_at: Date;
  reason: string | null;
}

/** How often the stores of a project change what decides in a day, and how far back a rollback looks (docs/limits.md). */
const activationsPerDay = 500;
const mostMoves = 1_000;

function toHead(row: StoreRow): StoreHead {
  return {
    ...(row.head_revision !== null && { revision: row.head_revision }),
    ...(row.head_moved_by !== null && { activatedBy: row.head_moved_by }),
    ...(row.head_moved_at !== null && { activatedAt: row.head_moved_at.toISOString() }),
    ...(row.head_reason !== null && { reason: row.head_reason }),
    ...(row.rollout_id !== null && { rolloutId: toId('rollout', row.rollout_id), candidateRevision: row.candidate_revision! }),
    etag: etagOf(row.head_version),
  };
}

function toActivation(row: ActivationRow): StoreActivation {
  return {
    revision: row.revision,
    ...(row.previous_revision !== null && { previousRevision: row.previous_revision }),
    sha256: row.sha256,
    ...(row.git_commit !== null && { gitCommit: row.git_commit }),
    how: row.how,
    activatedBy: row.activated_by,
    activatedAt: row.activated_at.toISOString(),
    ...(row.reason !== null && { reason: row.reason }),
    etag: etagOf(row.version),
  };
}

/** What is in force. Throws NotFound. */
export async function getStoreHead(db: Db, key: StoreKey): Promise<StoreHead> {
  return toHead(await findStore(db, key));
}

/** What was in force in a store, newest first. Throws NotFound. */
export async function listStoreActivations(db: Db, input: StoreKey & PageQuery): Promise<Page<StoreActivation>> {
  const list = `history of ${input.policyStoreId}`;
  const page = readPage(input, list, numberKey);
  const { org_id, id } = await findStore(db, input);
  const query = db('policy_store_activations as a')
    .join('policy_store_revisions as r', { 'r.org_id': 'a.org_id', 'r.store_id': 'a.store_id', 'r.revision': 'a.revision' })
    .where({ 'a.org_id': org_id, 'a.store_id': id })
    .orderBy('a.version', 'desc')
    .limit(page.limit + 1)
    .select('a.*', 'r.sha256', 'r.git_commit');
  if (page.after !== undefined) query.where('a.version', '<', page.after);
  return toPage(await query, page, list, (row: ActivationRow) => row.version, toActivation);
}

interface Moving extends StoreKey {
  readonly reason?: string | undefined;
  readonly preconditions: Preconditions;
}

/**
 * What replaceStoreHead has to know of the files, ahead of its transaction; nothing where the revision is in force. Throws NotFound, VersionMismatch,
 * InvalidInput and Unavailable.
 */
export async function judgeHead(
  db: Db,
  checker: StoreChecker,
  input: Moving & Paying & { readonly revision: number },
): Promise<StoreVerdict | undefined> {
  const store = await storeToMove(db, input);
  if (input.revision === store.head_revision) return undefined;
  return checker.judge(input.payer, () => contentsOf(db, store, input.revision, '#/revision'));
}

/** What rollBackStore has to know of the files, as judgeHead. */
export async function judgeRollback(
  db: Db,
  checker: StoreChecker,
  input: Moving & Paying & { readonly revision?: number | undefined },
): Promise<StoreVerdict | undefined> {
  const store = await storeToMove(db, input);
  if (store.canary_share > 0) return undefined;
  const revision = targetOf(store, await movesOf(db, store), input.revision);
  return checker.judge(input.payer, () => contentsOf(db, store, revision, '#/revision'));
}

/**
 * Puts a revision into force; going back is the same. It is checked and tested again, because a newer Tenet may look closer. One that is in force stays as it
 * is, and nothing is recorded. Throws NotFound, VersionMismatch, RateLimited, FailedPrecondition where a signature is missing, and InvalidInput where there is
 * no such revision or it does not hold.
 */
export async function replaceStoreHead(
  db: Db,
  actor: Actor,
  verdict: StoreVerdict | undefined,
  input: Moving & { readonly revision: number; readonly entityVersion?: string | undefined },
): Promise<StoreHead> {
  const store = await storeToMove(db, input, { lock: true });
  refuseOtherEntities(store, input.entityVersion);
  if (input.revision === store.head_revision) return toHead(store);
  if (store.rollout_id !== null) throw openStoreRollout(store);
  return moveHead(db, actor, verdict, store, { ...input, how: 'ACTIVATION' });
}

/** What ends a rollout: its candidate comes into force. Behind the lock of the store. Throws InvalidInput and RateLimited. */
export async function putIntoForce(
  db: Db,
  actor: Actor,
  verdict: StoreVerdict | undefined,
  input: StoreKey & { readonly revision: number; readonly reason: string },
): Promise<StoreHead> {
  return moveHead(db, actor, verdict, await findStore(db, input), { ...input, how: 'ROLLOUT', preconditions: {} });
}

/**
 * Puts what was in force before into force again, or a revision that was. Called again, it goes further back. In a canary it ends that instead,
 * without any check; a shadow it ends besides. Throws what replaceStoreHead does, and InvalidInput for a revision that is in force, or never was.
 */
export async function rollBackStore(
  db: Db,
  actor: Actor,
  verdict: StoreVerdict | undefined,
  input: Moving & { readonly revision?: number | undefined; readonly reason: string },
): Promise<StoreHead> {
  const store = await storeToMove(db, input, { lock: true });
  if (store.rollout_id !== null) {
    const isCanary = store.canary_share > 0;
    if (isCanary && input.revision !== undefined && input.revision !== store.head_revision) throw openStoreRollout(store);
    await cancelOfStore(db, actor, input, store, input.reason);
    if (isCanary) return getStoreHead(db, input);
  }
  const moves = await movesOf(db, store);
  return moveHead(db, actor, verdict, store, { ...input, revision: targetOf(store, moves, input.revision), how: 'ROLLBACK' });
}

/** The newest moves of a store, oldest first. */
async function movesOf(db: Db, { org_id, id }: StoreRow): Promise<Move[]> {
  const newest: Move[] = await db('policy_store_activations')
    .where({ org_id, store_id: id })
    .orderBy('version', 'desc')
    .limit(mostMoves)
    .select('revision', 'previous_revision', 'how');
  return newest.reverse();
}

/** The revision that a rollback puts into force. Throws InvalidInput. */
function targetOf({ head_revision }: StoreRow, moves: readonly Move[], wanted: number | undefined): number {
  const refuse = (detail: string, sentence: string): never => {
    throw new InvalidInput(sentence, [{ pointer: '#/revision', detail }]);
  };
  if (head_revision === null)
    return refuse('must not be rolled back: nothing is in force', 'No revision of the policy store is in force: activate one first.');
  const target = wanted ?? previousIn(moves, head_revision);
  if (target === undefined)
    return refuse('must name the revision to go back to', `The history of the policy store has nothing before revision ${head_revision}.`);
  if (target === head_revision) return refuse('must be another one than that in force', `Revision ${target} is in force.`);
  if (!moves.some(({ revision }) => revision === target))
    return refuse(
      'must have been in force, as the history shows; to put another one in force replace the head',
      `Revision ${target} was not in force in the last ${mostMoves} changes.`,
    );
  return target;
}

/** Throws VersionMismatch where the entities are not those of the plan any more. */
export function refuseOtherEntities(store: StoreRow, entityVersion: string | undefined): void {
  if (entityVersion === undefined || entityVersion === store.entity_version) return;
  throw new VersionMismatch(etagOf(store.head_version), 'The entities have changed since that entityVersion. Plan again.');
}

/** The store where it is as the caller saw it; with `lock` it stays so until the transaction ends. */
export async function storeToMove(db: Db, input: Omit<Moving, 'reason'>, options: { lock?: boolean } = {}): Promise<StoreRow> {
  const store = await findStore(db, input, options);
  checkPreconditions(input.preconditions, etagOf(store.head_version));
  return store;
}

async function moveHead(
  db: Db,
  actor: Actor,
  verdict: StoreVerdict | undefined,
  store: StoreRow,
  {
    organizationId,
    projectId,
    policyStoreId,
    revision,
    reason,
    how,
  }: Moving & { readonly revision: number; readonly how: StoreActivationWay },
): Promise<StoreHead> {
  const contents = await contentsOf(db, store, revision, '#/revision');
  await demandSignedRevision(db, store, digestOf(contents));
  const refusal = `The policy stores of a project change what is in force ${activationsPerDay} times in a day (UTC) at most.`;
  await spend(db, [{ kind: 'policy-store-activations', subject: projectId, amount: 1, limit: activationsPerDay, refusal }]);
  demandSound(verdict, contents, true);
  const [row]: StoreRow[] = await db('policy_stores')
    .where({ org_id: store.org_id, id: store.id })
    .update({
      head_revision: revision,
      head_version: db.raw('head_version + 1'),
      head_moved_by: actor.name,
      head_moved_at: db.fn.now(),
      head_reason: reason ?? null,
    })
    .returning('*');
  await db('policy_store_activations').insert({
    ...{ org_id: store.org_id, store_id: store.id, version: row!.head_version, revision, previous_revision: store.head_revision },
    ...{ how, activated_by: actor.name, activated_at: row!.head_moved_at, reason: reason ?? null },
  });
  const head = toHead(row!);
  const change = { before: toHead(store), after: head };
  await record(db, actor, { organizationId, projectId, action: 'policy-store.activate', target: policyStoreId, ...change });
  return head;
}
