-- The decision log: decisions as they were taken, written in batches off the way of requests, a partition for each day (UTC). A row is what a
-- process wrote of one organization at one time, as arrays of one length: a row for each decision costs the database ten times as much. What many
-- decisions have in common is a case: the roles, the revisions, the question and the verdict.
create table decision_log (
  org_id uuid not null,
  -- Of the first decision, and of the last one, which is a minute later at the most.
  since timestamptz not null,
  until timestamptz not null,
  id uuid not null,
  day date not null,
  -- UUIDv7: its time is that of the decision, which says where to look for it.
  decisions uuid[] not null,
  -- Milliseconds behind the first one.
  offsets int[] not null,
  cases uuid[] not null,
  -- As core/authorization/decisions/subjects.ts names them: a key behind its owner, an operator with the support access.
  subjects text[] not null,
  -- They stay as long as the day does when the project is purged, as audit events do.
  projects uuid[] not null,
  requests uuid[] not null,
  -- Asked by a client of the decision API; else it is the decision of a request itself.
  are_questions boolean[] not null,
  -- Asked with minimize_latency.
  may_be_cached boolean[] not null,
  primary key (org_id, since, id, day)
) partition by range (day);
alter table decision_log enable row level security;
alter table decision_log force row level security;
create policy in_scope on decision_log using (in_scope(org_id));
grant select, insert on decision_log to tenet_app;

-- A row for each decision.
create view decision_log_entries with (security_invoker = true) as
select l.org_id, l.day, l.since, l.until, l.id as part, e.position, e.id, l.since + e.milliseconds * interval '1 millisecond' as at, e.case_id, e.subject, e.project,
  e.request, e.is_question, e.may_be_cached
from decision_log l,
  unnest(l.decisions, l.offsets, l.cases, l.subjects, l.projects, l.requests, l.are_questions, l.may_be_cached)
    with ordinality as e (id, milliseconds, case_id, subject, project, request, is_question, may_be_cached, position);
grant select on decision_log_entries to tenet_app;

-- By the digest of what it says. As policy_revisions, it is of no organization: it names roles, revisions and rows, and no subject.
create table decision_log_cases (
  id uuid not null,
  day date not null,
  document jsonb not null,
  primary key (id, day)
) partition by range (day);
grant select, insert on decision_log_cases to tenet_app;

-- The processes that write the log. One that does not end its row was killed, and has lost what it had not written.
create table decision_log_writers (
  id uuid primary key,
  begun_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  -- Of the decisions before it none waits.
  complete_until timestamptz not null,
  ended_at timestamptz,
  -- Entries that may wait to be written.
  buffer int not null,
  written bigint not null default 0,
  lost bigint not null default 0
);
grant select, insert, update on decision_log_writers to tenet_app;

-- Where the log is not complete, and how much is missing at the most.
create table decision_log_gaps (
  writer uuid not null,
  since timestamptz not null,
  until timestamptz not null,
  reason text not null check (reason in ('FULL', 'FAILED', 'KILLED')),
  lost bigint not null,
  primary key (writer, since, reason)
);
create index decision_log_gaps_by_time on decision_log_gaps (until);
grant select, insert, update on decision_log_gaps to tenet_app;

-- Makes the partitions of yesterday, today and the next two days, and drops those older than so many days.
create function keep_decision_log(days int) returns void language plpgsql security definer set search_path = tenet, pg_temp as $$
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
        execute format('create policy in_scope on %I using (in_scope(org_id))', partition);
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
revoke execute on function keep_decision_log from public;
grant execute on function keep_decision_log to tenet_app;
