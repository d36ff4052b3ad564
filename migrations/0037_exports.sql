-- What was asked for as a file. It is written in chunks by a job, so that a replica which ends in the middle leaves what it has done to the
-- next one, and so that nobody holds it as a whole in memory.
create table exports (
  org_id uuid not null references organizations (id),
  id uuid not null,
  kind text not null,
  format text not null check (format in ('NDJSON', 'CSV')),
  filters jsonb not null default '{}',
  state text not null default 'QUEUED' check (state in ('QUEUED', 'RUNNING', 'READY', 'FAILED')),
  -- How far it is: the sort key of the last row that is in a chunk.
  position text,
  -- What the kind has found out when it was asked for.
  context jsonb not null default '{}',
  rows bigint not null default 0,
  bytes bigint not null default 0,
  chunks int not null default 0,
  failure text,
  created_by text not null,
  expires_at timestamptz not null,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (org_id, id)
);
create index exports_expired on exports (expires_at);
create table export_chunks (
  org_id uuid not null,
  export_id uuid not null,
  number int not null,
  content bytea not null,
  primary key (org_id, export_id, number),
  foreign key (org_id, export_id) references exports (org_id, id) on delete cascade
);
alter table export_chunks alter column content set storage external;

alter table exports enable row level security;
alter table exports force row level security;
create policy in_scope on exports using (in_scope(org_id));
grant select, insert, update, delete on exports to tenet_app;
alter table export_chunks enable row level security;
alter table export_chunks force row level security;
create policy in_scope on export_chunks using (in_scope(org_id));
grant select, insert, delete on export_chunks to tenet_app;
