-- When a data key stopped to seal. It stays until nothing that it sealed is left.
alter table data_keys add column retired_at timestamptz;
alter table data_keys add constraint data_keys_retired check (is_current = (retired_at is null));

-- Rotations of data keys: the one without an end goes on when it is called again. Of the command line alone.
create table data_key_rotations (
  id uuid primary key,
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  sealed bigint not null default 0
);
create unique index data_key_rotations_open on data_key_rotations ((true)) where finished_at is null;
alter table data_key_rotations enable row level security;
alter table data_key_rotations force row level security;
create policy of_the_platform on data_key_rotations using (in_scope('00000000-0000-0000-0000-000000000000'));

-- The root keys that a server holds: no root key is dropped that one of them needs.
alter table replicas add column kids text[] not null default '{}';
