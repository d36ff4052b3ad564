-- What a change of policy would do to those who hold something, made by a job and kept for some days. It spans organizations, so it belongs to the
-- platform. `document` is json and not jsonb: the command line writes the same bytes.
create table access_plans (
  id uuid primary key,
  state text not null default 'QUEUED' check (state in ('QUEUED', 'RUNNING', 'READY', 'FAILED')),
  -- Of each scope what was asked for (a revision, or nothing) and its digest; and the contents.
  targets json not null,
  contents json not null,
  reason text check (char_length(reason) between 1 and 500),
  -- The plan without its rows, and what it is about when it is made again.
  document json,
  digest text,
  data_at timestamptz,
  failure text,
  created_by text not null,
  expires_at timestamptz not null,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint access_plans_are_made check (state <> 'READY' or (document is not null and digest is not null and data_at is not null))
);
create index access_plans_expired on access_plans (expires_at);
alter table access_plans enable row level security;
alter table access_plans force row level security;
create policy of_the_platform on access_plans using (in_scope('00000000-0000-0000-0000-000000000000'));
grant select, insert, update, delete on access_plans to tenet_app;

-- Whom it concerns, in parts of some subjects: `number` counts the rows of a plan. What is outside of organizations has the uuid of none.
-- `place_id` is a project that may be gone before the plan is.
create table access_plan_rows (
  org_id uuid not null,
  plan_id uuid not null references access_plans (id) on delete cascade,
  number int not null,
  part int not null,
  effect int not null,
  place text not null,
  place_id uuid,
  subject_type text not null,
  via text[] not null,
  count bigint not null,
  subjects uuid[],
  -- Of subjects of this part, by uuid, the projects that are left out.
  except_projects jsonb,
  primary key (org_id, plan_id, number, part)
);
create unique index access_plan_rows_in_order on access_plan_rows (plan_id, number, part);
alter table access_plan_rows enable row level security;
alter table access_plan_rows force row level security;
create policy in_scope on access_plan_rows using (in_scope(org_id));
grant select, insert, delete on access_plan_rows to tenet_app;
