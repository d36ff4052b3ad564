-- A type of resource, or one resource, that an organization has switched off: everywhere, in the listed projects, or in all others.
create table restrictions (
  org_id uuid not null references organizations (id),
  id uuid not null,
  resource_type text not null check (length(resource_type) between 1 and 63),
  -- Null: all resources of the type. It may be the id of something that is kept outside of Tenet.
  resource_id text check (length(resource_id) between 1 and 200),
  -- Null: everywhere in the organization. In order, so that the same ones are the same value.
  project_ids uuid[] check (cardinality(project_ids) between 1 and 100),
  -- Whether it is on in the listed projects and off in all others.
  is_exception boolean not null default false check (not is_exception or project_ids is not null),
  reason text not null,
  created_by text not null,
  created_at timestamptz not null default now(),
  lifted_at timestamptz,
  lifted_by text,
  version bigint not null default 1,
  updated_at timestamptz not null default now(),
  primary key (org_id, id),
  check ((lifted_at is null) = (lifted_by is null))
);
create unique index restrictions_once on restrictions (org_id, resource_type, coalesce(resource_id, ''), is_exception, coalesce(project_ids, '{}'))
  where lifted_at is null;

-- Whether there is one in force: decisions of the others, which are nearly all, look no further than this.
alter table organizations add column restricted boolean not null default false;

-- As bump_epoch does: what is remembered of the organization is stale, on every replica.
create function bump_restrictions() returns trigger language plpgsql security definer set search_path from current as $$
begin
  update organizations set epoch = epoch + 1,
    restricted = exists (select from restrictions r where r.org_id = new.org_id and r.lifted_at is null)
  where id = new.org_id;
  perform pg_notify('tenet_epoch', new.org_id::text);
  return null;
end $$;
revoke execute on function bump_restrictions from public;
create trigger restrictions_bump_epoch after insert or update on restrictions for each row execute function bump_restrictions();

alter table restrictions enable row level security;
alter table restrictions force row level security;
create policy in_scope on restrictions using (in_scope(org_id));
grant select, insert, update on restrictions to tenet_app;
