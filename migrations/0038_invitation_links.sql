-- Links by which several people join. Of the token the database has the SHA-256 alone.
create table invitation_links (
  org_id uuid not null references organizations (id),
  id uuid not null,
  -- The project that it was made in, and about which alone it is then.
  project_id uuid,
  token_hash bytea not null check (length(token_hash) = 32),
  -- Of the addresses of people who may use it, in lower case; empty: any.
  domains text[] not null default '{}',
  max_uses integer check (max_uses > 0),
  uses integer not null default 0,
  expires_at timestamptz not null,
  -- When the offered roles end.
  until timestamptz check (until >= timestamptz '0001-01-01 00:00:00+00' and until < timestamptz '10000-01-01 00:00:00+00'),
  revoked_at timestamptz,
  invited_by text not null,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (org_id, id),
  constraint invitation_links_token unique (token_hash),
  constraint invitation_links_uses check (uses >= 0 and (max_uses is null or uses <= max_uses)),
  foreign key (org_id, project_id) references projects (org_id, id)
);
create index invitation_links_in_project on invitation_links (org_id, project_id, id) where project_id is not null;

create table invitation_link_roles (
  org_id uuid not null,
  link_id uuid not null,
  -- Null: in the organization itself.
  project_id uuid,
  role text not null,
  constraint invitation_link_roles_once unique nulls not distinct (org_id, link_id, project_id, role),
  foreign key (org_id, link_id) references invitation_links (org_id, id),
  foreign key (org_id, project_id) references projects (org_id, id)
);
create index invitation_link_roles_in_project on invitation_link_roles (org_id, project_id) where project_id is not null;

alter table invitation_links enable row level security;
alter table invitation_links force row level security;
create policy in_scope on invitation_links using (in_scope(org_id));
alter table invitation_link_roles enable row level security;
alter table invitation_link_roles force row level security;
create policy in_scope on invitation_link_roles using (in_scope(org_id));
grant select, insert, update on invitation_links to tenet_app;
grant select, insert, update, delete on invitation_link_roles to tenet_app;
