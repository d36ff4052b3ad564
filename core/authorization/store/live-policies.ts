import { LRUCache } from 'lru-cache';
import { Unavailable } from '../../base/errors.ts';
import type { Database, Db } from '../../database/database.ts';
import { createCompiledPolicies } from '../engine/compiled-policies.ts';
import { createEngine, type Engine } from '../engine/engine.ts';
import { digest, type PolicyContent } from '../policy/content.ts';
import { PolicyError } from '../policy/findings.ts';
import { scopeName, storedScope } from '../policy/scopes.ts';
import { type Checker, uncheckedRule } from '../review/checker.ts';
import { digestRule, type Head, listHeadsOfFiles, loadContent } from './revisions.ts';

/** The engines of the revisions in force, built when a snapshot first names them. */
export interface LivePolicies {
  /**
   * What decides under these revisions (`scope@revision`, platform first). Where one does not hold, it is the last good policy of these scopes; in the
   * place of a candidate of a rollout it is the revision in force.
   */
  get(revisions: readonly string[]): Promise<PolicyInForce>;
  /** The same if it is in memory: undefined says that `get` has something to read. */
  find(revisions: readonly string[]): PolicyInForce | undefined;
  /** What does not hold of the revisions in force now. Engines that nothing has asked for yet are built for this. */
  refusals(): Promise<readonly Refusal[]>;
  /** What decides about the platform and each kind of organization now. Engines that nothing has asked for yet are built for this. */
  served(): Promise<Served>;
  /** The contents of these revisions. */
  contents(revisions: readonly string[]): Promise<PolicyContent[]>;
}

/** By the names of scopes. */
export interface Served {
  /** The revision that decides there. */
  readonly serves: Readonly<Record<string, number>>;
  /** Of open rollouts the candidate, where it holds, and the version of the head that was seen. */
  readonly candidates: Readonly<Record<string, ServedCandidate>>;
}

export interface ServedCandidate {
  readonly revision: number;
  readonly version: string;
}

/** An engine and the revisions that it was built from. */
export interface PolicyInForce {
  readonly engine: Engine;
  readonly revisions: readonly RevisionName[];
}

/** A revision by its name and the digest of what it says. */
export interface RevisionName {
  readonly scope: string;
  readonly revision: number;
  readonly sha256: string;
}

/** Revisions that do not hold together. */
export interface Refusal {
  readonly revisions: readonly string[];
  readonly message: string;
  /** Whether an earlier policy of these scopes decides in their place; else nothing is decided there. */
  readonly isCovered: boolean;
}

/** A refusal as it is kept. What was stored does not change, so it is final, but for rows that are not what was stored: they may be restored. */
interface KeptRefusal {
  readonly revisions: readonly string[];
  readonly message: string;
  readonly retryAt: number;
}

/** The rule of the finding about a revision that no key of the server has signed. */
export const signatureRule = 'signature';

/** What may be mended without another revision. */
const healing: readonly string[] = [digestRule, uncheckedRule, signatureRule];

/** Milliseconds until a revision that is not what was stored is read again. */
const retryAfter = 5_000;

/**
 * Builds engines aside and swaps them in by one reference: a decision sees the old policy or the new one, never a part of either.
 * Before that the rows are linted and their own tests are run; `onRefused` hears of a revision that fails.
 */
