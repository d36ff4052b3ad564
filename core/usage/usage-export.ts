import type { Actor } from '../authorization/decisions/actor.ts';
import { type MeterTerms, termsInForce } from '../authorization/store/meter-history.ts';
import { type InputError, InvalidInput } from '../base/errors.ts';
import { toId, toUuid } from '../base/ids.ts';
import { parseInstant, readInstant } from '../base/instants.ts';
import type { Db } from '../database/database.ts';
import { waitingCondition } from './sums-sql.ts';

/** Which usage is exported: of whole days, of all of the organization or of one project. */
export interface UsagePeriod {
  readonly since?: string | undefined;
  readonly before?: string | undefined;
  readonly projectId?: string | undefined;
}

/** The unit and the currency of each meter, as they were when the export began. */
export interface ExportedMeters {
  /** The kind of organization; exports of earlier versions do not say it. */
  readonly kind?: string;
  readonly meters: Terms;
}

type Terms = Readonly<Record<string, MeterTerms>>;

interface DayRow {
  meter: string;
  day: string;
  cell: string;
  project_id: string | null;
  user_id: string | null;
  api_key_id: string | null;
  resources: Record<string, string>;
  quantity: string;
  cost: string;
  events: string;
  last_at: Date;
}

/** What is kept with an export of usage. Throws InvalidInput for a period that is not of whole days. */
export async function beginUsageExport(
  actor: Actor,
  { organizationId, filters }: { organizationId: string; filters: UsagePeriod },
): Promise<ExportedMeters> {
  const errors = (['since', 'before'] as const).flatMap((name): InputError[] => {
    const pointer = `#/filters/${name}`;
    const moment = filters[name] === undefined ? undefined : readInstant(filters[name], { pointer });
    return moment === undefined || moment.getTime() % 86_400_000 === 0 ? [] : [{ pointer, detail: 'must be the begin of a day (UTC)' }];
  });
  if (errors.length > 0) throw new InvalidInput('Usage is exported by whole days.', errors);
  const { name: kind, meters = [] } = (await actor.engine({ organizationId })).blueprint!;
  return {
    kind,
    meters: Object.fromEntries(meters.map(({ name, unit, currency }) => [name, { unit, ...(currency !== undefined && { currency }) }])),
  };
}

const columns = 'meter, day, cell, project_id, user_id, api_key_id, resources';
const sums = 'sum(quantity) as quantity, sum(cost) as cost, sum(events) as events, max(last_at) as last_at';
const order = 'order by meter, day, cell limit :limit';

// Each part gives its first rows alone: the first of both together are among them.
const rowsSql = (isBehind: string, more: string) => `
with parts as (
  (select ${columns}, quantity, cost, events, last_at from usage_days
    where org_id = :org and day >= :since and day < :before ${more} ${isBehind} ${order})
  union all
  (select ${columns}, ${sums} from (
      select meter, (at at time zone 'UTC')::date as day, usage_cell(project_id, user_id, api_key_id, resources) as cell, project_id, user_id, api_key_id,
        resources, quantity, cost, 1 as events, at as last_at
      from usage_events
      where org_id = :org and ${waitingCondition(':org')} ${more}
    ) as waiting where day >= :since and day < :before ${isBehind} group by ${columns} ${order})
)
select meter, to_char(day, 'YYYY-MM-DD') as day, cell, project_id, user_id, api_key_id, resources,
  trim_scale(sum(quantity))::text as quantity, trim_scale(sum(cost))::text as cost, sum(events)::text as events, max(last_at) as last_at
from parts group by parts.meter, parts.day, cell, project_id, user_id, api_key_id, resources order by parts.meter, parts.day, cell limit :limit`;

/** The sums by day behind a position, with what is not added up yet; each row is as it is when it is written. */
export async function usageRows(
  db: Db,
  {
    org,
    filters,
    context,
    position,
    limit,
  }: { org: string; filters: UsagePeriod; context: object; position: string | null; limit: number },
): Promise<{ rows: object[]; position: string | undefined; isEnd: boolean }> {
  const { projectId } = filters;
  const isBehind = position === null ? '' : 'and (meter, day, cell) > (:meter, cast(:day as date), cast(:cell as uuid))';
  const sql = rowsSql(isBehind, projectId === undefined ? '' : 'and project_id = :project');
  const values: Record<string, string | number> = {
    ...{ org, limit, since: dayOf(filters.since, '0001-01-01'), before: dayOf(filters.before, '9999-12-31') },
    ...(projectId !== undefined && { project: toUuid('project', projectId) }),
    ...(position !== null && placeOf(position)),
  };
  const { rows } = await db.raw(sql, values);
  const found = rows as DayRow[];
  const last = found.at(-1);
  const meters = await withEarlier(db, context as ExportedMeters, found);
  return {
    rows: found.map((row) => toRow(row, meters)),
    position: last && JSON.stringify([last.meter, last.day, last.cell]),
    isEnd: found.length < limit,
  };
}

/** The terms of all meters of these rows: what was used of one that the kind has no more, or that has no cost any more, is shown in what it was counted in. */
async function withEarlier(db: Db, { kind, meters }: ExportedMeters, rows: readonly DayRow[]): Promise<Terms> {
  const isUnknown = ({ meter, cost }: DayRow) => !Object.hasOwn(meters, meter) || (meters[meter]!.currency === undefined && cost !== '0');
  const unknown = [...new Set(rows.filter(isUnknown).map(({ meter }) => meter))];
  if (kind === undefined || unknown.length === 0) return meters;
  return { ...meters, ...Object.fromEntries(await termsInForce(db, kind, unknown)) };
}

/** Where the rows before end. */
function placeOf(position: string): { meter: string; day: string; cell: string } {
  const [meter, day, cell] = JSON.parse(position) as [string, string, string];
  return { meter, day, cell };
}

function dayOf(moment: string | undefined, otherwise: string): string {
  return (
    parseInstant(moment ?? '')
      ?.toISOString()
      .slice(0, 10) ?? otherwise
  );
}

function toRow(row: DayRow, meters: Terms): object {
  const { unit, currency } = meters[row.meter] ?? {};
  return {
    day: row.day,
    meter: row.meter,
    ...(unit !== undefined && { unit }),
    ...(row.project_id !== null && { projectId: toId('project', row.project_id) }),
    ...(row.user_id !== null && { memberId: toId('user', row.user_id) }),
    ...(row.api_key_id !== null && { apiKeyId: toId('apiKey', row.api_key_id) }),
    ...(Object.keys(row.resources).length > 0 && { resources: row.resources }),
    quantity: row.quantity,
    ...(currency !== undefined && { cost: row.cost, currency }),
    events: Number(row.events),
    lastAt: row.last_at.toISOString(),
  };
}
