-- A rollout of a policy store: a revision (the candidate) that comes into force in stages. SHADOW: it decides nothing and is compared with the revision in
-- force. CANARY: it decides for a share of the subjects. DONE: it is in force. CANCELLED: by a person. ROLLED_BACK: by Tenet, because it differed where the
-- rollout does not say so. SHADOW and CANARY are open; a store has one open rollout at most.
create table policy_store_rollouts (
  org_id uuid not null,
  store_id uuid not null,
  id uuid not null,
  candidate_revision integer not null,
  -- What was in force when it began, and is as long as it is open.
  base_revision integer not null,
  stage text not null constraint policy_store_rollouts_stage check (stage in ('SHADOW', 'CANARY', 'DONE', 'CANCELLED', 'ROLLED_BACK')),
  -- Of all subjects, in hundredths of a percent.
  canary_share integer not null default 0 constraint policy_store_rollouts_share check (canary_share between 0 and 10000),
  -- Promotion asks for so many compared decisions, and so many differences that are not planned at most.
  gate_decisions bigint not null check (gate_decisions >= 0),
  gate_unplanned bigint not null check (gate_unplanned >= 0),
  -- Which differences are meant: a list of effect, subjectType, action and resourceType.
  planned jsonb not null default '[]',
  reason text not null check (char_length(reason) between 1 and 500),
  created_by text not null,
  -- Who moved it to its stage, when and why.
  moved_by text not null,
  moved_at timestamptz not null default now(),
  moved_reason text not null check (char_length(moved_reason) between 1 and 500),
  -- One more with each stage and each greater share: what was compared in one says nothing about another one.
  round integer not null default 1,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (org_id, store_id, id),
  foreign key (org_id, store_id) references policy_stores (org_id, id) on delete cascade,
  foreign key (org_id, store_id, candidate_revision) references policy_store_revisions (org_id, store_id, revision),
  foreign key (org_id, store_id, base_revision) references policy_store_revisions (org_id, store_id, revision),
  constraint policy_store_rollouts_candidate check (candidate_revision <> base_revision),
  constraint policy_store_rollouts_canary check (case stage when 'SHADOW' then canary_share = 0 when 'CANARY' then canary_share > 0 else true end)
);
create unique index policy_store_rollouts_one_open on policy_store_rollouts (org_id, store_id) where stage in ('SHADOW', 'CANARY');

-- How many live decisions were compared in each round. A row of its own, so that counting waits for no change of the rollout.
create table policy_store_rollout_counts (
  org_id uuid not null,
  store_id uuid not null,
  rollout_id uuid not null,
  round integer not null,
  compared bigint not null default 0 check (compared >= 0),
  -- Decisions that were not compared: too many waited, or the other revision does not hold.
  dropped bigint not null default 0 check (dropped >= 0),
  -- Differences that are not planned and have no room among the findings.
  unkept bigint not null default 0 check (unkept >= 0),
  -- Hashes of subjects whose decisions differ where that is not planned, until the rollout ends: two at most, which show that it is more than one subject.
  subjects text[] not null default '{}' check (cardinality(subjects) <= 2),
  primary key (org_id, store_id, rollout_id, round),
  foreign key (org_id, store_id, rollout_id) references policy_store_rollouts (org_id, store_id, id) on delete cascade
);

-- What the candidate decides otherwise than the revision in force, each with how often it was met. No subject and no resource is kept.
create table policy_store_rollout_findings (
  org_id uuid not null,
  store_id uuid not null,
  rollout_id uuid not null,
  round integer not null,
  -- sha256 of all that follows up to the lines.
  digest text not null constraint policy_store_rollout_findings_digest check (digest ~ '^[0-9a-f]{64}$'),
  effect text not null check (effect in ('ALLOW_TO_DENY', 'DENY_TO_ALLOW')),
  subject_type text not null check (char_length(subject_type) <= 256),
  action text not null check (char_length(action) <= 256),
  resource_type text not null check (char_length(resource_type) <= 256),
  -- Lines of policy.csv of the revision in force and of the candidate; null where no row decides.
  before_line integer,
  after_line integer,
  count bigint not null check (count > 0),
  planned boolean not null,
  first_at timestamptz not null default now(),
  last_at timestamptz not null default now(),
  primary key (org_id, store_id, rollout_id, round, digest),
  foreign key (org_id, store_id, rollout_id) references policy_store_rollouts (org_id, store_id, id) on delete cascade
);

-- What each question reads of the open rollout. It is written with the rollout in one transaction, and every change moves the version of the head.
alter table policy_stores
  add column rollout_id uuid,
  add column candidate_revision integer,
  add column canary_share integer not null default 0,
  add constraint policy_stores_candidate_revision
    foreign key (org_id, id, candidate_revision) references policy_store_revisions (org_id, store_id, revision),
  add constraint policy_stores_candidate check ((rollout_id is null) = (candidate_revision is null) and (rollout_id is not null or canary_share = 0));

alter table policy_store_activations
  drop constraint policy_store_activations_how,
  add constraint policy_store_activations_how check (how in ('ACTIVATION', 'ROLLBACK', 'ROLLOUT'));

alter table policy_store_rollouts enable row level security;
alter table policy_store_rollouts force row level security;
create policy in_scope on policy_store_rollouts using ((select whole_platform()) or org_id = (select scope_organization()));
alter table policy_store_rollout_counts enable row level security;
alter table policy_store_rollout_counts force row level security;
create policy in_scope on policy_store_rollout_counts using ((select whole_platform()) or org_id = (select scope_organization()));
alter table policy_store_rollout_findings enable row level security;
alter table policy_store_rollout_findings force row level security;
create policy in_scope on policy_store_rollout_findings using ((select whole_platform()) or org_id = (select scope_organization()));
-- What a round has found goes when the next one begins, and old rollouts when there are many.
grant select, insert, update, delete on policy_store_rollouts, policy_store_rollout_counts, policy_store_rollout_findings to tenet_app;
