import type { Scalar, Where } from '../authorization/policy-stores/types.ts';

/** A condition on a row of policy_store_entities that is named `e`. */
export interface SqlCondition {
  readonly sql: string;
  readonly bindings: readonly (string | number)[];
}

/** What `matches` says of a condition, in SQL: true of the same entities (test/core/policy-stores/where-sql.test.ts). */
export function sqlOf(where: Where): SqlCondition {
  if ('any' in where) return joined(where.any, ' or ', 'false');
  if ('all' in where) return joined(where.all, ' and ', 'true');
  if ('not' in where) {
    const { sql, bindings } = sqlOf(where.not);
    return { sql: `(${sql}) is not true`, bindings };
  }
  if ('id' in where) return { sql: where.id === '==' ? 'e.id = ?' : 'starts_with(e.id, ?)', bindings: [where.value] };
  return testOf(where);
}

function joined(parts: readonly Where[], word: string, none: string): SqlCondition {
  if (parts.length === 0) return { sql: none, bindings: [] };
  const all = parts.map((part) => sqlOf(part));
  return { sql: all.map(({ sql }) => `(${sql})`).join(word), bindings: all.flatMap(({ bindings }) => bindings) };
}

type Test = Extract<Where, { property: readonly string[] }>;

function testOf({ property, op, value }: Test): SqlCondition {
  const [found, way] = propertyAt(property);
  switch (op) {
    case 'exists':
      return { sql: `${found} is not null`, bindings: way };
    case '==':
      return equal(property, value);
    case 'contains':
      return {
        sql: `(jsonb_typeof(${found}) = 'array' and ${found} @> ?::jsonb)`,
        bindings: [...way, ...way, JSON.stringify([value])],
      };
    case 'in':
      return anyOf(property, value as readonly Scalar[]);
    case '!=':
      return {
        sql: `(jsonb_typeof(${found}) not in ('object', 'array') and ${found} <> ?::jsonb)`,
        bindings: [...way, ...way, JSON.stringify(value)],
      };
    default:
      return ordered(property, op, value);
  }
}

/** The value at the end of a way of keys. With a text as its key, `->` finds nothing in a list. */
function propertyAt(property: readonly string[]): [string, readonly string[]] {
  return [`(e.properties${' -> ?::text'.repeat(property.length)})`, property];
}

function equal(property: readonly string[], value: unknown): SqlCondition {
  const [found, way] = propertyAt(property);
  return { sql: `${found} = ?::jsonb`, bindings: [...way, JSON.stringify(value)] };
}

function anyOf(property: readonly string[], values: readonly Scalar[]): SqlCondition {
  const [found, way] = propertyAt(property);
  return { sql: `${found} in (select jsonb_array_elements(?::jsonb))`, bindings: [...way, JSON.stringify(values)] };
}

/** Numbers among themselves, and texts among themselves by code points. */
function ordered(property: readonly string[], op: string, value: unknown): SqlCondition {
  const [found, way] = propertyAt(property);
  if (typeof value === 'number') {
    const bindings = [...way, ...way, String(value)];
    return { sql: `case jsonb_typeof(${found}) when 'number' then (${found})::numeric ${op} ?::numeric else false end`, bindings };
  }
  if (typeof value !== 'string') return { sql: 'false', bindings: [] };
  const text = `(${found} #>> '{}') collate "C"`;
  return { sql: `case jsonb_typeof(${found}) when 'string' then ${text} ${op} ? else false end`, bindings: [...way, ...way, value] };
}
