-- Until when the mails that an organization has asked for would take, at one mail a second: its turns among the mails of others.
create table mail_turns (
  org_id uuid primary key references organizations (id),
  until timestamptz not null
);
alter table mail_turns enable row level security;
alter table mail_turns force row level security;
create policy in_scope on mail_turns using ((select whole_platform()) or org_id = (select scope_organization()));
grant select, insert, update, delete on mail_turns to tenet_app;

-- As enqueue_all, for jobs that send a mail: each goes behind those of all organizations that have fewer mails ahead of them. `organization` of a job is a uuid.
create function enqueue_mails(task text, jobs json) returns void language plpgsql security definer set search_path = tenet, pg_temp as $$
begin
  insert into mail_turns as t (org_id, until)
  select (job ->> 'organization')::uuid, now() + count(*) * interval '1 second' from json_array_elements(jobs) as job group by 1 order by 1
  on conflict (org_id) do update set until = greatest(t.until, now()) + (excluded.until - now());
  -- The smallest priority is the next one; it is a smallint. The last of these is the last of its organization.
  perform graphile_worker.add_jobs(array_agg(row(
    task, job -> 'payload', job ->> 'queue', null, 20, job ->> 'jobKey', least(30000, 1 + floor(extract(epoch from until - now()) - behind))::int, null
  )::graphile_worker.job_spec order by place))
  from (
    select job, place, count(*) over (partition by job ->> 'organization' order by place desc) as behind
    from json_array_elements(jobs) with ordinality as given (job, place)
  ) as numbered join mail_turns on org_id = (job ->> 'organization')::uuid
  having count(*) > 0;
end $$;
revoke execute on function enqueue_mails from public;
grant execute on function enqueue_mails to tenet_app;
