import { LRUCache } from 'lru-cache';
import { Unavailable } from '../../base/errors.ts';
import type { Database } from '../../database/database.ts';
import { createParts } from '../engine/compiled-policies.ts';
import { createEngine, type Engine } from '../engine/engine.ts';
import { digest, type PolicyContent } from '../policy/content.ts';
import { PolicyError, told } from '../policy/findings.ts';
import { limits } from '../policy/limits.ts';
import { lintPolicies } from '../review/lint.ts';
import { demandPassed, runPolicyTests } from '../review/tests.ts';
import { loadContent } from './revisions.ts';

/** The engines of the revisions in force, built when a snapshot first names them. */
export interface LivePolicies {
  /** The engine for these revisions (`scope@revision`, platform first). A revision that does not hold is answered by the last good one. */
  engine(revisions: readonly string[]): Engine | Promise<Engine>;
  /** One sentence for each revision that is named as head and was refused. */
  problems(): string[];
  /** The contents of these revisions. */
  contents(revisions: readonly string[]): Promise<PolicyContent[]>;
  /** What an answer says of each. */
  describe(revisions: readonly string[]): readonly RevisionName[] | Promise<readonly RevisionName[]>;
}

/** A revision by its name and the digest of what it says. */
export interface RevisionName {
  readonly scope: string;
  readonly revision: number;
  readonly sha256: string;
}

/** What was refused: the sentence for readiness, and the last good engine of the same scopes. */
interface Refusal {
  readonly scopes: string;
  readonly message: string;
}

/**
 * Builds engines aside and swaps them in by one reference: a decision sees the old policy or the new one, never a part of either.
 * Before that the rows are linted and their own tests are run; `onRefused` hears of a revision that fails.
 */
export function createLivePolicies(database: Database, options: { onRefused: (message: string) => void }): LivePolicies {
  const parts = createParts();
  const contents = new LRUCache<string, Promise<PolicyContent>>({ max: 5_000 });
  const checked = new LRUCache<string, true>({ max: 1_000 });
  const described = new LRUCache<string, readonly RevisionName[]>({ max: 5_000 });
  const engines = new LRUCache<string, Engine>({ max: 10_000 });
  // What a list was answered with once, for lists that do not change: those of snapshots, which are asked again and again.
  const engineOf = new WeakMap<readonly string[], Engine>();
  const building = new Map<string, Promise<Engine>>();
  const lastGood = new LRUCache<string, Engine>({ max: 10_000 });
  const refused = new Map<string, Refusal>();

  function content(name: string): Promise<PolicyContent> {
    let found = contents.get(name);
    if (!found) {
      const { scope, revision } = splitRevision(name);
      found = database.read('platform', (db) => loadContent(db, scope, revision));
      contents.set(name, found);
      found.catch(() => contents.delete(name));
    }
    return found;
  }

  async function describeAnew(revisions: readonly string[]): Promise<readonly RevisionName[]> {
    const names = await Promise.all(revisions.map(async (name) => ({ ...splitRevision(name), sha256: digest(await content(name)) })));
    described.set(revisions.join(','), names);
    return names;
  }

  async function build(revisions: readonly string[]): Promise<Engine> {
    const loaded = await Promise.all(revisions.map(content));
    // What platform and blueprint say together is checked once; ten thousand organizations share it.
    const base = revisions.slice(0, 2).join(',');
    if (!checked.has(base)) checkPolicies(loaded.slice(0, 2));
    checked.set(base, true);
    return createEngine(loaded, parts);
  }

  async function swapIn(key: string, scopes: string, revisions: readonly string[]): Promise<Engine> {
    try {
      const engine = await build(revisions);
      engines.set(key, engine);
      lastGood.set(scopes, engine);
      for (const [refusedKey, refusal] of refused) if (refusal.scopes === scopes) refused.delete(refusedKey);
      return engine;
    } catch (error) {
      if (!(error instanceof PolicyError)) throw error;
      const message = `${revisions.join(', ')}: ${error.message}`;
      refused.set(key, { scopes, message });
      options.onRefused(message);
      return fallback(scopes, message);
    }
  }

  function fallback(scopes: string, message: string): Engine {
    const good = lastGood.get(scopes);
    if (good) return good;
    throw new Unavailable('The policy that is in force does not hold, and there is no earlier one in memory.', {
      cause: new Error(message),
    });
  }

  function engine(revisions: readonly string[]): Engine | Promise<Engine> {
    const met = engineOf.get(revisions);
    if (met) return met;
    const key = revisions.join(',');
    const ready = engines.get(key);
    if (ready) {
      if (Object.isFrozen(revisions)) engineOf.set(revisions, ready);
      return ready;
    }
    const scopes = revisions.map((name) => splitRevision(name).scope).join(',');
    const refusal = refused.get(key);
    if (refusal) return fallback(scopes, refusal.message);
    let pending = building.get(key);
    if (!pending) {
      pending = swapIn(key, scopes, revisions).finally(() => building.delete(key));
      building.set(key, pending);
    }
    return pending;
  }

  return {
    engine,
    problems: () => [...refused.values()].map(({ message }) => message),
    contents: (revisions) => Promise.all(revisions.map(content)),
    describe: (revisions) => described.get(revisions.join(',')) ?? describeAnew(revisions),
  };
}

/** Lints the contents and runs their own tests. Throws PolicyError with everything that fails. */
export function checkPolicies(contents: readonly PolicyContent[]): void {
  // One budget for both; the tests find in memory what the lint has asked.
  const parts = createParts({ work: limits.work * Math.max(1, contents.length - 1) });
  const errors = lintPolicies(contents, parts).filter(({ level }) => level === 'error');
  if (errors.length > 0) throw new PolicyError(errors.slice(0, told));
  demandPassed(runPolicyTests(contents, parts));
}

/** `blueprint/integrations@3` in its parts. */
export function splitRevision(name: string): { scope: string; revision: number } {
  const at = name.lastIndexOf('@');
  return { scope: name.slice(0, at), revision: Number(name.slice(at + 1)) };
}
