-- The slug to restore a deleted project with. Without one it was deleted for good, as all of those that were deleted before this.
alter table projects add column deleted_slug text;
create index projects_deleted on projects (deleted_at) where state = 'DELETED';

-- Forgets a deleted project: its rows in every table. Its audit events are those of the organization and stay. False when it is not deleted.
create function purge_project(org uuid, project uuid) returns boolean language plpgsql security definer set search_path = tenet, pg_temp as $$
declare
  accounts uuid[];
  keys uuid[];
begin
  if not in_scope(org) then
    raise exception 'out of scope' using errcode = 'insufficient_privilege';
  end if;
  perform from projects where org_id = org and id = project and state = 'DELETED' for update;
  if not found then
    return false;
  end if;
  select array_agg(id) into accounts from service_accounts where org_id = org and project_id = project;
  select array_agg(id) into keys from api_keys
    where org_id = org and (project_id = project or service_account_id = any(accounts));
  delete from key_rates where org_id = org and key_id = any(keys);
  delete from key_notices where org_id = org and key_id = any(keys);
  delete from api_key_secrets where org_id = org and key_id = any(keys);
  delete from api_keys where org_id = org and id = any(keys);
  delete from grants where org_id = org and (project_id = project or service_account_id = any(accounts));
  delete from service_accounts where org_id = org and id = any(accounts);
  delete from invitation_roles where org_id = org and (project_id = project
    or invitation_id in (select id from invitations where org_id = org and project_id = project));
  delete from invitations where org_id = org and project_id = project;
  delete from invitation_link_roles where org_id = org and (project_id = project
    or link_id in (select id from invitation_links where org_id = org and project_id = project));
  delete from invitation_links where org_id = org and project_id = project;
  delete from role_template_roles where org_id = org and project_id = project;
  delete from hand_overs where org_id = org and project_id = project;
  delete from projects where org_id = org and id = project;
  return true;
end $$;
revoke execute on function purge_project from public;
grant execute on function purge_project to tenet_app;
