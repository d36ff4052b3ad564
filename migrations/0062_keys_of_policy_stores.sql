-- A key may be bound to a policy store: it asks that store and does nothing else. Its one scope says so to the policy, and no other key has it.
-- When the store goes, its keys have been revoked; they stay for the record.
alter table api_keys add column policy_store_id uuid;
alter table api_keys
  add constraint api_keys_policy_store foreign key (org_id, policy_store_id) references policy_stores (org_id, id) on delete set null (policy_store_id),
  add constraint api_keys_bound check (
    case when policy_store_id is null then state = 'REVOKED' or coalesce(not 'policy-store' = any (scopes), true) else scopes = array['policy-store'] end
  );
create index api_keys_of_policy_store on api_keys (org_id, policy_store_id) where policy_store_id is not null;

-- As before, and the keys of the organization that are bound to its policy stores.
create or replace function purge_project(org uuid, project uuid) returns boolean language plpgsql security definer set search_path = tenet, pg_temp as $$
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
    where org_id = org and (project_id = project or service_account_id = any(accounts)
      or policy_store_id in (select id from policy_stores where org_id = org and project_id = project));
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
  delete from policy_stores where org_id = org and project_id = project;
  delete from hand_overs where org_id = org and project_id = project;
  delete from projects where org_id = org and id = project;
  return true;
end $$;
