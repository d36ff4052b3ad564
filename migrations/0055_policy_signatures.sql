-- Who has signed what a revision says: of its scope and digest, so that each revision of that content has it. Revisions do not change, and a key
-- may be added to what another one has signed; so signatures have rows of their own. Only those are kept that a key of the server verifies.
create table policy_signatures (
  scope text not null,
  sha256 text not null,
  key_id text not null,
  -- A detached JWS (RFC 7515 appendix F).
  signature text not null check (length(signature) <= 1000),
  added_by text not null,
  added_at timestamptz not null default now(),
  primary key (scope, sha256, key_id)
);
create trigger policy_signatures_append_only before update or delete on policy_signatures for each row execute function refuse_change();
grant select, insert on policy_signatures to tenet_app;
