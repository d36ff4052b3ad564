-- The keys that seal what an organization keeps secret, each under one or more root keys of the keyring: an object from the kid of the root
-- key to the JWE. While root keys change, a data key stands under the old one and the new one, so that every replica can open it.
create table data_keys (
  org_id uuid not null,
  kid text not null check (kid ~ '^[0-9a-f]{16}$'),
  wrapped jsonb not null check (jsonb_typeof(wrapped) = 'object' and wrapped <> '{}'),
  is_current boolean not null default true,
  created_at timestamptz not null default now(),
  primary key (org_id, kid)
);
create unique index data_keys_current on data_keys (org_id) where is_current;
alter table data_keys enable row level security;
alter table data_keys force row level security;
create policy in_scope on data_keys using (in_scope(org_id));
-- Who seals locks the key in share mode, for which a right to change it is asked; only the command line changes keys.
grant select, insert, update (is_current) on data_keys to tenet_app;
