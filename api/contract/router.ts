import { createParser, normalize, type RawRequest, withTypes } from './request-parser.ts';

/** What the stock router of openapi-backend offers, as far as it is replaced here. */
export interface Router<O extends Route> {
  getOperations(): O[];
  getOperation(operationId: string): O | undefined;
  matchOperation(request: RawRequest, strict?: boolean): O | undefined;
  parseRequest(request: RawRequest, operation?: O): object;
}

/** One operation as the router sees it: `path` is a template, `method` is in lower case. */
export interface Route {
  readonly path: string;
  readonly method: string;
  readonly operationId?: string | undefined;
  readonly parameters?: readonly object[];
}

/** The outcome of looking up a path: every operation on it, in the order in which they are preferred. */
export interface RouteTable<O extends Route> {
  /** Operations whose path fits, the most literal path first. Empty: there is no such path. */
  candidates(path: string): readonly O[];
  match(method: string, path: string): O | undefined;
}

interface Node<O> {
  readonly literals: Map<string, Node<O>>;
  readonly patterns: { readonly source: string; readonly test: RegExp; readonly node: Node<O> }[];
  readonly leaves: Leaf<O>[];
}

interface Leaf<O> {
  readonly rank: number;
  readonly operations: O[];
}

/** Compiles path templates into a trie over segments. Its answers are those of the stock router, which compiles every template again for every request. */
export function createRouteTable<O extends Route>(operations: readonly O[]): RouteTable<O> {
  const root = newNode<O>();
  const literal = new Map<string, Leaf<O>>();
  for (const [rank, path] of byPreference(operations).entries()) {
    const leaf: Leaf<O> = { rank, operations: operations.filter((operation) => operation.path === path) };
    insert(root, path, leaf);
    literal.set(path, leaf);
  }

  function leavesOf(path: string): Leaf<O>[] {
    const found: Leaf<O>[] = [];
    collect(root, path.split('/'), 0, found);
    const exact = literal.get(path);
    if (exact === undefined) return found.sort((a, b) => a.rank - b.rank);
    return [exact, ...found.filter((leaf) => leaf !== exact).sort((a, b) => a.rank - b.rank)];
  }

  return {
    candidates: (path) => leavesOf(path).flatMap((leaf) => leaf.operations),
    match(method, path) {
      const leaves = leavesOf(path);
      for (const leaf of leaves) {
        const operation = leaf.operations.find((candidate) => candidate.method === method);
        if (operation) return operation;
      }
      return undefined;
    },
  };
}

/** Gives an initialized stock router memoized operations and the trie. It must serve the root and keep trailing slashes. */
export function accelerate<O extends Route>(router: Router<O>): RouteTable<O> {
  const operations = router.getOperations();
  const byId = new Map(operations.map((operation) => [operation.operationId ?? '', operation] as const).reverse());
  const table = createRouteTable(operations);
  router.getOperations = () => operations;
  router.getOperation = (operationId) => byId.get(operationId);
  router.matchOperation = (request, strict) => {
    const path = normalize(request.path);
    const match = table.match(request.method.trim().toLowerCase(), path);
    if (match || !strict) return match;
    // The stock code tells the two apart by the beginning of the message.
    const known = table.candidates(path).length > 0;
    throw new Error(known ? '405-methodNotAllowed: this method is not registered for the route' : '404-notFound: no route matches request');
  };
  router.parseRequest = withTypes<O>(createParser<O>(router.parseRequest.bind(router)));
  return table;
}

/** Paths with more literal characters first; equals keep the order of the document. */
function byPreference(operations: readonly Route[]): string[] {
  const paths = [...new Set(operations.map((operation) => operation.path))];
  const literals = (path: string) => path.replace(/\{.*?\}/g, '').length;
  return paths.sort((a, b) => literals(b) - literals(a));
}

function newNode<O>(): Node<O> {
  return { literals: new Map(), patterns: [], leaves: [] };
}

function insert<O>(root: Node<O>, path: string, leaf: Leaf<O>): void {
  let node = root;
  for (const segment of path.split('/')) node = child(node, segment);
  node.leaves.push(leaf);
}

function child<O>(node: Node<O>, segment: string): Node<O> {
  if (!/\{[^}]+\}/.test(segment)) {
    const next = node.literals.get(segment) ?? newNode<O>();
    node.literals.set(segment, next);
    return next;
  }
  const source = `^${segment
    .split(/\{[^}]+\}/)
    .map(escapeRegExp)
    .join('[^/]+')}$`;
  const known = node.patterns.find((pattern) => pattern.source === source);
  if (known) return known.node;
  const next = newNode<O>();
  node.patterns.push({ source, test: new RegExp(source), node: next });
  return next;
}

function collect<O>(node: Node<O>, segments: readonly string[], at: number, found: Leaf<O>[]): void {
  const segment = segments[at];
  if (segment === undefined) {
    found.push(...node.leaves);
    return;
  }
  const next = node.literals.get(segment);
  if (next) collect(next, segments, at + 1, found);
  for (const pattern of node.patterns) {
    if (pattern.test.test(segment)) collect(pattern.node, segments, at + 1, found);
  }
}

function escapeRegExp(literal: string): string {
  return literal.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** The methods of a path for the Allow header, in upper case; HEAD comes with GET (RFC 9110 section 9.3.2). */
export function allowedMethods(operations: readonly Route[]): string[] {
  const methods = new Set(operations.map((operation) => operation.method.toUpperCase()));
  if (methods.has('GET')) methods.add('HEAD');
  return [...methods].sort();
}
