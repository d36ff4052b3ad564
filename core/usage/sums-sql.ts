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
 * Where rows come from, with the column of their time, the begin of it as a timestamp in UTC, and the day of it. `dimension` has days by one dimension
 * alone, and `unnamed` what it has not: usage that named no resource of the type.
 */
const sources = {
  hours: { table: 'usage_hours', column: 'hour', moment: "hour at time zone 'UTC'", day: "(hour at time zone 'UTC')::date" },
  days: { table: 'usage_days', column: 'day', moment: 'day::timestamp', day: 'day' },
  dimension: { table: 'usage_dimension_days', column: 'day', moment: 'day::timestamp', day: 'day' },
  unnamed: { table: 'usage_days', column: 'day', moment: 'day::timestamp', day: 'day' },
  events: { table: 'usage_events', column: 'at', moment: "at at time zone 'UTC'", day: "(at at time zone 'UTC')::date" },
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

/**
 * What tells the events of an organization that are in no sum yet. The database reads them by an index because what is compared is one value, which the
 * subquery gives: row level security keeps a condition with a function around it from the index.
 */
export function waitingCondition(org: string): string {
  return `batch > (select coalesce(max(r.batch), 0) from usage_rollups r where r.org_id = ${org}) and batch > 0`;
}

const timeForm = 'YYYY-MM-DD"T"HH24:MI:SS".000Z"';

/**
 * One statement that adds up what is rolled up and what is not yet, so that both are seen at one moment. Rows come in the order of their keys, behind those
 * of `after`. Each source gives its first sums alone: the first of all together are among them, and an index that has their order is read that far only.
 */
export function sumsSql(org: string, question: Question, { after, limit }: { after?: string[] | undefined; limit: number }): Statement {
  const groups = groupsOf(question);
  const used = sourcesOf(question);
  const asked = { question, since: beginOf(question, after), asText: used.includes('dimension') };
  const keys = groups.map((group, index) => keySql(group, `k${index}`, asked.asText));
  const page = pageOf(groups, { asText: asked.asText, after, limit });
  const parts = used.map((source): Statement => {
    const part = partOf(source, org, asked);
    if (groups.length === 0) return part;
    const isSummed = source === 'dimension' && question.time === 'day';
    return { sql: `(${page.of(part.sql, isSummed)})`, values: [...part.values, ...(after ?? [])] };
  });
  const sql = `
select array[${keys.join(', ')}]::text[] as keys, trim_scale(quantity)::text as quantity, trim_scale(cost)::text as cost, events::text, last_at
from (
  select ${page.names}sum(quantity) as quantity, sum(cost) as cost, coalesce(sum(events), 0) as events, max(last_at) as last_at
  from (${parts.map((part) => part.sql).join(' union all ')}) as rows ${page.grouping} ${page.order} limit ${limit}
) as page ${page.order}`;
  return { sql, values: parts.flatMap((part) => part.values) };
}

/** How rows with the keys k0, k1 and so on make a page: in their order, behind those of `after`. */
function pageOf(groups: readonly string[], { asText, after, limit }: { asText: boolean; after: string[] | undefined; limit: number }) {
  const names = groups.map((_, index) => `k${index}`);
  const compared = groups.map((group, index) => (group === 'day' ? `k${index}` : keySql(group, `k${index}`, asText)));
  const given = groups.map((group) => (group === 'day' ? '?::date' : '?::text collate "C"'));
  const isBehind = after === undefined ? '' : `where (${compared.join(', ')}) > (${given.join(', ')})`;
  const order = groups.length > 0 ? `order by ${groups.map((group, index) => orderSql(group, `k${index}`, asText)).join(', ')}` : '';
  const grouping = groups.length > 0 ? `group by ${names.join(', ')}` : '';
  const sums = 'sum(quantity) as quantity, sum(cost) as cost, sum(events) as events, max(last_at) as last_at';
  return {
    names: names.map((name) => `${name}, `).join(''),
    ...{ grouping, order },
    /** The first sums of these rows, of which there may be one for each key already. */
    of(rows: string, isSummed: boolean): string {
      const [columns, grouped] = isSummed ? ['quantity, cost, events, last_at', ''] : [sums, grouping];
      return `select ${names.join(', ')}, ${columns} from (${rows}) as rows ${isBehind} ${grouped} ${order} limit ${limit}`;
    },
  };
}

/** Times that are behind the page are not read. */
function beginOf({ time, from }: Question, after: string[] | undefined): Date {
  const reached = time !== undefined && after !== undefined ? new Date(after[0]!) : from;
  return reached > from ? reached : from;
}

/** Groups that are times. */
const times: readonly string[] = ['hour', 'day', 'month'];

/** The text by which a group is sorted, and which page tokens hold. */
function keySql(group: string, name: string, asText: boolean): string {
  if (times.includes(group)) return `to_char(${name}::timestamp, '${timeForm}') collate "C"`;
  return asText ? name : `coalesce(${name}::text, '') collate "C"`;
}

/** The order of these texts, without making them for rows that are not on the page: where it is that of an index, what is behind the page is not read. */
function orderSql(group: string, name: string, asText: boolean): string {
  if (asText || times.includes(group)) return name;
  return `${name}${resourceTypeOf(group) === undefined ? '' : ' collate "C"'} nulls first`;
}

/** What the parts of a statement have in common: whether dimensions are texts, as in the sums by one of them, and since when rows are read. */
interface Asked {
  readonly question: Question;
  readonly since: Date;
  readonly asText: boolean;
}

/** The rows of one source: sums, or events that are in none yet. */
function partOf(source: Source, org: string, asked: Asked): Statement {
  const { question, since, asText } = asked;
  const { table, column } = sources[source];
  const values: Statement['values'] = [];
  const groups = groupsOf(question).map((group, index) => `${groupSql(group, source, { values, asText })} as k${index}`);
  const counted = source === 'events' ? ['1 as events', 'at as last_at'] : ['events', 'last_at'];
  const conditions = ['org_id = ?', 'meter = ?', `${column} >= ?`, `${column} < ?`];
  const momentOf = (moment: Date) => (column === 'day' ? dayOf(moment) : moment);
  values.push(org, question.meter.name, momentOf(since), momentOf(question.to));
  for (const { sql, values: more } of conditionsOf(source, org, asked)) {
    conditions.push(sql);
    values.push(...more);
  }
  return {
    sql: `select ${[...groups, 'quantity', 'cost', ...counted].join(', ')} from ${table} where ${conditions.join(' and ')}`,
    values,
  };
}

/** Whether there were more events than those that named a resource of the type: most often there were not, and the database reads no rows for the others. */
function areSomeUnnamed(org: string, { question, since, dimension }: { question: Question; since: Date; dimension: string }): Statement {
  const sql = `(
    select coalesce(sum(events) filter (where dimension = ''), 0) > coalesce(sum(events) filter (where dimension <> ''), 0)
    from usage_dimension_days where org_id = ? and meter = ? and dimension in ('', ?) and day >= ? and day < ?
  )`;
  return { sql, values: [org, question.meter.name, dimension, dayOf(since), dayOf(question.to)] };
}

/** The day (UTC) of a moment. */
function dayOf(moment: Date): string {
  return moment.toISOString().slice(0, 10);
}

function conditionsOf(source: Source, org: string, { question, since }: Asked): Statement[] {
  const { project, user, apiKey, resource } = question;
  if (source === 'dimension') {
    const value = project ?? user ?? apiKey ?? resource?.id;
    return [
      { sql: 'dimension = ?', values: [onlyDimension(question)!] },
      ...(value === undefined ? [] : [{ sql: 'value = ?', values: [value] }]),
    ];
  }
  if (source === 'unnamed') {
    const dimension = onlyDimension(question)!;
    return [{ sql: 'resources ->> ? is null', values: [resourceTypeOf(dimension)!] }, areSomeUnnamed(org, { question, since, dimension })];
  }
  const filters = [
    ['project_id = ?', project],
    ['user_id = ?', user],
    ['api_key_id = ?', apiKey],
  ] as const;
  return [
    ...(source === 'events' ? [{ sql: waitingCondition('?'), values: [org] }] : []),
    ...filters.flatMap(([sql, value]) => (value === undefined ? [] : [{ sql, values: [value] }])),
    ...(resource ? [{ sql: 'resources ->> ? = ?', values: [resource.type, resource.id] }] : []),
  ];
}

function groupSql(group: string, source: Source, { values, asText }: { values: Statement['values']; asText: boolean }): string {
  if (group === 'day') return sources[source].day;
  if (times.includes(group)) return `date_trunc('${group}', ${sources[source].moment})`;
  if (source === 'dimension') return 'value';
  const type = resourceTypeOf(group);
  if (type !== undefined) values.push(type);
  const value = type === undefined ? columns[group]! : 'resources ->> ?';
  return asText ? `coalesce((${value})::text, '') collate "C"` : value;
}
