import type { Knex } from 'knex';
import { type Requirement, readSelector } from '../base/labels.ts';

/**
 * Keeps the rows whose labels a selector matches, in the statement that cuts the page. No index serves this: behind row level security
 * PostgreSQL uses an index only for operators that it knows to leak nothing, and those of jsonb are not among them. The rows of one organization
 * are found by its id before. Throws InvalidInput.
 */
export function selectLabels(query: Knex.QueryBuilder, column: string, selector: string | undefined): void {
  for (const requirement of selector === undefined ? [] : readSelector(selector)) {
    const { sql, bindings } = conditionOf(column, requirement);
    query.whereRaw(sql, bindings);
  }
}

function conditionOf(column: string, { key, operator, values }: Requirement): { sql: string; bindings: (string | string[])[] } {
  const value = `(${column} ->> ?)`;
  if (operator === 'exists') return { sql: `${value} is not null`, bindings: [key] };
  if (operator === 'absent') return { sql: `${value} is null`, bindings: [key] };
  if (operator === 'in') return { sql: `${value} = any(?::text[])`, bindings: [key, [...values]] };
  return { sql: `coalesce(${value} <> all(?::text[]), true)`, bindings: [key, [...values]] };
}
