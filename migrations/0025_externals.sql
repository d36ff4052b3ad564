-- Whether people from outside may hold roles in the projects of an organization. Its blueprint says where that begins and what may be chosen.
alter table organizations add column externals text not null default 'FORBID'
  constraint organizations_externals_check check (externals in ('FORBID', 'AUTO_ADD', 'ALLOW'));
drop trigger organizations_notify on organizations;
create trigger organizations_notify after update of state, owner_id, externals on organizations for each row execute function notify_organization();

-- A grant of a person needs a present member. In a project it does not where the organization allows externals.
alter table grants drop constraint grants_org_id_user_id_fkey;
alter table grants add constraint grants_user_id_fkey foreign key (user_id) references users (id);

create function has_member(org uuid, person uuid) returns boolean language sql stable
  return exists (select from members where org_id = org and user_id = person and state <> 'REMOVED');

-- Each of the three begins with the row of the organization, so that of two changes at once the second sees the first.
create function keep_grantee() returns trigger language plpgsql as $$
declare
  allowed text;
begin
  select externals into allowed from organizations where id = new.org_id for no key update;
  if not has_member(new.org_id, new.user_id) and (new.project_id is null or allowed <> 'ALLOW') then
    raise exception 'a person who is no member would hold %', new.role using errcode = 'check_violation', constraint = 'grants_of_members';
  end if;
  return null;
end $$;
create constraint trigger grants_keep_grantee after insert or update on grants
  for each row when (new.revoked_at is null and new.user_id is not null) execute function keep_grantee();

create function keep_leaver() returns trigger language plpgsql as $$
begin
  perform from organizations where id = new.org_id for no key update;
  if not has_member(new.org_id, new.user_id) and exists (
    select from grants where org_id = new.org_id and user_id = new.user_id and revoked_at is null and (until is null or until > now())
  ) then
    raise exception 'a person who left would keep grants' using errcode = 'check_violation', constraint = 'members_leave_without_grants';
  end if;
  return null;
end $$;
create constraint trigger members_keep_leaver after update of state on members deferrable initially deferred
  for each row when (new.state = 'REMOVED') execute function keep_leaver();

create function keep_externals() returns trigger language plpgsql as $$
begin
  if exists (
    select from grants where org_id = new.id and user_id is not null and revoked_at is null and (until is null or until > now())
      and not has_member(org_id, user_id)
  ) then
    raise exception 'people from outside would keep grants' using errcode = 'check_violation', constraint = 'organizations_externals_hold_grants';
  end if;
  return null;
end $$;
create constraint trigger organizations_keep_externals after update of externals on organizations deferrable initially deferred
  for each row when (old.externals = 'ALLOW' and new.externals <> 'ALLOW') execute function keep_externals();

-- Triggers run them, as whoever changes something; nobody calls them.
revoke execute on function has_member, keep_grantee, keep_leaver, keep_externals from public;
grant execute on function has_member to tenet_app;
