-- A key that is bound to a policy store may not outlive it, so the stores of an organization go behind its keys.
-- Forgets a deleted organization but for its audit log: its rows in every table that has an org_id, whatever refers to whatever. False when
-- there is no such organization, or when it is not deleted.
create or replace function purge_organization(org uuid) returns boolean language plpgsql security definer set search_path = tenet, pg_temp as $$
declare
  left_over regclass[];
  refused regclass[];
  one regclass;
begin
  if not in_scope(org) then
    raise exception 'out of scope' using errcode = 'insufficient_privilege';
  end if;
  perform from organizations where id = org and state = 'DELETED' for update;
  if not found then
    return false;
  end if;
  select array_agg(c.oid::regclass) into left_over
  from pg_class c join pg_attribute a on a.attrelid = c.oid
  where c.relnamespace = 'tenet'::regnamespace and c.relkind = 'r' and a.attname = 'org_id' and not a.attisdropped
    and c.relname not in ('audit_events', 'audit_heads');
  -- A table that others still refer to comes again when those are empty; so does one whose end would leave rows of another one that may not stand alone.
  while cardinality(left_over) > 0 loop
    refused := '{}';
    foreach one in array left_over loop
      begin
        execute format('delete from %s where org_id = $1', one) using org;
      exception when foreign_key_violation or check_violation then
        refused := refused || one;
      end;
    end loop;
    if cardinality(refused) = cardinality(left_over) then
      raise exception 'rows of % refer to each other', refused;
    end if;
    left_over := refused;
  end loop;
  delete from organizations where id = org;
  return true;
end $$;

-- As every function that requests call.
revoke execute on function canary_place(uuid) from public;
grant execute on function canary_place(uuid) to tenet_app;
