-- What became of each PolicyRevision manifest, by the uid of its object: written with what it did, so that a controller that ends in between goes on
-- where the last one stopped, and does nothing twice. Those of objects that are gone from their cluster are deleted when another one of it is written.
create table policy_manifests (
  uid text primary key check (char_length(uid) between 1 and 100),
  cluster text not null,
  -- SHA-256 of its scopes and files.
  files text not null check (files ~ '^[0-9a-f]{64}$'),
  -- For each scope of it the revision that says what the files say, and its digest.
  revisions jsonb not null,
  generation bigint not null,
  -- Its plan; nothing where there is none any more, and a new one has to be made.
  plan_id uuid references access_plans (id) on delete set null,
  -- How many plans were made for this content: one that is stale is followed by another, later each time.
  plans int not null default 0,
  planned_at timestamptz,
  -- The plan by which it came into force.
  applied jsonb,
  -- This generation has been carried out. What is put into force afterwards by others stays.
  is_done boolean not null default false
);
create index policy_manifests_by_plan on policy_manifests (plan_id);
grant select, insert, update, delete on policy_manifests to tenet_app;
