-- What is in use of a limit now.
create or replace function limit_used(org uuid, limit_name text) returns numeric language plpgsql stable as $$
begin
  case
    when limit_name = 'projects' then
      return (select count(*) from projects where org_id = org and state = 'ACTIVE');
    when limit_name = 'members' then
      return (select count(*) from members where org_id = org and state = 'ACTIVE');
    when limit_name = 'service-accounts' then
      return (select count(*) from service_accounts where org_id = org and state = 'ACTIVE');
    when limit_name = 'api-keys' then
      return (select count(*) from api_keys where org_id = org and state = 'ACTIVE' and (expires_at is null or expires_at > now()));
    when limit_name = 'instances' then
      return (select count(*) from instances where org_id = org and desired <> 'REMOVED');
    when limit_name like 'resource.%' then
      return (select count(*) from resources where org_id = org and type = substr(limit_name, 10));
    else
      return coalesce(
        (select u.used from limit_uses u where u.org_id = org and u.name = limit_name and u.period = limit_period(now())),
        metered(org, substr(limit_name, 7), limit_period(now()))
      );
  end case;
end $$;

-- Installed applications are limited like what else an organization makes. One that is uninstalled takes no place, and takes one again when its project is restored.
create trigger instances_keep_limit after insert on instances for each row when (new.desired <> 'REMOVED') execute function keep_limit('instances');
create trigger instances_keep_limit_again after update of desired on instances for each row
  when (old.desired = 'REMOVED' and new.desired <> 'REMOVED') execute function keep_limit('instances');
