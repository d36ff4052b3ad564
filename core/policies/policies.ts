import { record } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import { digest, type PolicyContent } from '../authorization/policy/content.ts';
import { PolicyError } from '../authorization/policy/findings.ts';
import { scopeName, storedScope } from '../authorization/policy/scopes.ts';
import type { ScopeDiff } from '../authorization/review/diff.ts';
import { locate, readPolicies } from '../authorization/review/files.ts';
import { demandPassed, runMatrixCover } from '../authorization/review/tests.ts';
import type { ActivationWay } from '../authorization/store/activations.ts';
import {
  digestsInForce,
  getRevision,
  type Head,
  insertRevision,
  listHeads,
  listHeadsOfFiles,
  loadContent,
  moveHead,
  type Revision,
} from '../authorization/store/revisions.ts';
import { InvalidInput, NotFound } from '../base/errors.ts';
import type { PolicyKey } from '../base/policy-keys.ts';
import type { Database, Db } from '../database/database.ts';
import { contentsBeside, contentsInForce, lockPolicies, recordActivation, replaceRoles } from './activation.ts';
import { refuseChangedMeters, refuseProposedMeters } from './changed-meters.ts';
import { checkAll, type Draft, inOrder, type Looked, type Proposal } from './review.ts';
import type { Reviewer } from './reviewer.ts';
import { PendingMapping, type RoleMapping } from './role-mapping.ts';
import { readSignatures } from './signature-file.ts';
import { demandServed, demandSigned, keepOwnSignature, keepSignature, type Signed, type Signing } from './signatures.ts';

/** Who applies policies from files, and why; goes into the revision and the audit. */
export interface Application {
  /** How they come into force; APPLY unless something else is said. */
  readonly how?: ActivationWay;
  readonly author: string;
  readonly reason: string;
  readonly gitCommit?: string | undefined;
  /** Nothing: no signature is demanded here. Servers that do demand one decide by no unsigned policy, whatever is in force. */
  readonly signing?: Signing | undefined;
}

/** What applying did with one scope. */
export interface AppliedScope {
  readonly scope: string;
  readonly revision: number;
  readonly changed: boolean;
  /** What was in force before, where it changed; `backTo`: an earlier revision that said the same as the new one, so that all between the two is taken back. */
  readonly replaced?: Replaced & { readonly backTo?: number };
}

/** A revision that another one took the place of. */
export interface Replaced {
  readonly revision: number;
  /** Who put it into force, when and why. */
  readonly by: string;
  readonly at: string;
  readonly reason: string;
}

/** Puts the policy files into force when the database has no policy yet; `read` may have read them already. Returns what happened, for people. */
export async function applyInitialPolicies(
  database: Database,
  directory: string,
  read = readChecked,
  keys: readonly PolicyKey[] = [],
): Promise<string[]> {
  const heads = await database.read('platform', (db) => listHeads(db, ['platform']));
  if (heads.length > 0) return [];
  const contents = await read(directory);
  const signing = { keys, signatures: await readSignatures(directory) };
  const applied = await database.write('platform', async (db) => {
    // Another replica may have been first while this one read the files.
    await lockPolicies(db);
    if ((await listHeads(db, ['platform'])).length > 0) return [];
    return applyContents(
      db,
      contents,
      { how: 'FIRST_START', author: 'system:start', reason: `First policy, from the files in ${directory}`, signing },
      { name: 'system:start', requestId: 'start' },
    );
  });
  return applied.map(({ scope, revision }) => `Policy ${scopeName(scope)} revision ${revision} is in force`);
}

/**
 * Where the policy files say something else than what is in force, one line for each scope, for people at a start: files do nothing
 * until they are applied, and a new version of Tenet may bring new ones.
 */
export async function unappliedPolicies(database: Database, directory: string): Promise<string[]> {
  const contents = await readPolicies(directory).catch(() => undefined);
  if (!contents)
    return [`The policy files in ${directory} cannot be read, and the policy in force stays. See: npx tenet policy lint ${directory}`];
  const scopes = contents.map(({ scope }) => scope);
  const inForce = await database.read('platform', (db) => digestsInForce(db, scopes));
  const lines: string[] = [];
  for (const content of contents) {
    const { scope } = content;
    const head = inForce.get(scope);
    if (head?.sha256 === digest(content)) continue;
    const present = head ? `differs from revision ${head.revision}, which is in force` : 'is not in force';
    lines.push(`Policy ${scopeName(scope)} in ${directory} ${present}. To change that: npx tenet policy apply ${directory} --reason '…'`);
  }
  const left = await database.read('platform', (db) => blueprintsWithoutFiles(db, contents));
  return [...lines, ...left.map((head) => `Policy ${withoutFiles(head, directory)}`)];
}

