-- A role that ends takes the place of a lasting one for its time only, where the kind of organization knows one role for each member: the
-- lasting grant rests until `from_at` and counts again from then on. Null: it counts since it was made.
alter table grants add column from_at timestamptz;
alter table grants add constraint grants_from_at_shown
  check (from_at >= timestamptz '0001-01-01 00:00:00+00' and from_at < timestamptz '10000-01-01 00:00:00+00');

drop index grants_of_role, grants_of_user;
create index grants_of_role on grants (org_id, subject_role) include (role, project_id, until, from_at)
  where revoked_at is null and subject_role is not null;
create index grants_of_user on grants (org_id, user_id) include (role, project_id, until, from_at)
  where revoked_at is null and user_id is not null;

-- A grant that rests keeps nobody at the top level meanwhile.
create or replace function keep_top_role() returns trigger language plpgsql as $$
declare
  organization record;
begin
  select * into organization from organizations
    where id = new.org_id and state <> 'DELETED' for no key update;
  if not found then
    return null;
  end if;
  if not exists (
    select from grants g join members m using (org_id, user_id)
    where g.org_id = new.org_id and g.project_id is null and g.role = organization.top_role
      and g.revoked_at is null and g.until is null and g.from_at is null and m.state = 'ACTIVE'
  ) then
    raise exception 'the organization would be without %', organization.top_role
      using errcode = 'check_violation', constraint = 'organizations_keep_top_role';
  end if;
  if organization.owner_id is not null and not exists (
    select from grants g join members m using (org_id, user_id)
    where g.org_id = new.org_id and g.user_id = organization.owner_id and g.project_id is null and g.role = organization.top_role
      and g.revoked_at is null and g.until is null and g.from_at is null and m.state = 'ACTIVE'
  ) then
    raise exception 'the owner would lose %', organization.top_role
      using errcode = 'check_violation', constraint = 'organizations_keep_owner';
  end if;
  return null;
end $$;

drop trigger grants_keep_top_role on grants;
create constraint trigger grants_keep_top_role after update on grants deferrable initially deferred
  for each row when (
    old.revoked_at is null and old.project_id is null
    and (new.revoked_at is not null or new.until is not null or (new.from_at is not null and old.from_at is null))
  )
  execute function keep_top_role();
