-- Usage: events as they were received, a partition for each month (UTC) of their time, and what they add up to.
create table usage_events (
  org_id uuid not null,
  month date not null,
  -- The client's. An event is taken for 35 days at most, so that its id is looked for in three partitions.
  id text collate "C" not null check (length(id) between 1 and 128),
  -- In the order of commits: usage_heads is locked from the number on.
  batch bigint not null,
  meter text not null,
  at timestamptz not null,
  quantity numeric not null check (quantity >= 0),
  cost numeric not null check (cost >= 0),
  -- They stay when what they name is purged: it was used.
  project_id uuid,
  user_id uuid,
  api_key_id uuid,
  -- By type: {"model": "gpt-x"}.
  resources jsonb not null default '{}',
  primary key (org_id, id, month),
  check (month = date_trunc('month', at at time zone 'UTC')::date)
) partition by range (month);
-- What is not added up yet.
create index usage_events_by_batch on usage_events (org_id, batch);
alter table usage_events enable row level security;
alter table usage_events force row level security;
create policy in_scope on usage_events using (in_scope(org_id));
grant select, insert on usage_events to tenet_app;

-- The number of the last batch of an organization. A transaction that has taken one holds the row until it ends, so that batches are visible in their order.
create table usage_heads (
  org_id uuid primary key,
  batch bigint not null
);
alter table usage_heads enable row level security;
alter table usage_heads force row level security;
create policy in_scope on usage_heads using (in_scope(org_id));
grant select, insert, update on usage_heads to tenet_app;

-- Up to which batch the events are in usage_hours and usage_days.
create table usage_rollups (
  org_id uuid primary key,
  batch bigint not null default 0
);
alter table usage_rollups enable row level security;
alter table usage_rollups force row level security;
create policy in_scope on usage_rollups using (in_scope(org_id));
grant select, insert, update on usage_rollups to tenet_app;

-- What tells usage apart within a meter, as one value that an index can serve.
create function usage_cell(project_id uuid, user_id uuid, api_key_id uuid, resources jsonb) returns uuid
language sql immutable parallel safe as $$
  select md5(concat_ws('/', coalesce(project_id::text, '-'), coalesce(user_id::text, '-'), coalesce(api_key_id::text, '-'), resources::text))::uuid
$$;
revoke execute on function usage_cell from public;
grant execute on function usage_cell to tenet_app;

create table usage_hours (
  org_id uuid not null,
  meter text not null,
  hour timestamptz not null,
  cell uuid not null,
  project_id uuid,
  user_id uuid,
  api_key_id uuid,
  resources jsonb not null,
  quantity numeric not null,
  cost numeric not null,
  events bigint not null,
  last_at timestamptz not null,
  primary key (org_id, meter, hour, cell)
);
alter table usage_hours enable row level security;
alter table usage_hours force row level security;
create policy in_scope on usage_hours using (in_scope(org_id));
grant select, insert, update, delete on usage_hours to tenet_app;

create table usage_days (
  org_id uuid not null,
  meter text not null,
  day date not null,
  cell uuid not null,
  project_id uuid,
  user_id uuid,
  api_key_id uuid,
  resources jsonb not null,
  quantity numeric not null,
  cost numeric not null,
  events bigint not null,
  last_at timestamptz not null,
  primary key (org_id, meter, day, cell)
);
alter table usage_days enable row level security;
alter table usage_days force row level security;
create policy in_scope on usage_days using (in_scope(org_id));
grant select, insert, update, delete on usage_days to tenet_app;

-- Makes the partitions of the two months before, of this one and of the next two.
create function make_usage_partitions() returns void language plpgsql security definer set search_path = tenet, pg_temp as $$
declare
  made date;
  partition text;
  this date := date_trunc('month', now() at time zone 'UTC')::date;
begin
  perform pg_advisory_xact_lock(hashtext('tenet.usage'));
  for made in select generate_series(this - interval '2 months', this + interval '2 months', interval '1 month')::date loop
    partition := format('usage_events_%s', to_char(made, 'YYYYMM'));
    continue when to_regclass(partition) is not null;
    execute format('create table %I (like usage_events including all)', partition);
    execute format('alter table %I enable row level security', partition);
    execute format('alter table %I force row level security', partition);
    execute format('create policy in_scope on %I using (in_scope(org_id))', partition);
    execute format('alter table usage_events attach partition %I for values from (%L) to (%L)', partition, made, (made + interval '1 month')::date);
  end loop;
end $$;
revoke execute on function make_usage_partitions from public;
grant execute on function make_usage_partitions to tenet_app;

-- Drops the partitions that are older than so many months.
create function drop_usage_partitions(months int) returns void language plpgsql security definer set search_path = tenet, pg_temp as $$
declare
  partition text;
begin
  if not in_scope('00000000-0000-0000-0000-000000000000') or months is null or months < 3 then
    raise exception 'out of scope' using errcode = 'insufficient_privilege';
  end if;
  for partition in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'usage_events'::regclass
      and right(c.relname, 6) < to_char((now() at time zone 'UTC') - make_interval(months => months), 'YYYYMM')
  loop
    execute format('drop table %I', partition);
  end loop;
end $$;
revoke execute on function drop_usage_partitions from public;
grant execute on function drop_usage_partitions to tenet_app;
