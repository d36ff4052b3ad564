-- The servers that run on this database, and by which revision of each scope each of them decides. One that does not report any more is deleted.
create table replicas (
  id uuid primary key,
  -- The name of its machine: a pod, a host.
  name text not null check (length(name) between 1 and 255),
  started_at timestamptz not null,
  seen_at timestamptz not null,
  serves jsonb not null default '{}'::jsonb
);
grant select, insert, update, delete on replicas to tenet_app;
