-- From where a key may be used; null: from anywhere.
alter table api_keys add column allowed_addresses cidr[]
  constraint api_keys_addresses check (allowed_addresses is null or cardinality(allowed_addresses) between 1 and 50);
drop trigger api_keys_bump_epoch on api_keys;
create trigger api_keys_bump_epoch after update of state, scopes, expires_at, allowed_addresses on api_keys
  for each row execute function bump_epoch();

-- Who has seen a secret, and should not go on knowing it when they leave.
alter table api_key_secrets add column shown_to uuid references users (id);

-- Which notices of the end of a key have been sent: so many days ahead, once for each end.
create table key_notices (
  org_id uuid not null,
  key_id uuid not null,
  days smallint not null,
  expires_at timestamptz not null,
  at timestamptz not null default now(),
  primary key (org_id, key_id, days, expires_at),
  foreign key (org_id, key_id) references api_keys (org_id, id)
);
alter table key_notices enable row level security;
alter table key_notices force row level security;
create policy in_scope on key_notices using (in_scope(org_id));
grant select, insert, update, delete on key_notices to tenet_app;
create index api_keys_by_end on api_keys (expires_at) where state = 'ACTIVE' and expires_at is not null;
