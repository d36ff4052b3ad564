-- Roles under a name, which an invitation offers together. Who may offer them is asked when it is made, so a template gives nothing by itself.
create table role_templates (
  org_id uuid not null references organizations (id),
  id uuid not null,
  name text not null,
  description text not null default '',
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (org_id, id)
);
create unique index role_templates_name on role_templates (org_id, lower(name));

create table role_template_roles (
  org_id uuid not null,
  template_id uuid not null,
  -- Null: in the organization itself.
  project_id uuid,
  role text not null,
  constraint role_template_roles_once unique nulls not distinct (org_id, template_id, project_id, role),
  foreign key (org_id, template_id) references role_templates (org_id, id) on delete cascade,
  foreign key (org_id, project_id) references projects (org_id, id)
);
create index role_template_roles_in_project on role_template_roles (org_id, project_id) where project_id is not null;

alter table role_templates enable row level security;
alter table role_templates force row level security;
create policy in_scope on role_templates using (in_scope(org_id));
alter table role_template_roles enable row level security;
alter table role_template_roles force row level security;
create policy in_scope on role_template_roles using (in_scope(org_id));
grant select, insert, update, delete on role_templates, role_template_roles to tenet_app;
