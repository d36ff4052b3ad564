-- The manifest that owns a role of an organization, as on members, and the name by which manifests call it. An organization has one
-- manifest, and few roles.
alter table roles add column managed_by jsonb;
alter table roles add column manifest_name text;
alter table roles add constraint roles_named_by_manifests check ((managed_by is null) = (manifest_name is null));
create unique index roles_manifest_name on roles (org_id, manifest_name) where manifest_name is not null;
