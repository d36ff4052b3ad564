import { createHash } from 'node:crypto';
import { record } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import type { Finding } from '../authorization/policy/findings.ts';
import { storeLimits } from '../authorization/policy-stores/limits.ts';
import type { StoreTestReport } from '../authorization/policy-stores/store-tests.ts';
import type { StoreContents } from '../authorization/policy-stores/types.ts';
import { canonical } from '../base/canonical.ts';
import { InvalidInput, LimitExceeded, NotFound } from '../base/errors.ts';
import { integerKey, type Page, type PageQuery, readPage, toPage } from '../base/pages.ts';
import { spend } from '../database/budgets.ts';
import type { Db } from '../database/database.ts';
import { demandSound, type StoreChecker, type StoreVerdict } from './store-checker.ts';
import { demandSigner, keepStoreSignature, signersOf } from './store-signatures.ts';
import { findStore, type StoreKey, type StoreRow } from './stores.ts';

/** An immutable version of the files of a store, without them. */
export interface StoreRevision {
  readonly revision: number;
  readonly sha256: string;
  readonly author: string;
  readonly reason: string;
  readonly gitCommit?: string;
  /** The kids of the store's signing keys that have signed its files. */
  readonly signedBy: string[];
  readonly createdAt: string;
}

/** A revision with its files. */
export type WholeRevision = StoreRevision & StoreContents;

export interface RevisionRow extends StoreContents {
  revision: number;
  sha256: string;
  author: string;
  reason: string;
  git_commit: string | null;
  created_at: Date;
}

type SummaryRow = Omit<RevisionRow, keyof StoreContents>;

/** Revisions of a store, and proposals in a project in a day (docs/limits.md). The table has the first too. */
const mostRevisions = 10_000;
const proposalsPerDay = 500;

const columns = ['revision', 'sha256', 'author', 'reason', 'git_commit', 'created_at'];

function toRevision(row: SummaryRow, signedBy: string[]): StoreRevision {
  return {
    revision: row.revision,
    sha256: row.sha256,
    author: row.author,
    reason: row.reason,
    ...(row.git_commit !== null && { gitCommit: row.git_commit }),
    signedBy,
    createdAt: row.created_at.toISOString(),
  };
}

function toWhole(row: RevisionRow, signedBy: string[]): WholeRevision {
  return { ...toRevision(row, signedBy), model: row.model, policy: row.policy, tests: row.tests };
}

async function signedBy(db: Db, store: StoreRow, sha256: string): Promise<string[]> {
  return (await signersOf(db, store, [sha256])).get(sha256) ?? [];
}

/** The name of a content: two revisions with the same name have the same files. */
export function digestOf({ model, policy, tests }: StoreContents): string {
  return createHash('sha256').update(canonical({ model, policy, tests })).digest('hex');
}

/** The revisions of a store. */
export function revisionsOf(db: Db, { org_id, id }: Pick<StoreRow, 'org_id' | 'id'>) {
  return db('policy_store_revisions').where({ org_id, store_id: id });
}

/** The files of a revision that `pointer` of the request names. Throws InvalidInput where there is none. */
export async function contentsOf(
  db: Db,
  store: Pick<StoreRow, 'org_id' | 'id'>,
  revision: number,
  pointer: string,
): Promise<StoreContents> {
  const row: RevisionRow | undefined = await revisionsOf(db, store).where({ revision }).first();
  if (row) return { model: row.model, policy: row.policy, tests: row.tests };
  const errors = [{ pointer, detail: 'must be the number of a revision of this policy store' }];
  throw new InvalidInput(`The policy store has no revision ${revision}.`, errors);
}

/** The revisions of a store, newest first. Throws NotFound. */
export async function listStoreRevisions(db: Db, input: StoreKey & PageQuery): Promise<Page<StoreRevision>> {
  const list = `revisions of ${input.policyStoreId}`;
  const page = readPage(input, list, integerKey);
  const store = await findStore(db, input);
  const query = revisionsOf(db, store)
    .select(columns)
    .orderBy('revision', 'desc')
    .limit(page.limit + 1);
  if (page.after !== undefined) query.where('revision', '<', Number(page.after));
  const rows: SummaryRow[] = await query;
  const digests = rows.slice(0, page.limit).map(({ sha256 }) => sha256);
  const signers = await signersOf(db, store, [...new Set(digests)]);
  const toSigned = (row: SummaryRow) => toRevision(row, signers.get(row.sha256) ?? []);
  return toPage(rows, page, list, ({ revision }) => String(revision), toSigned);
}

/** One revision with its files. Throws NotFound. */
export async function getStoreRevision(db: Db, input: StoreKey & { revision: number }): Promise<WholeRevision> {
  const store = await findStore(db, input);
  const row: RevisionRow | undefined = await revisionsOf(db, store).where({ revision: input.revision }).first();
  if (!row) throw new NotFound();
  return toWhole(row, await signedBy(db, store, row.sha256));
}

