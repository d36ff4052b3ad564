-- What organizations, their projects and their members have chosen for the settings of their kind. Where there is no row, the level above counts.
create table setting_values (
  org_id uuid not null references organizations (id),
  key text not null,
  -- Whose value it is: that of the organization where both are null.
  project_id uuid,
  user_id uuid,
  value jsonb not null,
  -- Of an organization: no project has a value of its own.
  is_locked boolean not null default false,
  -- Of a project: taken over from the organization, chosen by nobody there.
  is_copy boolean not null default false,
  -- The manifest of the place says it.
  is_managed boolean not null default false,
  set_by text not null,
  set_at timestamptz not null default now(),
  constraint setting_values_once unique nulls not distinct (org_id, key, project_id, user_id),
  constraint setting_values_place check (project_id is null or user_id is null),
  constraint setting_values_locked check (not is_locked or (project_id is null and user_id is null)),
  constraint setting_values_copy check (not is_copy or project_id is not null),
  foreign key (org_id, project_id) references projects (org_id, id) on delete cascade,
  foreign key (org_id, user_id) references members (org_id, user_id) on delete cascade
);
create index setting_values_of_project on setting_values (org_id, project_id) where project_id is not null;
create index setting_values_of_member on setting_values (org_id, user_id) where user_id is not null;

alter table setting_values enable row level security;
alter table setting_values force row level security;
create policy in_scope on setting_values using (in_scope(org_id));
grant select, insert, update, delete on setting_values to tenet_app;
