/** A node of a matcher. Only what a policy needs exists; there is no negation, arithmetic, regular expression or member access. */
export type MatcherNode =
  | { readonly kind: 'and' | 'or' | 'equal'; readonly operands: readonly MatcherNode[] }
  | { readonly kind: 'call'; readonly name: string; readonly operands: readonly MatcherNode[] }
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'text'; readonly value: string };

const tokenPattern = /\s*(?:(&&|\|\||==|[(),])|"([A-Za-z0-9_.:/@*-]*)"|([A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*){0,2}))/y;

interface Token {
  readonly kind: 'symbol' | 'text' | 'name';
  readonly value: string;
}

/** Parses a matcher; throws an Error that says what is not accepted. Our own grammar, because Casbin's evaluates nearly all of JavaScript's expressions. */
export function parseMatcher(matcher: string): MatcherNode {
  const tokens = tokenize(matcher);
  let position = 0;

  const peek = (symbol: string) => tokens[position]?.kind === 'symbol' && tokens[position]?.value === symbol;
  const take = (symbol: string) => {
    if (!peek(symbol)) throw new Error(`expected ${symbol} but found ${tokens[position]?.value ?? 'the end'}`);
    position += 1;
  };

  const listOf = (kind: 'and' | 'or', symbol: string, operand: () => MatcherNode): MatcherNode => {
    const operands = [operand()];
    while (peek(symbol)) {
      position += 1;
      operands.push(operand());
    }
    return operands.length === 1 ? operands[0]! : { kind, operands };
  };
  const disjunction = (): MatcherNode => listOf('or', '||', conjunction);
  const conjunction = (): MatcherNode => listOf('and', '&&', comparison);
  const comparison = (): MatcherNode => {
    const left = operand();
    if (!peek('==')) return left;
    position += 1;
    return { kind: 'equal', operands: [left, operand()] };
  };
  const operand = (): MatcherNode => {
    if (peek('(')) {
      position += 1;
      const inner = disjunction();
      take(')');
      return inner;
    }
    const token = tokens[position];
    if (token === undefined || token.kind === 'symbol')
      throw new Error(`expected a field, a text or ( but found ${token?.value ?? 'the end'}`);
    position += 1;
    if (token.kind === 'text') return { kind: 'text', value: token.value };
    if (!peek('(')) return { kind: 'field', name: token.value };
    position += 1;
    const operands = [operand()];
    while (peek(',')) {
      position += 1;
      operands.push(operand());
    }
    take(')');
    return { kind: 'call', name: token.value, operands };
  };

  const tree = disjunction();
  if (position < tokens.length) throw new Error(`${tokens[position]?.value} is not expected here`);
  return tree;
}

/** One spelling for all trees that mean the same: sides of == and operands of && and || are sorted, nested lists flattened. */
export function canonicalMatcher(node: MatcherNode): string {
  switch (node.kind) {
    case 'field':
      return node.name;
    case 'text':
      return JSON.stringify(node.value);
    case 'call':
      return `${node.name}(${node.operands.map(canonicalMatcher).join(', ')})`;
    case 'equal':
      return node.operands.map(canonicalMatcher).sort().join(' == ');
    default:
      return `(${flatten(node, node.kind)
        .map(canonicalMatcher)
        .sort()
        .join(node.kind === 'and' ? ' && ' : ' || ')})`;
  }
}

/** The operands of nested lists of the same kind; a node of another kind is a list of one. */
export function flatten(node: MatcherNode, kind: 'and' | 'or'): MatcherNode[] {
  return node.kind === kind ? node.operands.flatMap((operand) => flatten(operand, kind)) : [node];
}

/** Every node of the tree, the root first. */
export function nodesOf(node: MatcherNode): MatcherNode[] {
  return 'operands' in node ? [node, ...node.operands.flatMap(nodesOf)] : [node];
}

function tokenize(matcher: string): Token[] {
  const tokens: Token[] = [];
  let position = 0;
  const end = matcher.trimEnd().length;
  while (position < end) {
    tokenPattern.lastIndex = position;
    const match = tokenPattern.exec(matcher);
    if (match === null)
      throw new Error(
        `${JSON.stringify(matcher.slice(position).trim().slice(0, 12))} is not part of the accepted language: fields, "texts", ==, &&, ||, ( ) and g()`,
      );
    const [, symbol, text, name] = match;
    if (symbol !== undefined) tokens.push({ kind: 'symbol', value: symbol });
    else if (text !== undefined) tokens.push({ kind: 'text', value: text });
    else tokens.push({ kind: 'name', value: name! });
    position = tokenPattern.lastIndex;
  }
  return tokens;
}
