import type { Where } from '../authorization/policy-stores/types.ts';

/** A part of a statement, with its values in the order of its question marks. */
export interface Sql {
  readonly sql: string;
  readonly bindings: readonly (string | number | string[])[];
}

/** A condition on a row that is named `e`: of policy_store_entities, with what the condition compares. */
export interface SqlFilter extends Sql {
  /** What the condition compares, as further columns to select of a row `e`. Each value is looked for once, however often it is compared. */
  readonly values: Sql;
  /** How much there is to do for each row: the keys that are looked for, and the comparisons. */
  readonly weight: number;
}

/** What `matches` says of a condition, in SQL: true of the same entities (test/core/policy-stores/where-sql.test.ts). */
export function sqlOf(where: Where): SqlFilter {
  const ways = new Map<string, Column>();
  const condition = conditionOf(where, ways);
  const columns = [...ways.values()];
  const values = columns.map(({ name, way }) => `, e.properties${' -> ?::text'.repeat(way.length)} as ${name}`);
  const bindings = columns.flatMap(({ way }) => way);
  return {
    ...condition,
    values: { sql: values.join(''), bindings },
    weight: 1 + bindings.length + condition.bindings.length,
  };
}

/** The value at the end of a way of keys. With a text as its key, `->` finds nothing in a list. */
interface Column {
  readonly name: string;
  readonly way: readonly string[];
}

type Ways = Map<string, Column>;

function conditionOf(where: Where, ways: Ways): Sql {
  if ('any' in where) return joined(where.any, ' or ', 'false', ways);
  if ('all' in where) return joined(where.all, ' and ', 'true', ways);
  if ('not' in where) {
    const { sql, bindings } = conditionOf(where.not, ways);
    return { sql: `(${sql}) is not true`, bindings };
  }
  if ('id' in where) return { sql: where.id === '==' ? 'e.id = ?' : 'starts_with(e.id, ?)', bindings: [where.value] };
  return testOf(where, columnOf(where.property, ways));
}

function joined(parts: readonly Where[], word: string, none: string, ways: Ways): Sql {
  if (parts.length === 0) return { sql: none, bindings: [] };
  const all = parts.map((part) => conditionOf(part, ways));
  return { sql: all.map(({ sql }) => `(${sql})`).join(word), bindings: all.flatMap(({ bindings }) => bindings) };
}

function columnOf(way: readonly string[], ways: Ways): string {
  const key = JSON.stringify(way);
  const column = ways.get(key) ?? { name: `p${ways.size}`, way };
  ways.set(key, column);
  return `e.${column.name}`;
}

type Test = Extract<Where, { property: readonly string[] }>;

function testOf({ op, value }: Test, found: string): Sql {
  switch (op) {
    case 'exists':
      return { sql: `${found} is not null`, bindings: [] };
    case '==':
      return { sql: `${found} = ?::jsonb`, bindings: [JSON.stringify(value)] };
    case 'contains':
      return { sql: `(jsonb_typeof(${found}) = 'array' and ${found} @> ?::jsonb)`, bindings: [JSON.stringify([value])] };
    case 'in':
      return { sql: `${found} in (select jsonb_array_elements(?::jsonb))`, bindings: [JSON.stringify(value)] };
    case '!=':
      return { sql: `(jsonb_typeof(${found}) not in ('object', 'array') and ${found} <> ?::jsonb)`, bindings: [JSON.stringify(value)] };
    default:
      return ordered(found, op, value);
  }
}

/** Numbers among themselves, and texts among themselves by code points. */
function ordered(found: string, op: string, value: unknown): Sql {
  if (typeof value === 'number') {
    const sql = `case jsonb_typeof(${found}) when 'number' then (${found})::numeric ${op} ?::numeric else false end`;
    return { sql, bindings: [String(value)] };
  }
  if (typeof value !== 'string') return { sql: 'false', bindings: [] };
  const text = `(${found} #>> '{}') collate "C"`;
  return { sql: `case jsonb_typeof(${found}) when 'string' then ${text} ${op} ? else false end`, bindings: [value] };
}
