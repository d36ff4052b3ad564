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
export function uidsIn({ files }: Pick<ReadDirectory, 'files'>, judge: Judge): string[] {
  return files.flatMap(({ documents }) => documents.flatMap(({ value }) => judge.uidOf(value) ?? []));
}

/**
 * Checks all files. A file counts as a whole or not at all: half of what somebody meant can be worse than nothing. `before` has
 * what was accepted under a uid.
 */
export function judgeDirectory(
  { files }: Pick<ReadDirectory, 'files'>,
  judge: Judge,
  before: ReadonlyMap<string, Manifest>,
): JudgedDirectory {
  const refused: RefusedFile[] = [];
  const foreign: string[] = [];
  const found: FoundManifest[] = [];
  const repeated = repetitions(files, judge);
  for (const file of files) {
    const checked = checkFile(file, judge, before);
    const wrong = [...file.problems, ...(repeated.get(file.path) ?? []), ...checked.problems];
    foreign.push(...checked.foreign);
    if (wrong.length === 0) found.push(...checked.found);
    else refused.push({ file: file.path, problems: bounded(wrong, file.path) });
  }
  return { found, complete: refused.length === 0, refused, foreign };
}

interface CheckedFile {
  readonly found: FoundManifest[];
  readonly foreign: string[];
  readonly problems: string[];
}

function checkFile({ path: file, documents }: ReadFile, judge: Judge, before: ReadonlyMap<string, Manifest>): CheckedFile {
  const checked: CheckedFile = { found: [], foreign: [], problems: [] };
  for (const document of documents) {
    const uid = judge.uidOf(document.value);
    const judged = judge.judge(document.value, uid === undefined ? undefined : before.get(uid));
    if (judged.outcome === 'foreign') checked.foreign.push(`${file}:${document.line()}: ${judged.what}`);
    if (judged.outcome === 'refused') {
      const shown = judged.faults.slice(0, Math.max(0, maxProblems + 1 - checked.problems.length));
      checked.problems.push(...shown.map(({ path, text }) => `${file}:${document.line(path)}: ${nameOf(document)}${text}`));
    }
    if (judged.outcome === 'accepted') {
      const { type, manifest, specHash } = judged;
      const { namespace = null, name } = manifest.metadata;
      checked.found.push({ uid: judged.uid, file, kind: type.kind as FoundManifest['kind'], namespace, name, specHash, manifest });
    }
  }
  return checked;
}

/** Problems of one file that are shown, and characters of each. */
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

/** Which of two manifests of one name is meant is unknown, so neither is taken. */
function repetitions(files: readonly ReadFile[], judge: Judge): Map<string, string[]> {
  const problems = new Map<string, string[]>();
  for (const same of placesByUid(files, judge).values()) {
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

interface DocumentPlace {
  readonly file: string;
  /** `file:line`. */
  readonly at: string;
  readonly document: ReadDocument;
}

function placesByUid(files: readonly ReadFile[], judge: Judge): Map<string, DocumentPlace[]> {
  const places = new Map<string, DocumentPlace[]>();
  for (const { path, documents } of files) {
    for (const document of documents) {
      const uid = judge.uidOf(document.value);
      if (uid === undefined) continue;
      const known = places.get(uid) ?? [];
      places.set(uid, known);
      known.push({ file: path, at: `${path}:${document.line()}`, document });
    }
  }
  return places;
}
