-- Whether an organization requires a second factor, and since when. A stretch of time in which it does is a row, so that the grace of a member
-- begins with the first one that they lived through, whatever is switched off and on again.
alter table organizations add column mfa text not null default 'OPTIONAL'
  constraint organizations_mfa_check check (mfa in ('OPTIONAL', 'REQUIRED'));
-- The grace of the requirement that begins next.
alter table organizations add column mfa_grace_days integer not null default 0 check (mfa_grace_days between 0 and 365);
alter table organizations add column mfa_version bigint not null default 1;
drop trigger organizations_notify on organizations;
create trigger organizations_notify after update of state, owner_id, externals, entitled, mfa on organizations
  for each row execute function notify_organization();

create table mfa_requirements (
  org_id uuid not null references organizations (id),
  began_at timestamptz not null default now(),
  ended_at timestamptz not null default 'infinity',
  grace_days integer not null check (grace_days between 0 and 365),
  primary key (org_id, ended_at),
  check (began_at <= ended_at)
);
alter table mfa_requirements enable row level security;
alter table mfa_requirements force row level security;
create policy in_scope on mfa_requirements using (in_scope(org_id));
grant select, insert, update on mfa_requirements to tenet_app;

create function keep_mfa_requirements() returns trigger language plpgsql as $$
begin
  if new.mfa = 'REQUIRED' then
    insert into mfa_requirements (org_id, grace_days) values (new.id, new.mfa_grace_days);
  else
    update mfa_requirements set ended_at = clock_timestamp() where org_id = new.id and ended_at = 'infinity';
  end if;
  return null;
end $$;
revoke execute on function keep_mfa_requirements from public;
create trigger organizations_begin_mfa after insert on organizations for each row when (new.mfa = 'REQUIRED') execute function keep_mfa_requirements();
create trigger organizations_change_mfa after update of mfa on organizations
  for each row when (old.mfa is distinct from new.mfa) execute function keep_mfa_requirements();

-- Removing a member and inviting them again renews no grace.
alter table members add column first_joined_at timestamptz not null default now();
update members set first_joined_at = joined_at;
alter table members add column last_seen_at timestamptz;
alter table members add column second_factor_at timestamptz;
-- Tokens that were issued before this do not count in this organization.
alter table members add column not_before timestamptz;
create trigger members_sign_out after update of not_before on members for each row execute function bump_epoch();
create trigger members_first_second_factor after update of second_factor_at on members
  for each row when (old.second_factor_at is null and new.second_factor_at is not null) execute function bump_epoch();

-- When a person needs a second factor in an organization that requires one: null where none is required. People from outside, who have joined
-- never, have the grace of the organization's first requirement.
create function mfa_due(organization uuid, joined timestamptz) returns timestamptz language sql stable as $$
  select greatest(r.began_at, coalesce(joined, r.began_at)) + r.grace_days * interval '1 day'
  from mfa_requirements r
  where r.org_id = organization and r.ended_at > coalesce(joined, '-infinity')
  order by r.ended_at limit 1
$$;
revoke execute on function mfa_due from public;
grant execute on function mfa_due to tenet_app;
