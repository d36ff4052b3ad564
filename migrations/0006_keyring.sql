-- The encryption keys that this database was used with, each known by what only its holder can compute. A start with another
-- key under the same name is refused. Requests can add one, and neither change nor remove any.
create table encryption_keys (
  kid text primary key,
  fingerprint bytea not null,
  first_used_at timestamptz not null default now()
);
grant select, insert on encryption_keys to tenet_app;

-- The key that made the token: while the invitation waits, it must stay in the keyring. Null for invitations that are older.
alter table invitations add column token_kid text;
create index invitations_by_kid on invitations (token_kid) where state = 'PENDING' and token_kid is not null;