/** The warning about a kind of organization whose folder is gone. */
export function withoutFiles({ scope, revision }: Head, directory: string): string {
  return `${scopeName(scope)} has no files in ${directory} any more, and stays in force with revision ${revision}: its organizations go on. Put its files back, or leave it`;
}

/** Reads and checks a policy directory: lint and tests. Throws PolicyError with everything that is wrong, its files named from here. */
export async function readChecked(directory: string): Promise<PolicyContent[]> {
  return locating(directory, async () => {
    const contents = await readPolicies(directory);
    checkAll(contents);
    demandPassed(runMatrixCover(contents));
    return contents;
  });
}

/** The policy files of a directory, whatever lint and tests find of them. Throws PolicyError where they cannot be read. */
export async function readUnchecked(directory: string): Promise<PolicyContent[]> {
  return locating(directory, () => readPolicies(directory));
}

async function locating<T>(directory: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    throw new PolicyError(await locate(directory, error.findings), { cause: error });
  }
}

/**
 * Stores each content as a revision and moves its head, all in one transaction, so no part of it is seen alone. A scope whose content is in
 * force already is left alone. `mapping` says what becomes of roles that the contents lack; `teams/org.default`
 * is meant in that kind alone. Throws InvalidInput where none of them loses a role that it names.
 */
export async function applyContents(
  db: Db,
  contents: readonly PolicyContent[],
  about: Application,
  actor: Pick<Actor, 'name' | 'requestId'>,
  mapping: RoleMapping = {},
): Promise<AppliedScope[]> {
  await lockPolicies(db);
  const heads = new Map((await listHeads(db)).map((head) => [head.scope, head]));
  const applied: AppliedScope[] = [];
  const pending = new PendingMapping(mapping);
  for (const content of contents) {
    const { scope } = content;
    const { revision, sha256 } = await insertRevision(db, content, about);
    await demandSignatures(db, { scope, sha256 }, about);
    const before = heads.get(scope);
    let replaced: AppliedScope['replaced'];
    if (before?.revision !== revision) {
      if (about.signing && !about.signing.allowUnsigned) await demandServed(db, { scope, sha256 });
      await refuseChangedMeters(db, content);
      const backTo = before && (await earlierWith(db, before, sha256));
      replaced = before && { ...(await describeReplaced(db, before)), ...(backTo !== undefined && { backTo }) };
      const { how = 'APPLY', author: by, reason } = about;
      await moveHead(db, scope, { revision, expected: before?.version ?? null, how, by, reason });
      const roleMapping = await replaceRoles(db, actor, before, { content, mapping: (old) => pending.take(old, content) });
      await recordActivation(db, actor, scope, before, { revision, reason, roleMapping });
    }
    applied.push({ scope, revision, changed: before?.revision !== revision, ...(replaced && { replaced }) });
  }
  pending.demandUsed();
  return applied;
}

/** Keeps the signatures that the files bring for a content, and throws FailedPrecondition where one is demanded that it does not have. */
async function demandSignatures(db: Db, content: Signed, { author, signing }: Application): Promise<void> {
  if (!signing || signing.keys.length === 0) return;
  const { keys, signatures } = signing;
  const own = signatures.filter(({ scope, sha256 }) => scope === content.scope && sha256 === content.sha256);
  // Those of keys that are not named here are of no use here, and no fault.
  for (const signature of own) await keepOwnSignature(db, keys, signature, author);
  await demandSigned(db, keys, content);
}

/** Who had put it into force that is replaced, when and why. */
export async function describeReplaced(db: Db, before: Head): Promise<Replaced> {
  const { scope, revision, activatedBy: by, activatedAt } = before;
  const { reason } = await getRevision(db, scope, revision);
  return { revision, by, at: activatedAt.toISOString(), reason: before.reason ?? reason };
}

