-- Decisions of policy stores as they were taken, beside the decision log: a partition for each day (UTC), dropped with its time. What was asked is all that a
-- decision depends on besides the files of the revision. It is json and no jsonb, which refuses a text with a zero in it.
create table decision_log_stores (
  org_id uuid not null,
  project_id uuid not null,
  store_id uuid not null,
  -- UUIDv7: its time is that of the decision.
  id uuid not null,
  day date not null,
  at timestamptz not null,
  revision int not null,
  sha256 text not null,
  -- As core/authorization/decisions/subjects.ts names them.
  caller text not null,
  request uuid not null,
  -- Asked with minimize_latency.
  may_be_cached boolean not null,
  decision boolean not null,
  -- Of policy.csv; null where no row decided.
  line int,
  question json not null,
  primary key (org_id, store_id, id, day)
) partition by range (day);
alter table decision_log_stores enable row level security;
alter table decision_log_stores force row level security;
create policy in_scope on decision_log_stores using ((select whole_platform()) or org_id = (select scope_organization()));
grant select, insert on decision_log_stores to tenet_app;

-- As before, with the decisions of stores.
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
  foreach parent in array array['decision_log', 'decision_log_cases', 'decision_log_stores'] loop
    for made in select generate_series(today - 1, today + 2, interval '1 day')::date loop
      partition := format('%s_%s', parent, to_char(made, 'YYYYMMDD'));
      continue when to_regclass(partition) is not null;
      -- Attached when it is complete: that keeps neither readers nor writers of the others from theirs.
      execute format('create table %I (like %I including all)', partition, parent);
      if parent <> 'decision_log_cases' then
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
