import type { StoreQuestion } from '../../../../core/authorization/policy-stores/types.ts';

/**
 * Conditions once more, written apart from the code that is tested and from another end: words are replaced by values, and the text is taken
 * apart at its outermost operator again and again. It is slow, trusts that the text is accepted, and shares nothing with the parser.
 */
export function slowCondition(text: string, question: StoreQuestion): boolean {
  const source = text.trim();
  const either = split(source, '||');
  if (either.length > 1) return either.some((part) => slowCondition(part, question));
  const both = split(source, '&&');
  if (both.length > 1) return both.every((part) => slowCondition(part, question));
  if (source.startsWith('!')) return !slowCondition(source.slice(1), question);
  if (source.startsWith('(') && closing(source, 0) === source.length - 1) return slowCondition(source.slice(1, -1), question);
  if (source === 'true' || source === 'false') return source === 'true';
  if (source.startsWith('has ')) return look(source.slice(4), question) !== missing;
  const [element, list] = split(source, ' in ');
  if (list !== undefined) {
    const values = /^[[(]/.test(list.trim())
      ? split(list.trim().slice(1, -1), ',').map((part) => look(part, question))
      : look(list, question);
    const value = look(element!, question);
    return plain(value) && Array.isArray(values) && values.some((one) => plain(one) && JSON.stringify(one) === JSON.stringify(value));
  }
  for (const op of ['==', '!=', '<=', '>=', '<', '>']) {
    const [left, right] = split(source, op);
    if (right !== undefined) return slowCompare(op, look(left!, question), look(right, question));
  }
  throw new Error(`not a condition: ${source}`);
}

const missing = Symbol('missing');

function plain(value: unknown): boolean {
  return value !== missing && (value === null || typeof value !== 'object');
}

function slowCompare(op: string, left: unknown, right: unknown): boolean {
  if (!plain(left) || !plain(right)) return false;
  const isSame = typeof left === typeof right && JSON.stringify(left) === JSON.stringify(right);
  if (op === '==') return isSame;
  if (op === '!=') return !isSame;
  if (typeof left !== typeof right || !['number', 'string'].includes(typeof left)) return false;
  const order =
    typeof left === 'number'
      ? Math.sign(left - (right as number))
      : Buffer.compare(Buffer.from(left as string), Buffer.from(right as string));
  return { '<': order < 0, '<=': order <= 0, '>': order > 0, '>=': order >= 0 }[op]!;
}

function look(text: string, question: StoreQuestion): unknown {
  const source = text.trim();
  if (!source.startsWith('r.')) return source.startsWith("'") ? source.slice(1, -1).replaceAll(/\\(.)/g, '$1') : JSON.parse(source);
  const steps = [...source.slice(2).matchAll(/\[('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\]|[A-Za-z_]\w*/g)].map(([whole, quoted]) =>
    quoted === undefined ? whole : quoted.slice(1, -1).replaceAll(/\\(.)/g, '$1'),
  );
  const [root, first, ...rest] = steps as [string, string, ...string[]];
  const { subject, resource, action, context } = question;
  const entity = { sub: subject, res: resource, act: action }[root] as unknown as Record<string, unknown> | undefined;
  const own = root === 'act' ? ['name'] : ['id', 'type'];
  if (entity !== undefined && own.includes(first)) return entity[first];
  let value: unknown = entity === undefined ? context : entity['properties'];
  for (const step of entity !== undefined && first === 'properties' ? rest : [first, ...rest]) {
    const entry =
      value !== null && typeof value === 'object' && !Array.isArray(value)
        ? Object.entries(value).find(([key]) => key === step)
        : undefined;
    if (entry === undefined) return missing;
    value = entry[1];
  }
  return value;
}

/** The parts between occurrences of `by` that stand in no brackets and no text. */
function split(source: string, by: string): string[] {
  const parts: string[] = [];
  let start = 0;
  for (let at = 0; at < source.length; at += 1) {
    at = skip(source, at);
    if (!source.startsWith(by, at)) continue;
    // < of <=, and so on.
    if ((by === '<' || by === '>') && source[at + 1] === '=') continue;
    parts.push(source.slice(start, at));
    start = at + by.length;
    at = start - 1;
  }
  return [...parts, source.slice(start)];
}

function skip(source: string, at: number): number {
  if (source[at] === '(' || source[at] === '[') return closing(source, at);
  return source[at] === "'" || source[at] === '"' ? endOfText(source, at) : at;
}

function closing(source: string, at: number): number {
  let depth = 0;
  for (let index = at; index < source.length; index += 1) {
    const character = source[index]!;
    if (character === "'" || character === '"') index = endOfText(source, index);
    else if ('(['.includes(character)) depth += 1;
    else if (')]'.includes(character)) depth -= 1;
    if (depth === 0) return index;
  }
  throw new Error('open bracket');
}

function endOfText(source: string, at: number): number {
  let index = at + 1;
  while (source[index] !== source[at]) index += source[index] === '\\' ? 2 : 1;
  return index;
}
