import { resourceTypeOf } from '../authorization/policy/meters.ts';
import type { Question } from './question.ts';

/** What the sums are told apart by, in the order of the answer: the time comes first. */
export function groupsOf({ time, dimensions }: Question): string[] {
  return [...(time === undefined ? [] : [time]), ...dimensions];
}

/** A statement with its values in the order of its question marks. */
interface Statement {
  readonly sql: string;
  readonly values: (string | number | Date)[];
}

const columns: Readonly<Record<string, string>> = { project: 'project_id', member: 'user_id', 'api-key': 'api_key_id' };

/**
 * Where rows come from, with the column of their time and the begin of it as a timestamp in UTC. `dimension` has days by one dimension alone, and `unnamed`
 * what it has not: usage that named no resource of the type.
 */
const sources = {
  hours: { table: 'usage_hours', column: 'hour', moment: "hour at time zone 'UTC'" },
  days: { table: 'usage_days', column: 'day', moment: 'day::timestamp' },
  dimension: { table: 'usage_dimension_days', column: 'day', moment: 'day::timestamp' },
  unnamed: { table: 'usage_days', column: 'day', moment: 'day::timestamp' },
  events: { table: 'usage_events', column: 'at', moment: "at at time zone 'UTC'" },
} as const;
type Source = keyof typeof sources;

/** The sources in which a question finds each event once. */
function sourcesOf(question: Question): Source[] {
  const dimension = onlyDimension(question);
  if (question.source === 'hours' || dimension === undefined) return [question.source, 'events'];
  const mayBeUnnamed = resourceTypeOf(dimension) !== undefined && question.resource === undefined;
  return ['dimension', ...(mayBeUnnamed ? (['unnamed'] as const) : []), 'events'];
}

/** The one dimension that the question is about, '' where it is about none; undefined where there are several. */
function onlyDimension({ dimensions, project, user, apiKey, resource }: Question): string | undefined {
  const filters = [project && 'project', user && 'member', apiKey && 'api-key', resource && `resource:${resource.type}`];
  const all = new Set([...dimensions, ...filters.filter((name) => name !== undefined)]);
  return all.size > 1 ? undefined : ([...all][0] ?? '');
}

const timeForm = 'YYYY-MM-DD"T"HH24:MI:SS".000Z"';

/**
 * One statement that adds up what is rolled up and what is not yet, so that both are seen at one moment. Rows come in the order of their keys, behind those
 * of `after`.
 */
export function sumsSql(org: string, question: Question, { after, limit }: { after?: string[] | undefined; limit: number }): Statement {
  const groups = groupsOf(question);
  const since = beginOf(question, after);
  const parts = sourcesOf(question).map((source) => partOf(source, org, question, since));
  const keys = groups.map((group, index) => keySql(group, `k${index}`));
  const isBehind = after === undefined ? '' : `where (${keys.join(', ')}) > (${keys.map(() => `?::text collate "C"`).join(', ')})`;
  const names = groups.map((_, index) => `k${index}`).join(', ');
  const order = groups.length > 0 ? `order by ${groups.map((group, index) => orderSql(group, `k${index}`)).join(', ')}` : '';
  const sql = `
select array[${keys.join(', ')}]::text[] as keys, trim_scale(quantity)::text as quantity, trim_scale(cost)::text as cost, events::text, last_at
from (
  select * from (
    select ${groups.length > 0 ? `${names}, ` : ''}sum(quantity) as quantity, sum(cost) as cost, coalesce(sum(events), 0) as events, max(last_at) as last_at
    from (${parts.map((part) => part.sql).join(' union all ')}) as rows ${groups.length > 0 ? `group by ${names}` : ''}
  ) as sums ${isBehind} ${order} limit ${limit}
) as page ${order}`;
  return { sql, values: [...parts.flatMap((part) => part.values), ...(after ?? [])] };
}

/** Times that are behind the page are not read. */
function beginOf({ time, from }: Question, after: string[] | undefined): Date {
  const reached = time !== undefined && after !== undefined ? new Date(after[0]!) : from;
  return reached > from ? reached : from;
}

/** The text by which a group is sorted, and which page tokens hold. */
function keySql(group: string, name: string): string {
  const text = ['hour', 'day', 'month'].includes(group) ? `to_char(${name}, '${timeForm}')` : `coalesce(${name}::text, '')`;
  return `${text} collate "C"`;
}

/** The order of these texts, without making them for rows that are not on the page. */
function orderSql(group: string, name: string): string {
  return `${name}${resourceTypeOf(group) === undefined ? '' : ' collate "C"'} nulls first`;
}

/** The rows of one source: sums, or events that are in none yet. */
function partOf(source: Source, org: string, question: Question, since: Date): Statement {
  const { table, column } = sources[source];
  const values: Statement['values'] = [];
  const groups = groupsOf(question).map((group, index) => `${groupSql(group, source, values)} as k${index}`);
  const counted = source === 'events' ? ['1 as events', 'at as last_at'] : ['events', 'last_at'];
  const conditions = ['org_id = ?', 'meter = ?', `${column} >= ?`, `${column} < ?`];
  const momentOf = (moment: Date) => (column === 'day' ? moment.toISOString().slice(0, 10) : moment);
  values.push(org, question.meter.name, momentOf(since), momentOf(question.to));
  for (const { sql, values: more } of conditionsOf(source, org, question)) {
    conditions.push(sql);
    values.push(...more);
  }
  return {
    sql: `select ${[...groups, 'quantity', 'cost', ...counted].join(', ')} from ${table} where ${conditions.join(' and ')}`,
    values,
  };
}

function conditionsOf(source: Source, org: string, question: Question): Statement[] {
  const { project, user, apiKey, resource } = question;
  if (source === 'dimension') {
    const value = project ?? user ?? apiKey ?? resource?.id;
    return [
      { sql: 'dimension = ?', values: [onlyDimension(question)!] },
      ...(value === undefined ? [] : [{ sql: 'value = ?', values: [value] }]),
    ];
  }
  if (source === 'unnamed') return [{ sql: 'resources ->> ? is null', values: [resourceTypeOf(onlyDimension(question)!)!] }];
  const filters = [
    ['project_id = ?', project],
    ['user_id = ?', user],
    ['api_key_id = ?', apiKey],
  ] as const;
  return [
    ...(source === 'events'
      ? [{ sql: 'batch > coalesce((select r.batch from usage_rollups r where r.org_id = ?), 0)', values: [org] }]
      : []),
    ...filters.flatMap(([sql, value]) => (value === undefined ? [] : [{ sql, values: [value] }])),
    ...(resource ? [{ sql: 'resources ->> ? = ?', values: [resource.type, resource.id] }] : []),
  ];
}

function groupSql(group: string, source: Source, values: Statement['values']): string {
  const type = resourceTypeOf(group);
  if (type === undefined && columns[group] === undefined) return `date_trunc('${group}', ${sources[source].moment})`;
  if (source === 'dimension') return type === undefined ? "nullif(value, '')::uuid" : 'value';
  if (type === undefined) return columns[group]!;
  values.push(type);
  return 'resources ->> ?';
}
