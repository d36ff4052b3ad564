-- The purge of a large organization takes longer than one transaction may: its rows go in parts. From the first part on it is not restored any more.
alter table organizations add column purging_since timestamptz;
alter table organizations add constraint organizations_purging_check check (purging_since is null or state = 'DELETED');

-- Forgets some rows of an organization whose purge has begun, and says how many. What may not go alone is left to purge_organization.
create function purge_organization_part(org uuid, at_most integer) returns bigint
language plpgsql security definer set search_path = tenet, pg_temp as $$
declare
  gone bigint := 0;
  part bigint;
  one regclass;
begin
  if not in_scope(org) then
    raise exception 'out of scope' using errcode = 'insufficient_privilege';
  end if;
  perform from organizations where id = org and purging_since is not null for update;
  if not found then
    return 0;
  end if;
  for one in
    select c.oid::regclass
    from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'tenet'::regnamespace and c.relkind = 'r' and a.attname = 'org_id' and not a.attisdropped
      and c.relname not in ('audit_events', 'audit_heads')
    order by c.relname
  loop
    exit when gone >= at_most;
    begin
      -- Else what may not go alone would fail the commit.
      set constraints all immediate;
      execute format('delete from %1$s where ctid = any (array(select ctid from %1$s where org_id = $1 limit $2))', one) using org, at_most - gone;
      get diagnostics part = row_count;
      gone := gone + part;
    exception when foreign_key_violation or check_violation then
    end;
  end loop;
  return gone;
end $$;
revoke execute on function purge_organization_part from public;
grant execute on function purge_organization_part to tenet_app;
