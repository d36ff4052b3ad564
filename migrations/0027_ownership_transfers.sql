-- The owner of an organization offers it to another holder of its top role, who accepts or declines.
create table ownership_transfers (
  org_id uuid not null references organizations (id),
  id uuid not null,
  offered_by uuid not null,
  recipient_id uuid not null,
  state text not null default 'OFFERED' check (state in ('OFFERED', 'ACCEPTED', 'DECLINED', 'CANCELLED', 'EXPIRED')),
  expires_at timestamptz not null,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (org_id, id),
  foreign key (org_id, offered_by) references members (org_id, user_id),
  foreign key (org_id, recipient_id) references members (org_id, user_id),
  constraint ownership_transfers_to_another check (offered_by <> recipient_id)
);
create unique index ownership_transfers_one_offered on ownership_transfers (org_id) where state = 'OFFERED';
create index ownership_transfers_overdue on ownership_transfers (expires_at) where state = 'OFFERED';

alter table ownership_transfers enable row level security;
alter table ownership_transfers force row level security;
create policy in_scope on ownership_transfers using (in_scope(org_id));
grant select, insert, update on ownership_transfers to tenet_app;

-- Whether somebody may own the organization: an active member who holds its top role now and without an end.
create function may_own(organization uuid, member uuid) returns boolean language sql stable as $$
  select exists (
    select from grants g join members m using (org_id, user_id) join organizations o on o.id = g.org_id
    where g.org_id = organization and g.user_id = member and g.project_id is null and g.role = o.top_role
      and g.revoked_at is null and g.until is null and g.from_at is null and m.state = 'ACTIVE'
  )
$$;
revoke execute on function may_own from public;
grant execute on function may_own to tenet_app;

-- The other side of keep_top_role: nobody becomes the owner who may not be one.
create function keep_owner() returns trigger language plpgsql as $$
begin
  if exists (
    select from organizations o
    where o.id = new.id and o.state <> 'DELETED' and o.owner_id is not null and not may_own(o.id, o.owner_id)
  ) then
    raise exception 'the new owner does not hold %', new.top_role
      using errcode = 'check_violation', constraint = 'organizations_keep_owner';
  end if;
  return null;
end $$;
create constraint trigger organizations_keep_owner after update of owner_id on organizations deferrable initially deferred
  for each row when (new.owner_id is not null and new.owner_id is distinct from old.owner_id) execute function keep_owner();
revoke execute on function keep_owner from public;
