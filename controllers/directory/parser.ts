import { createHash } from 'node:crypto';
import { createThread, ThreadLimit, threadFile } from '../../core/base/thread.ts';
import type { ParsedDocument, ParsedFile } from './parse.ts';

/** One document of a file. */
export interface ReadDocument {
  readonly value: unknown;
  /** The line, from 1, where the field is that a path leads to; of a missing one, where the last part is that exists. */
  line(path?: readonly (string | number)[]): number;
}

/** One file of a directory; with problems, each as `file:line: what`, none of its documents counts. */
export interface ReadFile {
  /** Relative to the directory. */
  readonly path: string;
  readonly documents: readonly ReadDocument[];
  readonly problems: readonly string[];
}

/** Parses manifest files in a thread of its own, and each only when it has changed. */
export interface Parser {
  parse(path: string, text: string): Promise<ReadFile>;
  /** Forgets all files but these. */
  keep(paths: ReadonlySet<string>): void;
  stop(): Promise<void>;
}

/** What one file may take. The parser needs time that grows with the square of some texts, so it may not run where requests are answered. */
const threadLimits = { milliseconds: 20_000, megabytes: 96, waiting: 8 };

/** Without a file in it until the first one is parsed. */
export function createParser(): Parser {
  const thread = createThread<{ path: string; text: string }, ParsedFile>(threadFile('parse-thread', import.meta.url), threadLimits);
  const known = new Map<string, { readonly hash: string; readonly file: ReadFile }>();
  return {
    async parse(path, text) {
      const hash = createHash('sha256').update(text).digest('hex');
      const before = known.get(path);
      if (before?.hash === hash) return before.file;
      const file = await thread.run({ path, text }).then(
        ({ documents, problems }): ReadFile => ({ path, documents: documents.map(toDocument), problems }),
        (error: unknown) => {
          if (!(error instanceof ThreadLimit)) throw error;
          const problem = `${path}:1: it takes more ${error.limit} to read than a manifest may; make it simpler or split it`;
          return { path, documents: [], problems: [problem] };
        },
      );
      known.set(path, { hash, file });
      return file;
    },
    keep(paths) {
      for (const path of known.keys()) if (!paths.has(path)) known.delete(path);
    },
    stop: () => thread.stop(),
  };
}

function toDocument({ value, at, lines }: ParsedDocument): ReadDocument {
  return {
    value,
    line(path = []) {
      const whole = [...at, ...path];
      for (let length = whole.length; length >= 0; length--) {
        const line = lines.get(JSON.stringify(whole.slice(0, length)));
        if (line !== undefined) return line;
      }
      return 1;
    },
  };
}
