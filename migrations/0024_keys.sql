-- Service accounts, which hold grants as members do, and API keys. Of a key the database has the SHA-256 of its secrets and never a secret.
create table service_accounts (
  org_id uuid not null references organizations (id),
  id uuid not null,
  -- The project that it belongs to, and in which alone it can hold a role.
  project_id uuid,
  name text not null,
  description text,
  state text not null default 'ACTIVE' check (state in ('ACTIVE', 'DELETED')),
  created_by text not null,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (org_id, id),
  foreign key (org_id, project_id) references projects (org_id, id)
);
create index service_accounts_in_place on service_accounts (org_id, project_id, id) where state = 'ACTIVE';

alter table grants add column service_account_id uuid;
alter table grants add constraint grants_org_id_service_account_id_fkey
  foreign key (org_id, service_account_id) references service_accounts (org_id, id);
alter table grants drop constraint grants_one_subject;
alter table grants add constraint grants_one_subject check (num_nonnulls(user_id, service_account_id, subject_role) = 1);
drop index grants_once;
create unique index grants_once on grants (org_id, project_id, user_id, service_account_id, subject_role, role)
  nulls not distinct where revoked_at is null;
create index grants_of_service_account on grants (org_id, service_account_id) include (role, project_id, until, from_at)
  where revoked_at is null and service_account_id is not null;

create table api_keys (
  org_id uuid not null references organizations (id),
  id uuid not null,
  -- The project that it reaches; null: the organization and what its owner reaches there.
  project_id uuid,
  user_id uuid,
  service_account_id uuid,
  type text not null,
  name text not null,
  -- Null: it carries the authority of its owner.
  scopes text[],
  state text not null default 'ACTIVE' check (state in ('ACTIVE', 'REVOKED')),
  expires_at timestamptz check (expires_at >= timestamptz '0001-01-01 00:00:00+00' and expires_at < timestamptz '10000-01-01 00:00:00+00'),
  created_by text not null,
  -- Of secrets that are gone.
  earlier_uses bigint not null default 0,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  revoked_at timestamptz,
  revoked_by text,
  primary key (org_id, id),
  constraint api_keys_one_owner check (num_nonnulls(user_id, service_account_id) = 1),
  constraint api_keys_revoked check ((state = 'REVOKED') = (revoked_at is not null)),
  foreign key (org_id, project_id) references projects (org_id, id),
  foreign key (org_id, user_id) references members (org_id, user_id),
  foreign key (org_id, service_account_id) references service_accounts (org_id, id)
);
create index api_keys_in_place on api_keys (org_id, project_id, id);
create index api_keys_of_user on api_keys (org_id, user_id) where state = 'ACTIVE' and user_id is not null;
create index api_keys_of_service_account on api_keys (org_id, service_account_id) where state = 'ACTIVE' and service_account_id is not null;

-- The secrets of a key: the newest, and for a while the one that it took the place of.
create table api_key_secrets (
  org_id uuid not null,
  key_id uuid not null,
  version integer not null check (version > 0),
  hash bytea not null check (length(hash) = 32),
  prefix text not null,
  until timestamptz,
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  last_used_from text,
  uses bigint not null default 0,
  primary key (org_id, key_id, version),
  constraint api_key_secrets_hash unique (hash),
  foreign key (org_id, key_id) references api_keys (org_id, id)
);

-- Revoked is for ever.
create function keep_revoked() returns trigger language plpgsql as $$
begin
  raise exception 'a revoked key stays revoked' using errcode = 'check_violation', constraint = 'api_keys_stay_revoked';
end $$;
revoke execute on function keep_revoked from public;
create trigger api_keys_stay_revoked before update on api_keys
  for each row when (old.state = 'REVOKED' and (new.state <> 'REVOKED' or new.revoked_at <> old.revoked_at)) execute function keep_revoked();

-- What a replica remembers of a key is forgotten when the key changes, as it is with role sets. That it was used is no change.
create trigger service_accounts_bump_epoch after update of state on service_accounts for each row execute function bump_epoch();
create trigger api_keys_bump_epoch after update of state, scopes, expires_at on api_keys
  for each row execute function bump_epoch();
create trigger api_key_secrets_bump_epoch after update of until on api_key_secrets for each row execute function bump_epoch();

alter table service_accounts enable row level security;
alter table service_accounts force row level security;
create policy in_scope on service_accounts using (in_scope(org_id));
alter table api_keys enable row level security;
alter table api_keys force row level security;
create policy in_scope on api_keys using (in_scope(org_id));
alter table api_key_secrets enable row level security;
alter table api_key_secrets force row level security;
create policy in_scope on api_key_secrets using (in_scope(org_id));
grant select, insert, update on service_accounts, api_keys to tenet_app;
grant select, insert, update, delete on api_key_secrets to tenet_app;
