import { coverageSql } from '../access/mfa-coverage.ts';
import { failuresUntilTold } from '../apps/instance-rows.ts';
import { shownState, trialOver } from '../apps/trials.ts';
import { limitNamesSql } from '../billing/limits.ts';
import { prepared } from '../database/connection.ts';
import type { Db } from '../database/database.ts';
import type { Organization } from '../organizations/organizations.ts';

type OrganizationState = Organization['state'];

/** Days before the end of a key, hours before the end of an invitation, from which it needs attention. */
const soon = { keyDays: 14, invitationHours: 48 };
/** Days of the trend, with today. */
const trendDays = 30;
/** Percent of a hard limit, in use, from which it needs attention. */
const nearPercent = 80;
/** Events that are shown. */
export const mostEvents = 10;

/**
 * A part of the summary: what the caller must be allowed to list, and one column of the one statement. `:org` is the organization, `:wide_...` says whether
 * what is in projects is counted too, `:types` are the types of resources that are counted, `:everywhere` and `:except` which projects are, and those with
 * `instances_` in front which installed applications. `days` is what was added up by day.
 */
export interface Block {
  readonly permission: readonly [resource: string, action: string];
  readonly sql: string;
}

const inPlace = (table: string, wide: string) => `${table}.org_id = :org and (${table}.project_id is null or :${wide}::boolean)`;

// Times in UTC. Each is an expression of now() alone, so that an index is entered at it.
const at = `(now() at time zone 'UTC')`;
const monthOf = (moment: string) => `date_trunc('month', ${moment})`;
const monthBefore = (moment: string) => `(${monthOf(moment)} - interval '1 month')`;
/** The begin of the same hour of the same day in the month before, or the end of that month where it is shorter. */
export const sameHourBefore = (moment: string) =>
  `least(${monthBefore(moment)} + (date_trunc('hour', ${moment}) - ${monthOf(moment)}), ${monthOf(moment)})`;
const until = sameHourBefore(at);

// What is added up by day: this month, the one before until the same hour, and the last days for a chart. `:meters` are those of its kind.
const daysSql = `
with meters as materialized (select * from jsonb_to_recordset(:meters::jsonb) as m (meter text, unit text, currency text)),
hours as materialized (
  select meter, sum(quantity) as quantity, sum(cost) as cost from usage_hours
  where org_id = :org::uuid and hour >= date_trunc('day', ${until}) at time zone 'UTC' and hour < ${until} at time zone 'UTC' group by meter
),
days as materialized (
  select m.*, d.day, coalesce(d.quantity, 0) as quantity, coalesce(d.cost, 0) as cost,
    d.day >= ${monthOf(at)} as is_now, d.day >= ${monthBefore(at)} and d.day < ${until}::date as is_before, d.day > ${at}::date - ${trendDays} as is_shown
  from meters m left join usage_dimension_days d on d.org_id = :org::uuid and d.meter = m.meter and d.dimension = '' and d.value = ''
    and d.day >= least(${monthBefore(at)}::date, ${at}::date - ${trendDays - 1}) and d.day <= ${at}::date
  union all
  select m.*, null, h.quantity, h.cost, false, true, false from meters m join hours h on h.meter = m.meter
)`;

const sumOf = (column: string, when: string) => `trim_scale(coalesce(sum(${column}) filter (where ${when}), 0))::text`;
const daysOf = (column: string) =>
  `coalesce(jsonb_agg(jsonb_build_object('day', day, '${column}', trim_scale(${column})::text) order by day) filter (where is_shown), '[]')`;

// Installed applications of living projects that the caller may list.
const listedInstances = `instances i where org_id = :org and exists (select from projects p where p.org_id = i.org_id and p.id = i.id and p.state = 'ACTIVE')
  and (:instances_everywhere::boolean <> (id = any(:instances_except::uuid[])))`;
const isFailing = `state = 'FAILED' or (state <> 'RUNNING' and desired = 'RUNNING' and failures >= ${failuresUntilTold})`;
const isUnhealthy = `state = 'RUNNING' and health = 'UNHEALTHY'`;

