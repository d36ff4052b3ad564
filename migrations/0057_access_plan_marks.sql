-- What was in force when a plan was made, and of each organization what tells whether anything has moved in it since.
alter table access_plans add column base json;
create table access_plan_marks (
  org_id uuid not null,
  plan_id uuid not null references access_plans (id) on delete cascade,
  mark text not null,
  -- When something begins or ends there by itself.
  next_at timestamptz,
  primary key (org_id, plan_id)
);
create index access_plan_marks_of_plan on access_plan_marks (plan_id);
alter table access_plan_marks enable row level security;
alter table access_plan_marks force row level security;
create policy in_scope on access_plan_marks using (in_scope(org_id));
grant select, insert, delete on access_plan_marks to tenet_app;
