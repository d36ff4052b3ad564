-- How much of something was used in a window of time, on whatever replica: mails to an address, organizations made by a user.
-- Counters alone, which belong to no organization; the daily clean-up forgets them.
create table budgets (
  kind text not null,
  subject text not null,
  -- When the window began.
  since timestamptz not null,
  used bigint not null,
  primary key (kind, subject, since)
);
create index budgets_by_time on budgets (since);
grant select, insert, update, delete on budgets to tenet_app;

-- Who made an organization through the API: their number for one user is bounded. Null for those of manifests.
alter table organizations add column created_by uuid references users (id);
update organizations o set created_by = g.user_id from grants g where g.org_id = o.id and g.source = 'CREATION';
create index organizations_by_creator on organizations (created_by) where created_by is not null;

-- As append_audit_event, for several events of one chain: the head is read and written once.
create function append_audit_events(org uuid, at timestamptz, actor text, action text, targets text[], outcome text, events text[])
returns bigint language plpgsql security definer set search_path = tenet, pg_temp as $$
declare
  head audit_heads;
  next_hash bytea;
begin
  if not in_scope(org) then
    raise exception 'out of scope' using errcode = 'insufficient_privilege';
  end if;
  insert into audit_heads values (org, 0, '\x') on conflict do nothing;
  select * into head from audit_heads where org_id = org for update;
  for place in 1 .. cardinality(events) loop
    next_hash := sha256(head.hash || convert_to((head.seq + 1)::text || E'\n' || events[place], 'UTF8'));
    insert into audit_events values (org, head.seq + 1, at, actor, action, targets[place], outcome, events[place], head.hash, next_hash);
    head.seq := head.seq + 1;
    head.hash := next_hash;
  end loop;
  update audit_heads set seq = head.seq, hash = head.hash where org_id = org;
  return head.seq;
end $$;
revoke execute on function append_audit_events from public;
grant execute on function append_audit_events to tenet_app;
