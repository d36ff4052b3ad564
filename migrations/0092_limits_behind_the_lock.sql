-- Behind each row that is made or comes back, whoever makes it: the rows that count are as many as the limit at most. Only an organization with a limit
-- is counted, under the lock of its row, so that of two that are made at once the second is counted with the first. Who sets
-- limits locks it for update, and so waits for rows that were made without one.
create or replace function keep_limit() returns trigger language plpgsql security definer set search_path = tenet, pg_temp as $$
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
  -- Again, behind who has changed it meanwhile.
  select * into present from limit_of(new.org_id, limit_name);
  if present.soft is null and present.hard is null then
    return null;
  end if;
  if tg_argv[0] = 'resource' then
    -- As far as it matters: there may be many.
    select count(*) into used from (
      select from resources where org_id = new.org_id and type = substr(limit_name, 10) limit coalesce(present.hard, present.soft) + 1
    ) counted;
  else
    used := limit_used(new.org_id, limit_name);
  end if;
  if used > present.hard then
    perform raise_limit(limit_name, present.hard, used - 1);
  end if;
  perform note_crossings(new.org_id, limit_name, limit_period(now()), present.soft, present.hard, used);
  return null;
end $$;

create index resources_of_type on resources (org_id, type);