export function createLivePolicies(
  database: Database,
  options: {
    checker: Pick<Checker, 'check'>;
    onRefused: (message: string) => void;
    /** Throws PolicyError, with the rule `signature`, for a content that may not decide here. */
    checkSignature?: ((db: Db, content: PolicyContent) => Promise<void>) | undefined;
  },
): LivePolicies {
  const parts = createCompiledPolicies();
  const contents = new LRUCache<string, Promise<PolicyContent>>({ max: 5_000 });
  const names = new WeakMap<PolicyContent, RevisionName>();
  const checked = new LRUCache<string, true>({ max: 1_000 });
  /** Scopes that have been checked together once. */
  const decided = new LRUCache<string, true>({ max: 1_000 });
  const checking = new Map<string, Promise<void>>();
  const built = new LRUCache<string, PolicyInForce>({ max: 10_000 });
  // What a list was answered with once, for lists that do not change: those of snapshots, which are asked again and again.
  const builtOf = new WeakMap<readonly string[], PolicyInForce>();
  const building = new Map<string, Promise<PolicyInForce>>();
  const lastGood = new LRUCache<string, PolicyInForce>({ max: 10_000 });
  const refused = new LRUCache<string, KeptRefusal>({ max: 1_000 });
  /** The candidates of open rollouts, each with the revision in force beside it. */
  let candidates: ReadonlyMap<string, string> = new Map();

  /** The heads of files, and of the scopes that are named. */
  async function readHeads(own?: readonly string[]): Promise<Head[]> {
    const heads = await database.read('platform', (db) => listHeadsOfFiles(db, own));
    const earlier = candidates;
    candidates = new Map(heads.flatMap((head) => (head.rollout ? [[nameOfCandidate(head, head.rollout), nameOfHead(head)] as const] : [])));
    const inForce = new Set(heads.map(nameOfHead));
    const promoted = [...earlier.keys()].filter((name) => inForce.has(name));
    if (promoted.length > 0) keepPromoted(promoted, inForce);
    return heads;
  }

  /** What was built by candidates that are in force now is good for all organizations. The newest comes first. */
  function keepPromoted(promoted: readonly string[], inForce: ReadonlySet<string>): void {
    const kept = new Set<string>();
    for (const [key, policy] of built.entries()) {
      const revisions = key.split(',');
      const scopes = scopesOf(revisions);
      if (kept.has(scopes) || !revisions.slice(0, 2).every((name) => inForce.has(name))) continue;
      if (!revisions.some((name) => promoted.includes(name))) continue;
      kept.add(scopes);
      lastGood.set(scopes, policy);
    }
  }

  /** The revisions in force where these name a candidate; else these themselves. */
  function withoutCandidates(revisions: readonly string[]): readonly string[] {
    return revisions.some((name) => candidates.has(name)) ? revisions.map((name) => candidates.get(name) ?? name) : revisions;
  }

  function content(name: string): Promise<PolicyContent> {
    let found = contents.get(name);
    if (!found) {
      const { scope, revision } = splitRevision(name);
      found = database.read('platform', async (db) => {
        const loaded = await loadContent(db, scope, revision);
        await options.checkSignature?.(db, loaded);
        return loaded;
      });
      contents.set(name, found);
      found.catch(() => contents.delete(name));
    }
    return found;
  }

  function nameOf(name: string, content: PolicyContent): RevisionName {
    let found = names.get(content);
    if (!found) {
      const { scope, revision } = splitRevision(name);
      found = { scope: scopeName(scope), revision, sha256: digest(content) };
      names.set(content, found);
    }
    return found;
  }

  /** Organizations of one kind that ask at the same time wait for the same check. */
  function checkOnce(base: string, loaded: readonly PolicyContent[]): Promise<void> {
    let pending = checking.get(base);
    if (!pending) {
      pending = check(base, loaded).finally(() => checking.delete(base));
      checking.set(base, pending);
    }
    return pending;
  }

  async function check(base: string, loaded: readonly PolicyContent[]): Promise<void> {
    const scopes = scopesOf(base.split(','));
    await options.checker.check(loaded, { isFirst: !decided.has(scopes) });
    checked.set(base, true);
    decided.set(scopes, true);
  }

  async function build(revisions: readonly string[]): Promise<PolicyInForce> {
    const loaded = await Promise.all(revisions.map(content));
    // What platform and blueprint say together is checked once; ten thousand organizations share it.
    const base = revisions.slice(0, 2).join(',');
    if (!checked.has(base)) await checkOnce(base, loaded.slice(0, 2));
    return { engine: createEngine(loaded, parts), revisions: revisions.map((name, index) => nameOf(name, loaded[index]!)) };
  }

  async function swapIn(key: string, scopes: string, revisions: readonly string[]): Promise<PolicyInForce> {
    // A candidate is good for the organizations of its canary alone.
    await readHeads();
    try {
      const policy = await build(revisions);
      built.set(key, policy);
      if (withoutCandidates(revisions) === revisions) lastGood.set(scopes, policy);
      refused.delete(key);
      return policy;
    } catch (error) {
      if (!(error instanceof PolicyError)) throw error;
      const message = `${revisions.map(scopeName).join(', ')}: ${error.message}`;
      const mayHeal = error.findings.some(({ rule }) => healing.includes(rule));
      const isNew = refused.get(key)?.message !== message;
      refused.set(key, { revisions, message, retryAt: mayHeal ? Date.now() + retryAfter : Number.POSITIVE_INFINITY });
      if (isNew) options.onRefused(message);
      return fallback(revisions, message);
    }
  }

  async function fallback(revisions: readonly string[], message: string): Promise<PolicyInForce> {
    const inForce = withoutCandidates(revisions);
    if (inForce !== revisions) return get(inForce);
    const scopes = scopesOf(revisions);
    const good = lastGood.get(scopes);
    if (good) return good;
    throw new Unavailable('The policy that is in force does not hold, and there is no earlier one in memory.', {
      cause: new Error(message),
    });
  }

  function find(revisions: readonly string[]): PolicyInForce | undefined {
    const met = builtOf.get(revisions);
    if (met) return met;
    const ready = built.get(revisions.join(','));
    if (ready && Object.isFrozen(revisions)) builtOf.set(revisions, ready);
    return ready;
  }

  async function get(revisions: readonly string[]): Promise<PolicyInForce> {
    const ready = find(revisions);
    if (ready) return ready;
    const key = revisions.join(',');
    const scopes = scopesOf(revisions);
    const refusal = refused.get(key);
    if (refusal && refusal.retryAt > Date.now()) return fallback(revisions, refusal.message);
    let pending = building.get(key);
    if (!pending) {
      pending = swapIn(key, scopes, revisions).finally(() => building.delete(key));
      building.set(key, pending);
    }
    return pending;
  }

  async function refusals(): Promise<readonly Refusal[]> {
    // Names of organizations are in force only as long as their heads are: those that were refused are looked at again.
    const own = [...refused.values()].flatMap(({ revisions }) => revisions.slice(2).map((name) => splitRevision(name).scope));
    const present = await readHeads(own);
    const heads = [...present.map(nameOfHead), ...candidates.keys()];
    if ((await decidersOf(heads)).length === 0) return [];
    return [...refused.values()]
      .filter(({ revisions }) => revisions.every((name) => heads.includes(name)))
      .map(({ revisions, message }) => ({ revisions, message, isCovered: lastGood.has(scopesOf(revisions)) }));
  }

  /** What decides about the platform and each kind of organization under these heads; undefined where nothing does. */
  async function decidersOf(heads: readonly string[]): Promise<(PolicyInForce | undefined)[]> {
    const platform = heads.find((name) => name.startsWith('platform@'));
    if (platform === undefined) return [];
    const bases = [[platform], ...heads.filter((name) => name.startsWith('blueprint/')).map((name) => [platform, name])];
    const deciders: (PolicyInForce | undefined)[] = [];
    for (const revisions of bases) {
      const policy = await get(revisions).catch(unlessRefused);
      deciders.push(policy);
      // Also where it was built long ago, and an earlier revision is in force again.
      if (policy && policy === find(revisions) && withoutCandidates(revisions) === revisions) lastGood.set(scopesOf(revisions), policy);
    }
    return deciders;
  }

  async function served(): Promise<Served> {
    const present = await readHeads();
    const heads = present.map(nameOfHead);
    const serves: Record<string, number> = {};
    for (const { scope, revision } of (await decidersOf(heads)).flatMap((policy) => policy?.revisions ?? [])) {
      // Where a kind of organization is decided by an earlier policy of the platform, that is what counts.
      if (serves[scope] === undefined || !heads.includes(`${storedScope(scope)}@${revision}`)) serves[scope] = revision;
    }
    return { serves, candidates: await servedCandidates(present) };
  }

  async function servedCandidates(heads: readonly Head[]): Promise<Record<string, ServedCandidate>> {
    const platform = heads.find(({ scope }) => scope === 'platform');
    const served: Record<string, ServedCandidate> = {};
    for (const head of heads) {
      if (!head.rollout || !platform) continue;
      const name = nameOfCandidate(head, head.rollout);
      const policy = await get(head === platform ? [name] : [nameOfHead(platform), name]).catch(unlessRefused);
      const { candidate: revision } = head.rollout;
      if (policy?.revisions.at(-1)?.revision === revision) served[scopeName(head.scope)] = { revision, version: head.version };
    }
    return served;
  }

  return {
    get,
    find,
    refusals,
    served,
    contents: (revisions) => Promise.all(revisions.map(content)),
  };
}

const nameOfHead = ({ scope, revision }: Head): string => `${scope}@${revision}`;
const nameOfCandidate = ({ scope }: Head, { candidate }: NonNullable<Head['rollout']>): string => `${scope}@${candidate}`;

function scopesOf(revisions: readonly string[]): string {
  return revisions.map((name) => splitRevision(name).scope).join(',');
}

/** That nothing decides is one of the refusals. */
function unlessRefused(error: unknown): undefined {
  if (!(error instanceof Unavailable)) throw error;
  return undefined;
}

/** `blueprint/integrations@3` in its parts. */
export function splitRevision(name: string): { scope: string; revision: number } {
  const at = name.lastIndexOf('@');
  return { scope: name.slice(0, at), revision: Number(name.slice(at + 1)) };
}
