-- The history of a policy store: each revision that was put into force in it. The entry with the head's version is what decides.
create table policy_store_activations (
  org_id uuid not null,
  store_id uuid not null,
  version bigint not null,
  revision integer not null,
  -- What it took the place of; null where nothing was in force, or for what was put into force before there was a history.
  previous_revision integer,
  how text not null constraint policy_store_activations_how check (how in ('ACTIVATION', 'ROLLBACK')),
  activated_by text not null,
  activated_at timestamptz not null default now(),
  reason text,
  primary key (org_id, store_id, version),
  foreign key (org_id, store_id) references policy_stores (org_id, id) on delete cascade,
  foreign key (org_id, store_id, revision) references policy_store_revisions (org_id, store_id, revision)
);

insert into policy_store_activations (org_id, store_id, version, revision, how, activated_by, activated_at, reason)
select org_id, id, head_version, head_revision, 'ACTIVATION', coalesce(head_moved_by, 'unknown'), coalesce(head_moved_at, updated_at), head_reason
from policy_stores where head_revision is not null;

alter table policy_store_activations enable row level security;
alter table policy_store_activations force row level security;
create policy in_scope on policy_store_activations using (in_scope(org_id));
-- The history is only added to: it goes with its store alone.
grant select, insert on policy_store_activations to tenet_app;
