import { coverageSql } from '../access/mfa-coverage.ts';

/** Days before the end of a key, hours before the end of an invitation, from which it needs attention. */
const soon = { keyDays: 14, invitationHours: 48 };
/** Events that are shown. */
export const mostEvents = 10;

/**
 * A part of the summary: what the caller must be allowed to list, and one column of the one statement. `:org` is the organization, `:wide` says whether
 * what is in projects is counted too, `:types` are the types of resources that are counted, `:everywhere` and `:except` which projects are, and
 * those with `instances_` in front which installed applications.
 */
export interface Block {
  readonly permission: readonly [resource: string, action: string];
  readonly sql: string;
}

const inPlace = (table: string, wide: string) => `${table}.org_id = :org and (${table}.project_id is null or :${wide}::boolean)`;

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
    sql: `select coalesce(jsonb_object_agg(state, many), '{}') from (select state, count(*) as many from instances
        where org_id = :org and (:instances_everywhere::boolean <> (id = any(:instances_except::uuid[]))) group by state) i`,
  },
  resources: {
    permission: ['summary', 'read'],
    sql: `select coalesce(jsonb_agg(jsonb_build_object('resourceType', type, 'count', many) order by type), '[]') from (
        select type, count(*) as many from resources r
        where org_id = :org and (project_id is null and type = any(:types::text[]) or project_id is not null and type = any(:wide_types::text[])) group by type) r`,
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
  readonly resources: { readonly resourceType: string; readonly count: number }[];
  readonly recentActivity: {
    readonly sequence: number;
    readonly at: string;
    readonly actor: string;
    readonly action: string;
    readonly target: string;
    readonly outcome: 'SUCCEEDED' | 'DENIED';
  }[];
}

/** One statement for these parts: each a column with its value. */
export function summarySql(names: readonly BlockName[]): string {
  const columns = names.map((name) => `(${blocks[name].sql}) as "${name}"`);
  return `select ${['o.state', ...columns].join(',\n')} from organizations o where o.id = :org`;
}
