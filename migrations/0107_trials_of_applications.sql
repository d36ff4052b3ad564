-- An organization has one trial of an application: what was begun is kept when it is uninstalled, so that installing it again begins none.
create table application_trials (
  org_id uuid not null references organizations (id),
  item_id uuid not null references catalog_items (id),
  ends_at timestamptz not null,
  began_at timestamptz not null default now(),
  primary key (org_id, item_id)
);
alter table application_trials enable row level security;
alter table application_trials force row level security;
create policy in_scope on application_trials using ((select whole_platform()) or org_id = (select scope_organization()));
grant select, insert, update on application_trials to tenet_app;

-- The first that is known, also of what was uninstalled and is not purged yet. Nothing says of what a price was chosen for whether it had a trial.
insert into application_trials (org_id, item_id, ends_at, began_at)
select org_id, item_id, min(trial_ends_at), min(created_at) from instances where trial_ends_at is not null group by org_id, item_id;
