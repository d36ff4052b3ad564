-- What ran when its project was deleted may run still when that is restored: until it was seen, the instance stays as it is, so that it is looked at and ended.
-- An instance of a project that is archived stops.
create or replace function follow_project() returns trigger language plpgsql security definer set search_path = tenet, pg_temp as $$
begin
  if new.state = 'DELETED' then
    update instances set desired = 'REMOVED', state = 'UNINSTALLING', version = version + 1, updated_at = now() where org_id = new.org_id and id = new.id;
  elsif old.state = 'DELETED' or new.state = 'ARCHIVED' then
    update instances set desired = 'STOPPED', removed_at = null, version = version + 1, updated_at = now() where org_id = new.org_id and id = new.id;
  end if;
  return null;
end $$;

update instances i set desired = 'STOPPED', version = i.version + 1, updated_at = now()
from projects p
where p.org_id = i.org_id and p.id = i.id and p.state = 'ARCHIVED' and i.desired in ('RUNNING', 'IDLE_STOPPED');
