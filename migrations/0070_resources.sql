-- What an organization and its projects hold of the types that their blueprint says. A type is asked about in the policy, so a row of a type that is
-- not there any more is shown to nobody.
create table resources (
  org_id uuid not null references organizations (id),
  id uuid not null,
  -- Null: in the organization itself.
  project_id uuid,
  type text not null check (type ~ '^[a-z][a-z0-9-]{0,62}$'),
  name text not null check (char_length(name) between 1 and 100),
  labels jsonb not null default '{}',
  -- The fields that are shown in lists, or to who may read it.
  data jsonb not null default '{}' check (jsonb_typeof(data) = 'object'),
  -- The sensitive fields by their names, each encrypted.
  data_sealed jsonb not null default '{}' check (jsonb_typeof(data_sealed) = 'object'),
  created_by text not null,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (org_id, id),
  foreign key (org_id, project_id) references projects (org_id, id) on delete cascade
);
create index resources_in_place on resources (org_id, project_id, type, id);
create index resources_by_name on resources (org_id, project_id, type, lower(name) collate "C", id);

alter table resources enable row level security;
alter table resources force row level security;
create policy in_scope on resources using (in_scope(org_id));
grant select, insert, update, delete on resources to tenet_app;
