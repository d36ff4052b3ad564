-- That a limit was reached is an event of the audit log, which the job of alerts records once. What was noted before this version is not recorded any more.
alter table limit_crossings add column recorded_at timestamptz default now();
alter table limit_crossings alter column recorded_at drop default;
create index limit_crossings_to_record on limit_crossings (org_id) where recorded_at is null;
grant update on limit_crossings to tenet_app;

-- Behind events that were written, under the lock of usage_heads: takes their amounts from the limits on meters, or refuses them all where a hard limit would
-- be passed; a refusal says the month and which of the events are of it. What no limit is for is not counted here, but a count that was begun is kept up
-- without one too, so that nothing is forgotten when there is one again. `amounts` is an array of {meter, month, amount}.
create or replace function take_usage(org uuid, amounts jsonb) returns void language plpgsql security definer set search_path = tenet, pg_temp as $$
declare
  one record;
  present record;
  total numeric;
  is_counted boolean;
begin
  if not in_scope(org) then
    raise exception 'out of scope' using errcode = 'insufficient_privilege';
  end if;
  if not exists (select from subscriptions s where s.org_id = org) and not exists (select from limit_overrides o where o.org_id = org)
    and not exists (select from limit_uses u where u.org_id = org) then
    return;
  end if;
  for one in
    select 'meter.' || a.meter as name, a.meter, a.month, a.amount from jsonb_to_recordset(amounts) as a (meter text, month date, amount numeric) order by 1, 3
  loop
    update limit_uses u set used = u.used + one.amount where u.org_id = org and u.name = one.name and u.period = one.month returning u.used into total;
    is_counted := found;
    select * into present from limit_of(org, one.name);
    continue when not found;
    if not is_counted then
      total := metered(org, one.meter, one.month);
      insert into limit_uses (org_id, name, period, used) values (org, one.name, one.month, total);
    end if;
    if total > present.hard then
      raise exception 'the limit % of % is reached', one.name, present.hard using errcode = 'check_violation', constraint = 'limits_hold',
        detail = jsonb_build_object('name', one.name, 'hard', present.hard, 'used', total - one.amount, 'month', one.month,
          'isPast', one.month < limit_period(now()), 'text', trim_scale(total - one.amount)::text,
          'events', (select jsonb_agg(e.id) from usage_events e, usage_heads h
            where h.org_id = org and e.org_id = org and e.month = one.month and e.batch = h.batch and e.meter = one.meter))::text;
    end if;
    perform note_crossings(org, one.name, one.month, present.soft, present.hard, total);
  end loop;
end $$;
