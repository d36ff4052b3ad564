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

/** The begin of the time that a moment is in, as a timestamp in UTC; of `hour`, `day` or `at`. */
const moments = { hours: "hour at time zone 'UTC'", days: 'day::timestamp', events: "at at time zone 'UTC'" } as const;
type Source = keyof typeof moments;

const timeForm = 'YYYY-MM-DD"T"HH24:MI:SS".000Z"';

/**
 * One statement that adds up what is rolled up and what is not yet, so that both are seen at one moment. Rows come in the order of their keys, behind those
 * of `after`.
 */
export function sumsSql(org: string, question: Question, { after, limit }: { after?: string[] | undefined; limit: number }): Statement {
  const groups = groupsOf(question);
  const since = beginOf(question, after);
  const parts = [partOf(question.source, org, question, since), partOf('events', org, question, since)];
  const keys = groups.map((group, index) => keySql(group, `k${index}`));
  const isBehind = after === undefined ? '' : `where (${keys.join(', ')}) > (${keys.map(() => `?::text collate "C"`).join(', ')})`;
  const names = groups.map((_, index) => `k${index}`).join(', ');
  const sql = `
select array[${keys.join(', ')}]::text[] as keys, trim_scale(quantity)::text as quantity, trim_scale(cost)::text as cost, events::text, last_at
from (
  select ${groups.length > 0 ? `${names}, ` : ''}sum(quantity) as quantity, sum(cost) as cost, coalesce(sum(events), 0) as events, max(last_at) as last_at
  from (${parts.map((part) => part.sql).join(' union all ')}) as rows ${groups.length > 0 ? `group by ${names}` : ''}
) as sums ${isBehind}
${keys.length > 0 ? `order by ${keys.join(', ')}` : ''} limit ${limit}`;
  return { sql, values: [...parts.flatMap((part) => part.values), ...(after ?? [])] };
}

/** Times that are behind the page are not read. */
function beginOf({ time, from }: Question, after: string[] | undefined): Date {
  const reached = time !== undefined && after !== undefined ? new Date(after[0]!) : from;
  return reached > from ? reached : from;
}

/** The text by which a group is sorted and told in page tokens. */
function keySql(group: string, name: string): string {
  const text = ['hour', 'day', 'month'].includes(group) ? `to_char(${name}, '${timeForm}')` : `coalesce(${name}::text, '')`;
  return `${text} collate "C"`;
}

/** The rows of one table: sums, or events that are in none yet. */
function partOf(source: Source, org: string, question: Question, since: Date): Statement {
  const values: Statement['values'] = [];
  const groups = groupsOf(question).map((group, index) => `${groupSql(group, source, values)} as k${index}`);
  const selected = [
    ...groups,
    'quantity',
    'cost',
    source === 'events' ? '1 as events' : 'events',
    source === 'events' ? 'at as last_at' : 'last_at',
  ];
  const conditions = ['org_id = ?', 'meter = ?'];
  values.push(org, question.meter.name);
  const column = { hours: 'hour', days: 'day', events: 'at' }[source];
  conditions.push(`${column} >= ?`, `${column} < ?`);
  for (const moment of [since, question.to]) values.push(source === 'days' ? moment.toISOString().slice(0, 10) : moment);
  if (source === 'events') {
    conditions.push('batch > coalesce((select r.batch from usage_rollups r where r.org_id = ?), 0)');
    values.push(org);
  }
  for (const [name, value] of [
    ['project_id', question.project],
    ['user_id', question.user],
    ['api_key_id', question.apiKey],
  ] as const) {
    if (value === undefined) continue;
    conditions.push(`${name} = ?`);
    values.push(value);
  }
  if (question.resource) {
    conditions.push('resources ->> ? = ?');
    values.push(question.resource.type, question.resource.id);
  }
  return { sql: `select ${selected.join(', ')} from usage_${source} where ${conditions.join(' and ')}`, values };
}

function groupSql(group: string, source: Source, values: Statement['values']): string {
  const type = resourceTypeOf(group);
  if (type === undefined) return columns[group] ?? `date_trunc('${group}', ${moments[source]})`;
  values.push(type);
  return 'resources ->> ?';
}