/** The parts, by their names in the answer. Each is answered from an index that begins with the organization. */
export const blocks = {
  members: {
    permission: ['member', 'list'],
    sql: `select jsonb_build_object('active', count(*) filter (where state = 'ACTIVE'), 'inactive', count(*) filter (where state = 'INACTIVE'))
      from members where org_id = :org and state <> 'REMOVED'`,
  },
  secondFactor: {
    permission: ['mfa', 'read'],
    sql: `select jsonb_build_object('required', mfa = 'REQUIRED', 'missing', case when mfa = 'REQUIRED' then
        (select count(*) from (${coverageSql} and m.state = 'ACTIVE') c where c.state = 'MISSING') else 0 end)
      from organizations where id = :org`,
  },
  invitations: {
    permission: ['invitation', 'list'],
    sql: `select jsonb_build_object('pending', count(*), 'endingSoon', count(*) filter (where expires_at <= now() + interval '${soon.invitationHours} hours'))
      from invitations where org_id = :org and state = 'PENDING' and expires_at > now()`,
  },
  projects: {
    permission: ['project', 'list'],
    sql: `select jsonb_build_object('active', count(*) filter (where state = 'ACTIVE'), 'archived', count(*) filter (where state = 'ARCHIVED'))
      from projects where org_id = :org and state <> 'DELETED' and (:everywhere::boolean <> (id = any(:except::uuid[])))`,
  },
  serviceAccounts: {
    permission: ['service-account', 'list'],
    sql: `select jsonb_build_object('active', count(*)) from service_accounts s where ${inPlace('s', 'wide_accounts')} and s.state = 'ACTIVE'`,
  },
  apiKeys: {
    permission: ['api-key', 'list'],
    sql: `select jsonb_build_object('active', count(*),
        'endingSoon', count(*) filter (where k.expires_at <= now() + interval '${soon.keyDays} days'),
        'ofLeavers', count(*) filter (where k.user_id is not null and m.user_id is null))
      from api_keys k left join members m on m.org_id = k.org_id and m.user_id = k.user_id and m.state = 'ACTIVE'
      where ${inPlace('k', 'wide_keys')} and k.state = 'ACTIVE' and (k.expires_at is null or k.expires_at > now())`,
  },
  webhooks: {
    permission: ['webhook', 'list'],
    sql: `select jsonb_build_object('active', count(*) filter (where state = 'ACTIVE'), 'disabled', count(*) filter (where state <> 'ACTIVE'))
      from webhooks where org_id = :org`,
  },
  instances: {
    permission: ['instance', 'list'],
    sql: `select coalesce(jsonb_object_agg(state, many), '{}') from (select ${shownState} as state, count(*) as many from ${listedInstances} group by 1) i`,
  },
  /** For what needs attention alone. */
  instanceFaults: {
    permission: ['instance', 'list'],
    sql: `select jsonb_build_object('failed', count(*) filter (where ${isFailing}), 'unhealthy', count(*) filter (where ${isUnhealthy}))
      from ${listedInstances} and not ${trialOver}`,
  },
  resources: {
    permission: ['summary', 'read'],
    sql: `select coalesce(jsonb_agg(jsonb_build_object('resourceType', type, 'count', many) order by type), '[]') from (
        select type, count(*) as many from resources r
        where org_id = :org and (project_id is null and type = any(:types::text[]) or project_id is not null and type = any(:wide_types::text[])) group by type) r`,
  },
  usage: {
    permission: ['usage', 'read'],
    sql: `select coalesce(jsonb_agg(jsonb_build_object('meter', meter, 'unit', unit, 'quantity', quantity, 'previous', previous, 'days', days) order by meter), '[]')
      from (select meter, unit, ${sumOf('quantity', 'is_now')} as quantity, ${sumOf('quantity', 'is_before')} as previous, ${daysOf('quantity')} as days
        from days group by meter, unit) u`,
  },
  cost: {
    permission: ['usage', 'read'],
    sql: `select coalesce(jsonb_agg(jsonb_build_object('currency', currency, 'amount', amount, 'previous', previous, 'days', days) order by currency), '[]')
      from (select currency, ${sumOf('cost', 'is_now')} as amount, ${sumOf('cost', 'is_before')} as previous, ${daysOf('cost')} as days
        from (select currency, day, sum(cost) as cost, is_now, is_before, is_shown from days
          where currency is not null group by currency, day, is_now, is_before, is_shown) u group by currency) u`,
  },
  limits: {
    permission: ['limit', 'read'],
    sql: `select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('name', name, 'soft', soft, 'hard', hard, 'used', used,
        'state', case when used >= hard then 'EXHAUSTED' when used >= soft or used * 100 >= hard * ${nearPercent} then 'NEAR' else 'FREE' end)) order by name), '[]')
      from (select n.name, l.soft, l.hard, case when n.name like 'resource.%' then
            (select count(*) from (select from resources r where r.org_id = :org and r.type = substr(n.name, 10) limit coalesce(l.hard, l.soft) + 1) counted)
            else limit_used(:org, n.name) end as used
        from (${limitNamesSql}) n cross join lateral limit_of(:org, n.name) l where coalesce(l.soft, l.hard) is not null) l`,
  },
  recentActivity: {
    permission: ['audit-event', 'list'],
    sql: `select coalesce(jsonb_agg(e), '[]') from (
        select seq as sequence, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, actor, action, target, outcome
        from audit_events where org_id = :org order by seq desc limit ${mostEvents}) e`,
  },
} as const satisfies Record<string, Block>;