/** The number of the revision before a head that had the content with this digest; undefined where none had. */
async function earlierWith(db: Db, { scope, revision }: Head, sha256: string): Promise<number | undefined> {
  const earlier: { revision: number } | undefined = await db('policy_revisions')
    .where({ scope, sha256 })
    .where('revision', '<', revision)
    .orderBy('revision', 'desc')
    .first('revision');
  return earlier?.revision;
}

/** The kinds of organization in force that these contents do not hold, because their folder is gone: they stay in force. */
export async function blueprintsWithoutFiles(db: Db, contents: readonly PolicyContent[]): Promise<Head[]> {
  const heads = await listHeadsOfFiles(db);
  return heads.filter(({ scope }) => scope.startsWith('blueprint/') && !contents.some((content) => content.scope === scope));
}

/**
 * Stores a proposal as a revision that is not in force, after linting it and running its tests together with the other scopes
 * in force. Throws InvalidInput with every finding. The same content as the newest revision gives that revision. A signature is kept with it.
 */
export async function proposeRevision(
  db: Db,
  actor: Actor,
  reviewer: Reviewer,
  { signature, keys, ...proposal }: Proposal & { readonly signature?: string | undefined; readonly keys: readonly PolicyKey[] },
): Promise<Revision> {
  reviewer.demandRoom();
  const others = await contentsBeside(db, proposal.scope);
  const content = await reviewer.read(proposal, others);
  await refuseProposedMeters(db, content);
  const { reason, gitCommit } = proposal;
  return await proposeContent(db, actor, content, { reason, gitCommit, signature, keys });
}

/** Why a content is stored, and the signature that came with it. */
export interface Proposing {
  readonly reason: string;
  readonly gitCommit?: string | undefined;
  readonly signature?: string | undefined;
  readonly keys: readonly PolicyKey[];
  /** Throw FailedPrecondition where the server demands a signature that the content does not have. */
  readonly mustBeSigned?: boolean;
}

/** Stores a content that was reviewed as a revision that is not in force. */
export async function proposeContent(
  db: Db,
  actor: Pick<Actor, 'name' | 'requestId'>,
  content: PolicyContent,
  { reason, gitCommit, signature, keys, mustBeSigned = false }: Proposing,
): Promise<Revision> {
  const { created, ...revision } = await insertRevision(db, content, { author: actor.name, reason, gitCommit });
  const signed = { scope: content.scope, sha256: revision.sha256 };
  if (signature !== undefined) await keepSignature(db, keys, { ...signed, signature }, actor.name);
  if (mustBeSigned) await demandSigned(db, keys, signed);
  if (created)
    await record(db, actor, {
      action: 'policy.propose',
      target: `${scopeName(content.scope)}@${revision.revision}`,
      after: { sha256: revision.sha256, reason },
    });
  return revision;
}

/** What lint, or the tests, say of a draft together with the other scopes in force; nothing is stored. Throws InvalidInput where it cannot be read. */
export async function lookAtDraft(db: Db, reviewer: Reviewer, what: 'lint' | 'test', draft: Draft): Promise<Looked> {
  reviewer.demandRoom();
  // What no kind of organization grants is seen beside all of them; a test asks of the platform and its own kind.
  return reviewer.look(
    what,
    draft,
    what === 'lint' ? await contentsInForce(db, (scope) => scope !== draft.scope) : await contentsBeside(db, draft.scope),
  );
}

/** How two revisions of a scope differ in meaning, beside the other scopes in force; without `from` against the one in force. Throws NotFound. */
export async function diffRevisions(
  db: Db,
  reviewer: Reviewer,
  { scope, from, to }: { scope: string; from?: number | undefined; to: number },
): Promise<{ from: number; scopes: readonly ScopeDiff[] }> {
  if (scope.startsWith('org_')) throw new InvalidInput('The rules of an organization follow its roles: compare these.');
  reviewer.demandRoom();
  const [head] = from === undefined ? await listHeads(db, [scope]) : [];
  const earlier = from ?? head?.revision;
  if (earlier === undefined) throw new NotFound();
  const others = await contentsBeside(db, scope);
  const [before, after] = [await loadContent(db, scope, earlier), await loadContent(db, scope, to)];
  const scopes = await reviewer.diff(scope, inOrder([...others, before]), inOrder([...others, after]));
  return { from: earlier, scopes: scopes.filter((each) => storedScope(each.scope) === scope || each.relation !== 'equivalent') };
}
