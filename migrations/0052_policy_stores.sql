-- Policies of applications: a project owns stores, each with revisions of a Casbin policy, the one in force, and entities with properties.
create table policy_stores (
  org_id uuid not null,
  project_id uuid not null,
  id uuid not null,
  name text not null,
  description text not null default '',
  -- The head: which revision decides, nothing while none was put into force. Its version is that of its ETag.
  head_revision integer,
  head_version bigint not null default 1,
  head_moved_by text,
  head_moved_at timestamptz,
  head_reason text,
  -- What its entities take, counted with each change of them (docs/limits.md).
  entity_count integer not null default 0 constraint policy_stores_entity_count check (entity_count between 0 and 100000),
  entity_bytes bigint not null default 0 constraint policy_stores_entity_bytes check (entity_bytes between 0 and 67108864),
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (org_id, id),
  foreign key (org_id, project_id) references projects (org_id, id)
);
create unique index policy_stores_name on policy_stores (org_id, project_id, lower(name));

create table policy_store_revisions (
  org_id uuid not null,
  store_id uuid not null,
  revision integer not null constraint policy_store_revisions_number check (revision between 1 and 10000),
  model text not null,
  policy text not null,
  tests text not null,
  sha256 text not null,
  author text not null,
  reason text not null,
  git_commit text,
  created_at timestamptz not null default now(),
  primary key (org_id, store_id, revision),
  foreign key (org_id, store_id) references policy_stores (org_id, id) on delete cascade,
  constraint policy_store_revisions_size check (octet_length(model) + octet_length(policy) + octet_length(tests) <= 524288)
);
alter table policy_stores add constraint policy_stores_head
  foreign key (org_id, id, head_revision) references policy_store_revisions (org_id, store_id, revision);

create table policy_store_entities (
  org_id uuid not null,
  store_id uuid not null,
  type text collate "C" not null,
  id text collate "C" not null,
  properties jsonb not null,
  -- Of the properties as they were sent, which is what counts against the limits.
  bytes integer not null constraint policy_store_entities_bytes check (bytes between 0 and 16384),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (org_id, store_id, type, id),
  foreign key (org_id, store_id) references policy_stores (org_id, id) on delete cascade
);

-- The properties below their store and type, so that what the index finds is of that store and type: jsonb_path_ops hashes whole paths.
create function entity_path(store uuid, type text, properties jsonb) returns jsonb language sql immutable parallel safe as
  $$ select jsonb_build_object(store::text, jsonb_build_object(type, properties)) $$;
create index policy_store_entities_properties on policy_store_entities using gin (entity_path(store_id, type, properties) jsonb_path_ops);

alter table policy_stores enable row level security;
alter table policy_stores force row level security;
create policy in_scope on policy_stores using (in_scope(org_id));
alter table policy_store_revisions enable row level security;
alter table policy_store_revisions force row level security;
create policy in_scope on policy_store_revisions using (in_scope(org_id));
alter table policy_store_entities enable row level security;
alter table policy_store_entities force row level security;
create policy in_scope on policy_store_entities using (in_scope(org_id));
grant select, insert, update, delete on policy_stores, policy_store_entities to tenet_app;
-- Revisions are immutable: they go with their store alone.
grant select, insert on policy_store_revisions to tenet_app;

-- As before, and its policy stores.
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
  delete from policy_stores where org_id = org and project_id = project;
  delete from hand_overs where org_id = org and project_id = project;
  delete from projects where org_id = org and id = project;
  return true;
end $$;
