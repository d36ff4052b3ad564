-- Behind events that were written, under the lock of usage_heads: takes their amounts from the limits on meters, or refuses them all where a hard limit would
-- be passed. What no limit is for is not counted here, but a count that was begun is kept up without one too, so that nothing is forgotten when there is
-- one again. `amounts` is an array of {meter, month, amount}.
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
      perform raise_limit(one.name, present.hard, total - one.amount);
    end if;
    perform note_crossings(org, one.name, one.month, present.soft, present.hard, total);
  end loop;
end $$;

-- Counts that were not kept up while another plan counted: they begin anew from the sums of usage, with the next events.
delete from limit_uses;
