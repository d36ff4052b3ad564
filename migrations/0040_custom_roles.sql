-- Roles that an organization defines for itself. What a role allows is compiled from here into the policy revision of the organization, in the
-- same transaction. No release has written a row of this table yet.
alter table roles
  drop constraint roles_name,
  drop column name,
  drop column level,
  drop column description,
  add column title text not null,
  add column description text not null default '',
  -- The role of the blueprint whose rows decide who gives and takes this one.
  add column tier text not null,
  -- resource:action
  add column permissions text[] not null default '{}';
create unique index roles_title on roles (org_id, lower(title));
grant delete on roles to tenet_app;

-- Who holds a role.
create index grants_with_role on grants (org_id, role) include (user_id, service_account_id, subject_role, project_id, until, from_at) where revoked_at is null;
