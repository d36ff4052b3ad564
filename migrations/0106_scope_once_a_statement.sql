-- A policy that calls a function for each row cost eight times what the row itself costs to read: 480 ns beside 60. What the scope is does not change within
-- a statement, so PostgreSQL reads it once for each (a subquery without a row of outside), and a row takes one comparison of uuids.
create function whole_platform() returns boolean language sql stable
return coalesce(current_setting('tenet.scope', true) = 'platform', false);
create function scope_organization() returns uuid language sql stable
return nullif(nullif(current_setting('tenet.scope', true), ''), 'platform')::uuid;
revoke execute on function whole_platform, scope_organization from public;
grant execute on function whole_platform, scope_organization to tenet_app;

-- For functions that ask about one organization.
create or replace function in_scope(org uuid) returns boolean language sql stable
return coalesce(whole_platform() or org = scope_organization(), false);

do $$
declare
  p record;
  owner_column text;
begin
  for p in select tablename, policyname, qual from pg_policies where schemaname = 'tenet' loop
    owner_column := substring(p.qual from 'in_scope\((org_id|id)\)');
    continue when owner_column is null;
    execute format('alter policy %I on %I using ((select whole_platform()) or %I = (select scope_organization()))',
      p.policyname, p.tablename, owner_column);
  end loop;
end $$;

-- As before, but for the policy of a new partition.
create or replace function keep_decision_log(days integer) returns void language plpgsql security definer
set search_path = tenet, pg_temp as $$
declare
  parent text;
  made date;
  partition text;
  today date := (now() at time zone 'UTC')::date;
begin
  if not in_scope('00000000-0000-0000-0000-000000000000') or days is null or days < 1 then
    raise exception 'out of scope' using errcode = 'insufficient_privilege';
  end if;
  perform pg_advisory_xact_lock(hashtext('tenet.decision_log'));
  foreach parent in array array['decision_log', 'decision_log_cases'] loop
    for made in select generate_series(today - 1, today + 2, interval '1 day')::date loop
      partition := format('%s_%s', parent, to_char(made, 'YYYYMMDD'));
      continue when to_regclass(partition) is not null;
      -- Attached when it is complete: that keeps neither readers nor writers of the others from theirs.
      execute format('create table %I (like %I including all)', partition, parent);
      if parent = 'decision_log' then
        execute format('alter table %I enable row level security', partition);
        execute format('alter table %I force row level security', partition);
        execute format('create policy in_scope on %I using ((select whole_platform()) or org_id = (select scope_organization()))', partition);
      end if;
      execute format('alter table %I attach partition %I for values from (%L) to (%L)', parent, partition, made, made + 1);
    end loop;
    for partition in
      select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = parent::regclass and right(c.relname, 8) < to_char(today - days, 'YYYYMMDD')
    loop
      execute format('drop table %I', partition);
    end loop;
  end loop;
  delete from decision_log_gaps where until < today - days;
  delete from decision_log_writers where ended_at < today - days;
end $$;

create or replace function make_usage_partitions() returns void language plpgsql security definer
set search_path = tenet, pg_temp as $$
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
    execute format('create policy in_scope on %I using ((select whole_platform()) or org_id = (select scope_organization()))', partition);
    execute format('alter table usage_events attach partition %I for values from (%L) to (%L)', partition, made, (made + interval '1 month')::date);
  end loop;
end $$;
