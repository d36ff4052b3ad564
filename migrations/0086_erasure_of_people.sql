-- A person who was erased stays as a row that says nothing of them, because grants, memberships and events name its id.
alter table users add column erased_at timestamptz;
-- Keyed hashes of issuer and subject, one for each root key at that time: tokens from before the erasure make no new account. Forgotten by the daily work.
alter table users add column erased_identity bytea[];
create index users_by_erased_identity on users using gin (erased_identity) where erased_identity is not null;
alter table users add constraint users_erased_say_nothing check (
  erased_at is null or (state = 'SUSPENDED' and email is null and name is null and display_name is null and suspension is null)
);

-- The keys that seal what audit events say of a person: of a user, or of who was invited. Without its key an event still proves that it was
-- recorded, and says no more of whom it was about. Who is erased has no key and gets none.
create table person_keys (
  subject text primary key check (length(subject) between 1 and 100),
  key bytea check (octet_length(key) = 32),
  created_at timestamptz not null default now()
);
grant select, insert, update (key) on person_keys to tenet_app;
alter table person_keys enable row level security;
alter table person_keys force row level security;
create policy visible on person_keys for select using (true);
create policy made on person_keys for insert with check (key is not null or in_scope('00000000-0000-0000-0000-000000000000'));
create policy destroyed_on_the_platform on person_keys for update using (in_scope('00000000-0000-0000-0000-000000000000')) with check (key is null);

-- What a request gives to a person while they are erased by another one waits for the row of the person, and finds here that they are gone.
create function refuse_erased() returns trigger language plpgsql as $$
begin
  if exists (select from users where id = new.user_id and erased_at is not null) then
    raise exception 'an erased person holds nothing' using errcode = 'check_violation', constraint = 'users_erased_hold_nothing';
  end if;
  return null;
end $$;
revoke execute on function refuse_erased() from public;
create trigger members_of_the_erased after insert or update of state on members for each row when (new.state <> 'REMOVED') execute function refuse_erased();
create trigger grants_of_the_erased after insert or update of revoked_at on grants
  for each row when (new.user_id is not null and new.revoked_at is null) execute function refuse_erased();
