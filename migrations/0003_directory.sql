-- What a directory of manifests held when each file was last read without a fault. A restart is then no change, a file that
-- cannot be read any more is no deletion, and what was accepted before is there to be compared with.
create table manifests (
  -- Made from kind, namespace and name; what managed_by names.
  uid uuid primary key,
  -- Whose it is: `directory:` and a path, as in fences.
  source text not null,
  -- Relative to the directory.
  file text not null,
  kind text not null check (kind in ('Organization', 'Project')),
  namespace text,
  name text not null,
  generation bigint not null check (generation > 0),
  spec_hash text not null,
  manifest jsonb not null,
  -- Since when the directory does not hold it any more.
  left_at timestamptz,
  -- Since when its deletion is being carried out.
  deleted_at timestamptz
);
create index manifests_source on manifests (source);

grant select, insert, update, delete on manifests to tenet_app;
