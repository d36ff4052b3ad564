-- Links by which somebody without a session downloads an export for some minutes. The token is in the answer that made it and nowhere else.
create table export_links (
  org_id uuid not null,
  id uuid not null,
  export_id uuid not null,
  token_hash bytea not null unique check (length(token_hash) = 32),
  -- Whose right to download it is asked for at each download.
  created_by text not null,
  uses int not null default 0,
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  primary key (org_id, id),
  foreign key (org_id, export_id) references exports (org_id, id) on delete cascade
);
create index export_links_of_export on export_links (org_id, export_id);
create index export_links_expired on export_links (expires_at);

alter table export_links enable row level security;
alter table export_links force row level security;
create policy in_scope on export_links using (in_scope(org_id));
grant select, insert, update, delete on export_links to tenet_app;
