import type { FoundManifest } from '../../core/manifests/records.ts';
import type { Parser, ReadDocument, ReadFile } from './parser.ts';
import { type ReadDirectory, readDirectory } from './read.ts';
import type { Judge, Manifest } from './validate.ts';

/** A file that does not count, and why: each problem as `file:line: what is wrong`. */
export interface RefusedFile {
  /** Relative to the directory. */
  readonly file: string;
  readonly problems: readonly string[];
}

/** A whole directory, read and checked before anything is done. */
export interface JudgedDirectory {
  /** What the good files hold. */
  readonly found: readonly FoundManifest[];
  /** Whether every file is good. */
  readonly complete: boolean;
  readonly refused: readonly RefusedFile[];
  /** Documents of other tools, `file:line: kind of version`. */
  readonly foreign: readonly string[];
}

/** Reads and checks a directory without its past. Throws InvalidInput like readDirectory. */
export async function inspect(directory: string, judge: Judge, parser: Parser): Promise<JudgedDirectory> {
  return judgeDirectory(await readDirectory(directory, parser), judge, new Map());
}

/** The uids that the documents of a directory say they have. */
export function uidsIn({ files }: ReadDirectory, judge: Judge): string[] {
  return files.flatMap(({ documents }) => documents.flatMap(({ value }) => judge.uidOf(value) ?? []));
}

/**
 * Checks all files. A file counts as a whole or not at all: half of what somebody meant can be worse than nothing. `before` has
 * what was accepted under a uid.
 */
export function judgeDirectory({ files }: ReadDirectory, judge: Judge, before: ReadonlyMap<string, Manifest>): JudgedDirectory {
  const refused: RefusedFile[] = [];
  const foreign: string[] = [];
  const found: FoundManifest[] = [];
  const repeated = repetitions(files, judge);
  for (const file of files) {
    const mine: FoundManifest[] = [];
    const wrong = [...file.problems, ...(repeated.get(file.path) ?? [])];
    for (const document of file.documents) {
      const uid = judge.uidOf(document.value);
      const judged = judge.judge(document.value, uid === undefined ? undefined : before.get(uid));
      if (judged.outcome === 'foreign') foreign.push(`${file.path}:${document.line()}: ${judged.what}`);
      if (judged.outcome === 'refused')
        for (const { path, text } of judged.faults.slice(0, maxProblems + 1 - wrong.length))
          wrong.push(`${file.path}:${document.line(path)}: ${nameOf(document)}${text}`.slice(0, maxCharacters));
      if (judged.outcome === 'accepted') {
        const { type, manifest, specHash } = judged;
        const { namespace = null, name } = manifest.metadata;
        mine.push({ uid: judged.uid, file: file.path, kind: type.kind as FoundManifest['kind'], namespace, name, specHash, manifest });
      }
    }
    if (wrong.length === 0) found.push(...mine);
    else refused.push({ file: file.path, problems: bounded(wrong, file.path) });
  }
  return { found, complete: refused.length === 0, refused, foreign };
}

/** Problems of one file that are told, and characters of each. */
const maxProblems = 20;
const maxCharacters = 1_000;

function bounded(problems: readonly string[], file: string): string[] {
  if (problems.length <= maxProblems) return problems.map((problem) => problem.slice(0, maxCharacters));
  return [...problems.slice(0, maxProblems), `${file}: there is more that is wrong; the first ${maxProblems} problems are shown`].map(
    (problem) => problem.slice(0, maxCharacters),
  );
}

/** `Organization acme: `, as far as the document says it. */
function nameOf({ value }: ReadDocument): string {
  const { kind, metadata } = (value ?? {}) as { kind?: unknown; metadata?: { name?: unknown; namespace?: unknown } };
  if (typeof kind !== 'string' || typeof metadata?.name !== 'string') return '';
  return `${kind} ${typeof metadata.namespace === 'string' ? `${metadata.namespace}/` : ''}${metadata.name}: `;
}

/** Nobody can say which of two manifests of one name is meant, so neither is taken. */
function repetitions(files: readonly ReadFile[], judge: Judge): Map<string, string[]> {
  const places = new Map<string, { file: string; at: string; document: ReadDocument }[]>();
  for (const { path, documents } of files) {
    for (const document of documents) {
      const uid = judge.uidOf(document.value);
      if (uid !== undefined) places.set(uid, [...(places.get(uid) ?? []), { file: path, at: `${path}:${document.line()}`, document }]);
    }
  }
  const problems = new Map<string, string[]>();
  for (const same of places.values()) {
    if (same.length < 2) continue;
    const shown = same.slice(0, 5).map((place) => place.at);
    const more = same.length > shown.length ? ` and ${same.length - shown.length} more places` : '';
    for (const { file, at, document } of same) {
      const told = problems.get(file) ?? [];
      problems.set(file, told);
      const others = shown.filter((place) => place !== at).join(', ');
      if (told.length > maxProblems) continue;
      told.push(`${at}: ${nameOf(document)}it is also in ${others}${more}; none of them counts until one is left`);
    }
  }
  return problems;
}
