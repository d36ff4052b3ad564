-- What operators offer to organizations. `limits` has an object by the name of the limit, with the numbers `soft` and `hard`, or one of them.
create table plans (
  name text primary key check (name ~ '^[a-z][a-z0-9-]{0,62}$'),
  title text not null check (char_length(title) between 1 and 100),
  description text check (char_length(description) between 1 and 1000),
  -- Null: for every kind of organization.
  blueprints text[],
  entitlements text[] not null default '{}',
  limits jsonb not null default '{}' check (jsonb_typeof(limits) = 'object'),
  prices jsonb not null default '[]' check (jsonb_typeof(prices) = 'array'),
  trial_days integer not null default 0 check (trial_days between 0 and 365),
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
alter table plans enable row level security;
alter table plans force row level security;
create policy visible on plans for select using (true);
create policy of_the_platform on plans using (in_scope('00000000-0000-0000-0000-000000000000'));
grant select, insert, update, delete on plans to tenet_app;

create table subscriptions (
  org_id uuid primary key references organizations (id),
  plan text not null references plans (name),
  state text not null check (state in ('TRIALING', 'ACTIVE', 'PAST_DUE', 'SUSPENDED', 'CANCELED')),
  billing_period text not null check (billing_period in ('MONTHLY', 'ANNUAL')),
  -- Kept when the trial is over: an organization has one.
  trial_ends_at timestamptz,
  period_starts_at timestamptz not null,
  period_ends_at timestamptz not null check (period_ends_at > period_starts_at),
  -- What comes at the end of the period.
  next_plan text references plans (name),
  next_billing_period text check (next_billing_period in ('MONTHLY', 'ANNUAL')),
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint subscriptions_next check ((next_plan is null) = (next_billing_period is null)),
  constraint subscriptions_trial check (state <> 'TRIALING' or trial_ends_at is not null)
);
create index subscriptions_of_plan on subscriptions (plan);
create index subscriptions_of_next_plan on subscriptions (next_plan) where next_plan is not null;
create index subscriptions_by_end on subscriptions (least(period_ends_at, case when state = 'TRIALING' then trial_ends_at end))
  where state in ('TRIALING', 'ACTIVE', 'PAST_DUE');
alter table subscriptions enable row level security;
alter table subscriptions force row level security;
create policy in_scope on subscriptions using (in_scope(org_id));
grant select, insert, update, delete on subscriptions to tenet_app;

-- What an operator says for one organization in the place of its plan. Where both numbers are null, nothing limits it.
create table limit_overrides (
  org_id uuid not null references organizations (id),
  name text not null check (length(name) <= 80),
  soft bigint check (soft >= 0),
  hard bigint check (hard >= 0),
  reason text check (char_length(reason) between 1 and 500),
  set_by text not null,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (org_id, name)
);
alter table limit_overrides enable row level security;
alter table limit_overrides force row level security;
create policy in_scope on limit_overrides using (in_scope(org_id));
grant select, insert, update, delete on limit_overrides to tenet_app;

-- What was used of a limit on a meter in a month (UTC), from the first events on that come while there is the limit.
create table limit_uses (
  org_id uuid not null references organizations (id),
  name text not null,
  period date not null,
  used numeric not null,
  primary key (org_id, name, period)
);
alter table limit_uses enable row level security;
alter table limit_uses force row level security;
create policy in_scope on limit_uses using (in_scope(org_id));
grant select, insert, update, delete on limit_uses to tenet_app;

-- That a limit was reached: once in a month (UTC) for each of its two numbers.
create table limit_crossings (
  org_id uuid not null references organizations (id),
  name text not null,
  period date not null,
  threshold text not null check (threshold in ('SOFT', 'HARD')),
  -- The number that was reached, and what was in use then.
  at_limit bigint not null,
  used numeric not null,
  at timestamptz not null default now(),
  primary key (org_id, name, period, threshold)
);
create index limit_crossings_by_time on limit_crossings (org_id, at);
alter table limit_crossings enable row level security;
alter table limit_crossings force row level security;
create policy in_scope on limit_crossings using (in_scope(org_id));
grant select, insert on limit_crossings to tenet_app;

-- The month (UTC) of a moment, which is the period of every limit.
create function limit_period(moment timestamptz) returns date language sql immutable parallel safe strict
return date_trunc('month', moment at time zone 'UTC')::date;

-- The limit of this name that counts for an organization; no row where nothing limits it.
create function limit_of(org uuid, limit_name text, out soft bigint, out hard bigint, out is_override boolean)
  returns setof record language plpgsql stable rows 1 as $$
begin
  return query select o.soft, o.hard, true from limit_overrides o where o.org_id = org and o.name = limit_name;
  if not found then
    return query
      select (p.limits -> limit_name ->> 'soft')::bigint, (p.limits -> limit_name ->> 'hard')::bigint, false
      from subscriptions s join plans p on p.name = s.plan
      where s.org_id = org and p.limits ? limit_name;
  end if;
end $$;

-- What is in use of a limit now.
create function limit_used(org uuid, limit_name text) returns numeric language plpgsql stable as $$
begin
  case
    when limit_name = 'projects' then
      return (select count(*) from projects where org_id = org and state = 'ACTIVE');
    when limit_name = 'members' then
      return (select count(*) from members where org_id = org and state = 'ACTIVE');
    when limit_name = 'service-accounts' then
      return (select count(*) from service_accounts where org_id = org and state = 'ACTIVE');
    when limit_name = 'api-keys' then
      return (select count(*) from api_keys where org_id = org and state = 'ACTIVE' and (expires_at is null or expires_at > now()));
    when limit_name like 'resource.%' then
      return (select count(*) from resources where org_id = org and type = substr(limit_name, 10));
    else
      return coalesce(
        (select u.used from limit_uses u where u.org_id = org and u.name = limit_name and u.period = limit_period(now())),
        metered(org, substr(limit_name, 7), limit_period(now()))
      );
  end case;
end $$;

create function raise_limit(limit_name text, hard bigint, used numeric) returns void language plpgsql as $$
begin
  raise exception 'the limit % of % is reached', limit_name, hard using errcode = 'check_violation', constraint = 'limits_hold',
    detail = jsonb_build_object('name', limit_name, 'hard', hard, 'used', used)::text;
end $$;

create function note_crossings(org uuid, limit_name text, month date, soft bigint, hard bigint, used numeric) returns void language sql as $$
  insert into limit_crossings (org_id, name, period, threshold, at_limit, used)
  select org, limit_name, month, threshold, at_limit, note_crossings.used
  from (values ('SOFT', soft), ('HARD', hard)) as reached (threshold, at_limit)
  where note_crossings.used >= at_limit
  on conflict do nothing
$$;

-- Behind each row that is made or comes back, whoever makes it: the rows that count are as many as the limit at most. Only an organization with a limit
-- is counted, under the lock of its row, so that of two that are made at once the second is counted with the first.
create function keep_limit() returns trigger language plpgsql security definer set search_path = tenet, pg_temp as $$
declare
  limit_name text := tg_argv[0];
  present record;
  used numeric;
begin
  if tg_argv[0] = 'resource' then
    limit_name := 'resource.' || (to_jsonb(new) ->> 'type');
  end if;
  select * into present from limit_of(new.org_id, limit_name);
  if not found then
    return null;
  end if;
  perform from organizations where id = new.org_id for no key update;
  used := limit_used(new.org_id, limit_name);
  if used > present.hard then
    perform raise_limit(limit_name, present.hard, used - 1);
  end if;
  perform note_crossings(new.org_id, limit_name, limit_period(now()), present.soft, present.hard, used);
  return null;
end $$;

create trigger projects_keep_limit after insert on projects for each row when (new.state = 'ACTIVE') execute function keep_limit('projects');
create trigger projects_keep_limit_again after update of state on projects for each row
  when (new.state = 'ACTIVE' and old.state <> 'ACTIVE') execute function keep_limit('projects');
create trigger members_keep_limit after insert on members for each row when (new.state = 'ACTIVE') execute function keep_limit('members');
create trigger members_keep_limit_again after update of state on members for each row
  when (new.state = 'ACTIVE' and old.state <> 'ACTIVE') execute function keep_limit('members');
create trigger service_accounts_keep_limit after insert on service_accounts for each row
  when (new.state = 'ACTIVE') execute function keep_limit('service-accounts');
create trigger service_accounts_keep_limit_again after update of state on service_accounts for each row
  when (new.state = 'ACTIVE' and old.state <> 'ACTIVE') execute function keep_limit('service-accounts');
create trigger api_keys_keep_limit after insert on api_keys for each row when (new.state = 'ACTIVE') execute function keep_limit('api-keys');
create trigger resources_keep_limit after insert on resources for each row execute function keep_limit('resource');

-- What was used by a meter in a month (UTC): what is added up, and what is not yet.
create function metered(org uuid, meter_name text, of_month date) returns numeric language sql stable as $$
  select coalesce((select sum(d.quantity) from usage_dimension_days d
      where d.org_id = org and d.meter = meter_name and d.dimension = '' and d.day >= of_month and d.day < (of_month + interval '1 month')::date), 0)
    + coalesce((select sum(e.quantity) from usage_events e
      where e.org_id = org and e.meter = meter_name and e.month = of_month
        and e.batch > coalesce((select r.batch from usage_rollups r where r.org_id = org), 0)), 0)
$$;

-- Behind events that were written, under the lock of usage_heads: takes their amounts from the limits on meters, or refuses them all where a hard limit would
-- be passed. What no limit is for is not counted here. `amounts` is an array of {meter, month, amount}.
create function take_usage(org uuid, amounts jsonb) returns void language plpgsql security definer set search_path = tenet, pg_temp as $$
declare
  one record;
  present record;
  total numeric;
begin
  if not in_scope(org) then
    raise exception 'out of scope' using errcode = 'insufficient_privilege';
  end if;
  if not exists (select from subscriptions s where s.org_id = org) and not exists (select from limit_overrides o where o.org_id = org) then
    return;
  end if;
  for one in
    select 'meter.' || a.meter as name, a.meter, a.month, a.amount from jsonb_to_recordset(amounts) as a (meter text, month date, amount numeric) order by 1, 3
  loop
    select * into present from limit_of(org, one.name);
    continue when not found;
    update limit_uses u set used = u.used + one.amount where u.org_id = org and u.name = one.name and u.period = one.month returning u.used into total;
    if not found then
      total := metered(org, one.meter, one.month);
      insert into limit_uses (org_id, name, period, used) values (org, one.name, one.month, total);
    end if;
    if total > present.hard then
      perform raise_limit(one.name, present.hard, total - one.amount);
    end if;
    perform note_crossings(org, one.name, one.month, present.soft, present.hard, total);
  end loop;
end $$;

revoke execute on function limit_period, limit_of, limit_used, raise_limit, note_crossings, keep_limit, metered, take_usage from public;
grant execute on function limit_period, limit_of, limit_used, metered, take_usage to tenet_app;
