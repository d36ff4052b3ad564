import { PolicyError } from '../authorization/policy/findings.ts';
import { rowText } from '../authorization/policy-stores/explain.ts';
import { createStockStore, type StockStore } from '../authorization/policy-stores/stock-store.ts';
import { compileStore } from '../authorization/policy-stores/store.ts';
import type { CompiledStore, StoreContents } from '../authorization/policy-stores/types.ts';
import type { ReplayedRevision } from './replayed-decisions.ts';
import { digestOf } from './revisions.ts';

/** Files by which decisions are taken again. */
export interface ReplaySide {
  readonly compiled: CompiledStore;
  /** Rows and links of policy.csv. */
  readonly rows: number;
  /** The text of a line; of a long one its beginning. */
  textAt(line: number): string;
  /** Stock Casbin with the same files; the first call makes it. */
  stock(): Promise<StockStore>;
  hasStock(): boolean;
}

/** Throws PolicyError. */
export function replaySideOf(contents: StoreContents): ReplaySide {
  const compiled = compileStore(contents);
  const lines = contents.policy.split('\n');
  let stock: Promise<StockStore> | undefined;
  return {
    compiled,
    rows: lines.filter((line) => /^\s*[pg]\s*,/.test(line)).length,
    textAt: (line) => rowText(lines, line),
    stock: () => (stock ??= createStockStore(contents)),
    hasStock: () => stock !== undefined,
  };
}

/** The revisions of a replay, each made ready when it is first needed. */
export interface ReplaySides {
  /** Undefined where its files are not read, or do not hold. */
  get(revision: number): ReplaySide | undefined;
  /** Why the files of this digest are not those of the revision; undefined where they are. */
  wrongFiles(revision: number, sha256: string): string | undefined;
}

export function createReplaySides(revisions: readonly ReplayedRevision[]): ReplaySides {
  const stored = new Map(revisions.map((one) => [one.revision, one]));
  const digests = new Map<number, string>();
  const sides = new Map<number, ReplaySide | undefined>();

  function digestIn({ revision, sha256, contents }: ReplayedRevision): string {
    const digest = digests.get(revision) ?? (contents === undefined ? sha256 : digestOf(contents));
    digests.set(revision, digest);
    return digest;
  }

  function make(revision: number): ReplaySide | undefined {
    const contents = stored.get(revision)?.contents;
    try {
      return contents && replaySideOf(contents);
    } catch (error) {
      if (error instanceof PolicyError) return undefined;
      throw error;
    }
  }

  return {
    get(revision) {
      if (!sides.has(revision)) sides.set(revision, make(revision));
      return sides.get(revision);
    },
    wrongFiles(revision, sha256) {
      const one = stored.get(revision);
      if (one === undefined) return `revision ${revision} is not stored`;
      const digest = digestIn(one);
      return digest === sha256 ? undefined : `revision ${revision} has the sha256 ${digest}, and the log names ${sha256}`;
    },
  };
}
