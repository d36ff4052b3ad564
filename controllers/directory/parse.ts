import { type Document, isMap, isNode, isScalar, isSeq, LineCounter, parseAllDocuments } from 'yaml';

/** One document of a file, as it comes out of the thread that parses. */
export interface ParsedDocument {
  readonly value: unknown;
  /** Where it stands in the document: an item of a List, or nothing for the document itself. */
  readonly at: readonly (string | number)[];
  /** The line of each node of the document by its path as JSON; the items of a List share it. */
  readonly lines: ReadonlyMap<string, number>;
}

/** One file; with problems, each as `file:line: what`, none of its documents counts. */
export interface ParsedFile {
  readonly documents: readonly ParsedDocument[];
  readonly problems: readonly string[];
}

/** What a file may hold. A server would take no object with as much; they protect what works with the result. */
const limits = { documents: 1_000, nodes: 50_000, depth: 64, aliases: 100, characters: 2_097_152 };

/** Problems that leave the thread: one more than are shown. A file can have half a million, and each costs the event loop a copy. */
const maxProblems = 21;

/** Splits a file into its documents; the items of a List count as documents. As kubectl reads: YAML 1.1, JSON being a part of it. */
export function parseManifests({ path, text }: { readonly path: string; readonly text: string }): ParsedFile {
  const counter = new LineCounter();
  const parsed = parseAllDocuments(text, {
    lineCounter: counter,
    version: '1.1',
    // Its own check compares each key with all before it; collect() does it by a set.
    uniqueKeys: false,
    // kubectl knows neither times nor numbers of base 60: they stay text.
    customTags: (tags) =>
      tags.filter((tag) => typeof tag === 'string' || (!('format' in tag && tag.format === 'TIME') && !/timestamp$/.test(tag.tag))),
    logLevel: 'silent',
  });
  const all = Array.isArray(parsed) ? parsed : [];
  if (all.length > limits.documents) return { documents: [], problems: [`${path}:1: it holds more than ${limits.documents} documents`] };
  const nodes = { left: limits.nodes };
  const read = all.map((document) => readDocument(document, path, counter, nodes));
  const documents = read.flatMap((each) => each.documents);
  const problems = read.flatMap((each) => each.problems);
  if (problems.length === 0 && documents.length === 0) problems.push(`${path}:1: the file holds no manifest; remove it, if that is meant`);
  return { documents: problems.length > 0 ? [] : documents, problems: problems.slice(0, maxProblems) };
}

/** One document of a file; `nodes` counts down what the file may still hold. */
function readDocument(document: Document.Parsed, path: string, counter: LineCounter, nodes: Collected['nodes']): ParsedFile {
  if (document.errors.length > 0) {
    const problems = document.errors
      .slice(0, maxProblems)
      .map(
        ({ message, linePos }) =>
          `${path}:${linePos?.[0].line ?? 1}: ${message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, '')}`,
      );
    return { documents: [], problems };
  }
  const lines = new Map<string, number>();
  const lineOf = (node: unknown): number => (isNode(node) && node.range ? counter.linePos(node.range[0]).line : 1);
  try {
    collect(document.contents, [], { lines, lineOf, nodes });
    const value: unknown = document.toJS({ maxAliasCount: limits.aliases });
    if (value === null || value === undefined) return { documents: [], problems: [] };
    if (JSON.stringify(value).length > limits.characters)
      throw new Error(`its aliases make it longer than ${limits.characters} characters`);
    return { documents: expand(value, lines), problems: [] };
  } catch (error) {
    const line = error instanceof Misplaced ? error.line : lineOf(document.contents);
    return { documents: [], problems: [`${path}:${line}: ${(error as Error).message}`] };
  }
}

class Misplaced extends Error {
  readonly line: number;

  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}

interface Collected {
  readonly lines: Map<string, number>;
  readonly lineOf: (node: unknown) => number;
  readonly nodes: { left: number };
}

/** Notes the line of each node, and refuses a key that stands twice, too many nodes, and nodes that are too deep. */
function collect(node: unknown, path: readonly (string | number)[], collected: Collected): void {
  const { lines, lineOf, nodes } = collected;
  if (!isNode(node)) return;
  lines.set(JSON.stringify(path), lineOf(node));
  if (--nodes.left < 0) throw new Misplaced(`it holds more than ${limits.nodes} values`, lineOf(node));
  if (path.length > limits.depth) throw new Misplaced(`it is nested deeper than ${limits.depth} levels`, lineOf(node));
  if (isSeq(node)) for (const [index, item] of node.items.entries()) collect(item, [...path, index], collected);
  if (!isMap(node)) return;
  const keys = new Set<string>();
  for (const { key, value } of node.items) {
    const name = isScalar(key) ? String(key.value) : String(key);
    // The merge key of YAML 1.1 may stand several times.
    if (keys.has(name) && name !== '<<') throw new Misplaced('Map keys must be unique', lineOf(key));
    keys.add(name);
    collect(value, [...path, name], collected);
  }
}

/** `kubectl get -o yaml` gives a List. */
function expand(value: unknown, lines: ReadonlyMap<string, number>): ParsedDocument[] {
  const { kind, items } = value as { kind?: unknown; items?: unknown };
  if (kind !== 'List' || !Array.isArray(items)) return [{ value, at: [], lines }];
  return items.map((item: unknown, index) => ({ value: item, at: ['items', index], lines }));
}
