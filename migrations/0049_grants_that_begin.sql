-- A grant may begin later: `begins_at` is when its giver said, and `from_at` when it counts, which is later while it rests. Null: at once.
alter table grants add column begins_at timestamptz;
alter table grants add constraint grants_begin_before_they_end check (begins_at < until);
alter table grants add constraint grants_count_once_begun check (begins_at is null or (from_at is not null and from_at >= begins_at));

-- A grant that has begun counts as one that has always counted does; one that has not does not keep the top role.
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
      and g.revoked_at is null and g.until is null and (g.from_at is null or g.from_at <= now()) and m.state = 'ACTIVE'
  ) then
    raise exception 'the organization would be without %', organization.top_role
      using errcode = 'check_violation', constraint = 'organizations_keep_top_role';
  end if;
  if organization.owner_id is not null and not exists (
    select from grants g join members m using (org_id, user_id)
    where g.org_id = new.org_id and g.user_id = organization.owner_id and g.project_id is null and g.role = organization.top_role
      and g.revoked_at is null and g.until is null and (g.from_at is null or g.from_at <= now()) and m.state = 'ACTIVE'
  ) then
    raise exception 'the owner would lose %', organization.top_role
      using errcode = 'check_violation', constraint = 'organizations_keep_owner';
  end if;
  return null;
end $$;

create or replace function may_own(organization uuid, member uuid) returns boolean language sql stable as $$
  select exists (
    select from grants g join members m using (org_id, user_id) join organizations o on o.id = g.org_id
    where g.org_id = organization and g.user_id = member and g.project_id is null and g.role = o.top_role
      and g.revoked_at is null and g.until is null and (g.from_at is null or g.from_at <= now()) and m.state = 'ACTIVE'
  )
$$;

-- The trigger asks when a grant comes to rest again, too.
drop trigger grants_keep_top_role on grants;
create constraint trigger grants_keep_top_role after update on grants deferrable initially deferred
  for each row when (
    old.revoked_at is null and old.project_id is null
    and (new.revoked_at is not null or new.until is not null or (new.from_at is not null and new.from_at is distinct from old.from_at))
  )
  execute function keep_top_role();