export type BlockName = keyof typeof blocks;

/** What each part holds. */
export interface BlockValues {
  readonly members: { readonly active: number; readonly inactive: number };
  readonly secondFactor: { readonly required: boolean; readonly missing: number };
  readonly invitations: { readonly pending: number; readonly endingSoon: number };
  readonly projects: { readonly active: number; readonly archived: number };
  readonly serviceAccounts: { readonly active: number };
  readonly apiKeys: { readonly active: number; readonly endingSoon: number; readonly ofLeavers: number };
  readonly webhooks: { readonly active: number; readonly disabled: number };
  readonly instances: Readonly<Record<string, number>>;
  readonly instanceFaults: { readonly failed: number; readonly unhealthy: number };
  readonly resources: { readonly resourceType: string; readonly count: number }[];
  readonly usage: {
    readonly meter: string;
    readonly unit: string;
    readonly quantity: string;
    readonly previous: string;
    readonly days: { readonly day: string; readonly quantity: string }[];
  }[];
  readonly cost: {
    readonly currency: string;
    readonly amount: string;
    readonly previous: string;
    readonly days: { readonly day: string; readonly cost: string }[];
  }[];
  readonly limits: {
    readonly name: string;
    readonly soft?: number;
    readonly hard?: number;
    readonly used: number;
    readonly state: 'FREE' | 'NEAR' | 'EXHAUSTED';
  }[];
  readonly recentActivity: {
    readonly sequence: number;
    readonly at: string;
    readonly actor: string;
    readonly action: string;
    readonly target: string;
    readonly outcome: 'SUCCEEDED' | 'DENIED';
  }[];
}

/** What the statement is asked with: the parts that are shown, and what they count. */
export interface SummaryValues {
  readonly org: string;
  readonly shown: readonly BlockName[];
  readonly meters: string;
  readonly types: readonly string[];
  readonly wide_types: readonly string[];
  readonly wide_accounts: boolean;
  readonly wide_keys: boolean;
  readonly everywhere: boolean;
  readonly except: readonly string[];
  readonly instances_everywhere: boolean;
  readonly instances_except: readonly string[];
}

const columns = Object.entries(blocks).map(([name, { sql }]) => `case when '${name}' = any(:shown::text[]) then (${sql}) end as "${name}"`);
const named = `${daysSql}\nselect ${['o.state', ...columns].join(',\n')} from organizations o where o.id = :org::uuid`;
const order: (keyof SummaryValues)[] = [];
// One text for every caller, so that PostgreSQL parses and plans it once for a connection: that is most of what it costs.
const sql = named.replace(/(?<!:):([a-z_]+)/g, (_, name: keyof SummaryValues) => {
  if (!order.includes(name)) order.push(name);
  return `$${order.indexOf(name) + 1}`;
});

/** The parts that are asked for, at one moment. */
export async function readBlocks(db: Db, values: SummaryValues): Promise<{ state: OrganizationState } & Partial<BlockValues>> {
  type Row = { state: OrganizationState } & Record<BlockName, unknown>;
  const [row] = await prepared<Row>(
    db,
    'summary',
    sql,
    order.map((name) => values[name]),
    'list',
  );
  return Object.fromEntries(Object.entries(row!).filter(([, value]) => value !== null)) as {
    state: OrganizationState;
  } & Partial<BlockValues>;
}
