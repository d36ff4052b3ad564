-- An invitation offers several roles, in the organization and in its projects. One that is made in a project offers a role there, and
-- membership with it.
create table invitation_roles (
  org_id uuid not null,
  invitation_id uuid not null,
  -- Null: in the organization itself.
  project_id uuid,
  role text not null,
  constraint invitation_roles_once unique nulls not distinct (org_id, invitation_id, project_id, role),
  foreign key (org_id, invitation_id) references invitations (org_id, id),
  foreign key (org_id, project_id) references projects (org_id, id)
);
create index invitation_roles_in_project on invitation_roles (org_id, project_id) where project_id is not null;
insert into invitation_roles (org_id, invitation_id, role) select org_id, id, role from invitations;
alter table invitation_roles enable row level security;
alter table invitation_roles force row level security;
create policy in_scope on invitation_roles using (in_scope(org_id));
grant select, insert on invitation_roles to tenet_app;

set constraints all immediate;
alter table invitations
  drop column role,
  add column name text,
  add column project_id uuid,
  add foreign key (org_id, project_id) references projects (org_id, id);
create index invitations_in_project on invitations (org_id, project_id, id) where project_id is not null;

-- Whether somebody who is invited to a project becomes a member of the organization by it.
alter table organizations add column project_invites_may_add_members boolean not null default true;