/** What proposeStoreRevision has to know of the files, ahead of its transaction; nothing where they make no new revision. Throws NotFound, InvalidInput and Unavailable. */
export async function judgeProposal(
  db: Db,
  checker: StoreChecker,
  input: StoreKey & StoreContents & Paying & { readonly signature?: string | undefined },
): Promise<StoreVerdict | undefined> {
  const { model, policy, tests, signature } = input;
  const contents = { model, policy, tests };
  refuseTooLarge(contents);
  const store = await findStore(db, input);
  const sha256 = digestOf(contents);
  if (signature !== undefined) await demandSigner(store, sha256, signature);
  const newest = await newestOf(db, store).first('sha256');
  return newest?.sha256 === sha256 ? undefined : checker.judge(input.payer, async () => contents);
}

/** Whose turn a check takes (docs/adr/0019). */
export interface Paying {
  readonly payer: string;
}

const newestOf = (db: Db, store: StoreRow) => revisionsOf(db, store).orderBy('revision', 'desc');

/**
 * Stores files as the next revision, after they were checked and their tests were run. The same files as those of the newest revision make no
 * new one. A signature is kept of the files, whichever revision has them. Throws NotFound, InvalidInput with what is wrong, LimitExceeded and RateLimited.
 */
export async function proposeStoreRevision(
  db: Db,
  actor: Actor,
  verdict: StoreVerdict | undefined,
  input: StoreKey & StoreContents & { reason: string; gitCommit?: string | undefined; signature?: string | undefined },
): Promise<WholeRevision> {
  const { organizationId, projectId, policyStoreId, model, policy, tests, reason, gitCommit, signature } = input;
  const contents = { model, policy, tests };
  refuseTooLarge(contents);
  const store = await findStore(db, input, { lock: true });
  const sha256 = digestOf(contents);
  const isNewlySigned = signature !== undefined && (await keepStoreSignature(db, store, { sha256, signature, by: actor.name }));
  const signers = await signedBy(db, store, sha256);
  const event = { organizationId, projectId, target: policyStoreId };
  const newest: RevisionRow | undefined = await newestOf(db, store).first();
  if (newest?.sha256 === sha256) {
    if (isNewlySigned) await record(db, actor, { ...event, action: 'policy-store.sign', after: toRevision(newest, signers) });
    return toWhole(newest, signers);
  }
  const refusal = `A project proposes ${proposalsPerDay} revisions of its policy stores in a day (UTC) at most.`;
  await spend(db, [{ kind: 'policy-store-revisions', subject: projectId, amount: 1, limit: proposalsPerDay, refusal }]);
  demandSound(verdict, contents);
  const revision = (newest?.revision ?? 0) + 1;
  if (revision > mostRevisions)
    throw new LimitExceeded('The policy store has too many revisions. Make another one.', mostRevisions, mostRevisions);
  const [row]: RevisionRow[] = await db('policy_store_revisions')
    .insert({
      ...{ org_id: store.org_id, store_id: store.id, revision, ...contents, sha256 },
      ...{ author: actor.name, reason, git_commit: gitCommit ?? null },
    })
    .returning('*');
  await record(db, actor, { ...event, action: 'policy-store.propose', after: toRevision(row!, signers) });
  return toWhole(row!, signers);
}

/** Throws InvalidInput for files that are too large together. */
export function refuseTooLarge({ model, policy, tests }: StoreContents): void {
  const bytes = Buffer.byteLength(model) + Buffer.byteLength(policy) + Buffer.byteLength(tests);
  const most = storeLimits.bytes;
  if (bytes <= most) return;
  const errors = [{ pointer: '#/policy', detail: `makes the files ${bytes} bytes; together they may have ${most}` }];
  throw new InvalidInput(`The files of a revision have ${most} bytes at most.`, errors);
}

/** Everything that is wrong with files; nothing is stored. Throws NotFound and InvalidInput. */
export async function lookAtFiles(db: Db, checker: StoreChecker, input: StoreKey & StoreContents & Paying): Promise<readonly Finding[]> {
  refuseTooLarge(input);
  checker.demandRoom(input.payer);
  await findStore(db, input);
  return checker.look(input.payer, input);
}

/** How the tests of files came out; nothing is stored. Throws NotFound, and InvalidInput for files that cannot be read. */
export async function testFiles(db: Db, checker: StoreChecker, input: StoreKey & StoreContents & Paying): Promise<StoreTestReport> {
  refuseTooLarge(input);
  checker.demandRoom(input.payer);
  await findStore(db, input);
  return checker.test(input.payer, input);
}
