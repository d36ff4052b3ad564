-- What was decided about the data of an application when it was uninstalled ends when its project is restored: it is decided anew when it is uninstalled again.
create or replace function follow_project() returns trigger language plpgsql security definer set search_path = tenet, pg_temp as $$
begin
  if new.state = 'DELETED' then
    update instances set desired = 'REMOVED', state = 'UNINSTALLING', version = version + 1, updated_at = now() where org_id = new.org_id and id = new.id;
  elsif old.state = 'DELETED' then
    update instances set desired = 'STOPPED', deletes_data = false, removed_at = null, version = version + 1, updated_at = now()
    where org_id = new.org_id and id = new.id;
  elsif new.state = 'ARCHIVED' then
    update instances set desired = 'STOPPED', removed_at = null, version = version + 1, updated_at = now() where org_id = new.org_id and id = new.id;
  end if;
  return null;
end $$;

update instances set deletes_data = false where deletes_data and desired <> 'REMOVED';
