-- The public keys of a policy store (JWK, Ed25519). While it has any, a revision that none of them has signed does not come into force.
alter table policy_stores add column signing_keys jsonb not null default '[]'
  constraint policy_stores_signing_keys check (jsonb_typeof(signing_keys) = 'array' and jsonb_array_length(signing_keys) <= 10);

-- Who has signed the files of a store: by their digest, so that each revision with these files has it. A signature is of the name that the store had then,
-- and by a key that it had then: it counts where both are still the same, and is verified again before anything comes into force by it. A key that signs
-- again, as after a new name, replaces what it signed before.
create table policy_store_signatures (
  org_id uuid not null,
  store_id uuid not null,
  sha256 text not null,
  key_id text not null,
  -- By what it was verified: the public key, and the name of the store.
  key_x text not null,
  store_name text not null,
  -- A detached JWS (RFC 7515 appendix F).
  signature text not null constraint policy_store_signatures_length check (length(signature) <= 1000),
  added_by text not null,
  added_at timestamptz not null default now(),
  primary key (org_id, store_id, sha256, key_id),
  foreign key (org_id, store_id) references policy_stores (org_id, id) on delete cascade
);
alter table policy_store_signatures enable row level security;
alter table policy_store_signatures force row level security;
create policy in_scope on policy_store_signatures using ((select whole_platform()) or org_id = (select scope_organization()));
grant select, insert, update on policy_store_signatures to tenet_app;
