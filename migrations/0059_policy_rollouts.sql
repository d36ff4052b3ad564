-- A rollout: a revision (the candidate) that comes into force in stages. SHADOW: it decides nothing and is compared with the revision in force.
-- CANARY: it decides in some organizations of its kind. DONE: it is in force everywhere. CANCELLED: by a person. ROLLED_BACK: by Tenet, because it
-- differed where the plan does not say so. SHADOW and CANARY are open; a scope has one open rollout at most.
create table policy_rollouts (
  id uuid primary key,
  scope text not null check (scope = 'platform' or scope like 'blueprint/%'),
  candidate_revision integer not null,
  -- What was in force when it began, and is as long as it is open.
  base_revision integer not null,
  stage text not null default 'SHADOW' check (stage in ('SHADOW', 'CANARY', 'DONE', 'CANCELLED', 'ROLLED_BACK')),
  -- In which organizations the candidate decides in CANARY: those named, and a share of all in hundredths of a percent.
  canary_share integer not null default 0 check (canary_share between 0 and 10000),
  canary_organizations uuid[] not null default '{}' check (cardinality(canary_organizations) <= 1000),
  -- Promotion asks for so many compared decisions, and so many differences outside of the plan at most.
  gate_decisions bigint not null check (gate_decisions >= 0),
  gate_unplanned bigint not null check (gate_unplanned >= 0),
  -- The access plan that says which differences are meant. Plans are kept for days only, so it is no reference.
  plan_id uuid,
  reason text not null check (char_length(reason) between 1 and 500),
  created_by text not null,
  -- Who moved it to its stage, when and why.
  moved_by text not null,
  moved_at timestamptz not null default now(),
  moved_reason text not null check (char_length(moved_reason) between 1 and 500),
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check (candidate_revision <> base_revision),
  check ((canary_share = 0 and canary_organizations = '{}') or stage <> 'SHADOW'),
  foreign key (scope, candidate_revision) references policy_revisions (scope, revision),
  foreign key (scope, base_revision) references policy_revisions (scope, revision)
);
create unique index policy_rollouts_one_open on policy_rollouts (scope) where stage in ('SHADOW', 'CANARY');
create index policy_rollouts_in_order on policy_rollouts (scope, id);
grant select, insert, update on policy_rollouts to tenet_app;
alter table policy_rollouts enable row level security;
alter table policy_rollouts force row level security;
create policy of_the_platform on policy_rollouts using (in_scope('00000000-0000-0000-0000-000000000000'::uuid));

-- How many live decisions of a rollout were compared with the candidate. A row of its own, so that counting waits for no change of the rollout.
create table policy_rollout_counts (
  rollout_id uuid primary key references policy_rollouts (id) on delete cascade,
  compared bigint not null default 0 check (compared >= 0),
  -- Decisions that were not compared because too many waited.
  dropped bigint not null default 0 check (dropped >= 0),
  last_at timestamptz
);
grant select, insert, update on policy_rollout_counts to tenet_app;
alter table policy_rollout_counts enable row level security;
alter table policy_rollout_counts force row level security;
create policy of_the_platform on policy_rollout_counts using (in_scope('00000000-0000-0000-0000-000000000000'::uuid));

-- The cases in which the candidate decides something else than the revision in force, each with how often it was met. No subject is kept.
create table policy_rollout_findings (
  rollout_id uuid not null references policy_rollouts (id) on delete cascade,
  -- sha256 of effect, resource, action, level, roles and scopes: the case.
  digest text not null check (digest ~ '^[0-9a-f]{64}$'),
  effect text not null check (effect in ('ALLOW_TO_DENY', 'DENY_TO_ALLOW')),
  resource text not null,
  action text not null,
  level text not null check (level in ('platform', 'org', 'project')),
  -- Casbin names, sorted: the roles and states of the subject, and the scopes of a key.
  roles text[] not null,
  scopes text[] not null default '{}',
  count bigint not null default 1 check (count > 0),
  -- Whether the plan of the rollout says so.
  planned boolean not null,
  -- One of the decisions, and where it was taken.
  decision_id uuid,
  organization_id uuid,
  first_at timestamptz not null default now(),
  last_at timestamptz not null default now(),
  primary key (rollout_id, digest)
);
grant select, insert, update on policy_rollout_findings to tenet_app;
alter table policy_rollout_findings enable row level security;
alter table policy_rollout_findings force row level security;
create policy of_the_platform on policy_rollout_findings using (in_scope('00000000-0000-0000-0000-000000000000'::uuid));

-- What each snapshot reads of the open rollout. It is written with the rollout in one transaction, and every change moves the version of the head.
alter table policy_heads add column rollout_id uuid references policy_rollouts (id);
alter table policy_heads add column candidate_revision integer;
alter table policy_heads add column canary_share integer not null default 0;
alter table policy_heads add column canary_organizations uuid[] not null default '{}';
alter table policy_heads add foreign key (scope, candidate_revision) references policy_revisions (scope, revision);
alter table policy_heads add constraint policy_heads_candidate
  check ((rollout_id is null) = (candidate_revision is null) and (rollout_id is not null or (canary_share = 0 and canary_organizations = '{}')));

-- Where an organization stands among all, from 0 to 9999, by a hash of its id alone: one whose place is below the share is in the canary, so a
-- greater share has all organizations of a smaller one.
create function canary_place(organization uuid) returns integer language sql immutable strict parallel safe
  return (('x' || left(md5(organization::text), 8))::bit(32)::bigint % 10000)::integer;

-- A stage is an entry of the history too: `revision` is what is in force then, the candidate stands beside it.
alter table policy_activations add column rollout_id uuid references policy_rollouts (id);
alter table policy_activations add column stage text check (stage in ('SHADOW', 'CANARY', 'ALL', 'CANCELLED', 'ROLLED_BACK'));
alter table policy_activations add column candidate_revision integer;
alter table policy_activations add check ((rollout_id is null) = (stage is null) and (rollout_id is null) = (candidate_revision is null));

-- By scope, the candidate that a server is ready to decide by, and the version of the head that it has seen.
alter table replicas add column candidates jsonb not null default '{}';
