-- How much of the allowance of a key the replicas have taken, in each window that its kind has: they take it in blocks and spend them in memory.
create table key_rates (
  org_id uuid not null,
  key_id uuid not null,
  -- The length of the window, which begins at a multiple of it (UTC).
  seconds integer not null check (seconds > 0),
  since timestamptz not null,
  used bigint not null,
  primary key (org_id, key_id, seconds),
  foreign key (org_id, key_id) references api_keys (org_id, id)
) with (fillfactor = 50);
alter table key_rates enable row level security;
alter table key_rates force row level security;
create policy in_scope on key_rates using (in_scope(org_id));
grant select, insert, update, delete on key_rates to tenet_app;

-- Takes a block of each of these windows ([{"seconds", "quota"}]): a quarter of what is left, a thousand at most, at least one while there is any.
-- `free` is what is left then, and the window ends after so many milliseconds.
create function lease_key_rates(org uuid, key uuid, windows jsonb)
returns table (seconds integer, leased bigint, free bigint, milliseconds double precision)
language plpgsql set search_path = tenet, pg_temp as $$
#variable_conflict use_column
declare
  asked record;
  held key_rates;
  began timestamptz;
begin
  -- In one order, so that of two replicas neither waits for the other's.
  for asked in select w.seconds, w.quota from jsonb_to_recordset(windows) as w (seconds integer, quota bigint) order by w.seconds loop
    insert into key_rates values (org, key, asked.seconds, '-infinity', 0) on conflict do nothing;
    select * into held from key_rates where org_id = org and key_id = key and seconds = asked.seconds for update;
    -- Behind the lock, for which a window may have been waited out. A clock that is set back does not begin one again.
    began := to_timestamp(floor(extract(epoch from clock_timestamp()) / asked.seconds) * asked.seconds);
    if held.since < began then
      held.since := began;
      held.used := 0;
    end if;
    lease_key_rates.free := greatest(asked.quota - held.used, 0);
    lease_key_rates.leased := least(lease_key_rates.free, greatest(1, lease_key_rates.free / 4), 1000);
    update key_rates set since = held.since, used = held.used + lease_key_rates.leased
      where org_id = org and key_id = key and seconds = asked.seconds;
    lease_key_rates.free := lease_key_rates.free - lease_key_rates.leased;
    lease_key_rates.seconds := asked.seconds;
    lease_key_rates.milliseconds := extract(epoch from held.since - clock_timestamp()) * 1000 + asked.seconds * 1000.0;
    return next;
  end loop;
end $$;
revoke execute on function lease_key_rates from public;
grant execute on function lease_key_rates to tenet_app;
