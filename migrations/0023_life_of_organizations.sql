-- Why an organization is suspended, by cause: OPERATOR, ARCHIVE; each with when and by whom, and a reason for its members.
-- What one cause began ends with that cause alone: an archived organization that was suspended as well is archived still when it is resumed.
alter table organizations add column suspensions jsonb not null default '{}';
update organizations set suspensions = jsonb_build_object(
  case when archived_by is null then 'OPERATOR' else 'ARCHIVE' end, jsonb_build_object('since', to_jsonb(updated_at)))
where state = 'SUSPENDED';
alter table organizations add constraint organizations_active_is_not_suspended check (state <> 'ACTIVE' or suspensions = '{}');

-- The slug to restore a deleted organization with. Those that were deleted before this have lost theirs.
alter table organizations add column deleted_slug text;
update organizations set deleted_slug = 'deleted-' || id where state = 'DELETED';
create index organizations_deleted on organizations (deleted_at) where state = 'DELETED';

-- Forgets a deleted organization but for its audit log: its rows in every table that has an org_id, whatever refers to whatever. False when
-- there is no such organization, or when it is not deleted.
create function purge_organization(org uuid) returns boolean language plpgsql security definer set search_path = tenet, pg_temp as $$
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
  -- A table that others still refer to comes again when those are empty.
  while cardinality(left_over) > 0 loop
    refused := '{}';
    foreach one in array left_over loop
      begin
        execute format('delete from %s where org_id = $1', one) using org;
      exception when foreign_key_violation then
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
revoke execute on function purge_organization from public;
grant execute on function purge_organization to tenet_app;
