-- Behind row level security an index serves only operators that PostgreSQL knows to leak nothing: = on a column is one of them, ->> and
-- lower() are not. What is looked up by them becomes a column; else each look reads the whole table.
alter table organizations add column manifest_uid text generated always as (managed_by ->> 'uid') stored;
drop index organizations_manifest;
create unique index organizations_manifest on organizations (manifest_uid) where manifest_uid is not null;

alter table projects add column manifest_uid text generated always as (managed_by ->> 'uid') stored;
drop index projects_manifest;
create unique index projects_manifest on projects (manifest_uid) where manifest_uid is not null;

alter table invitations add column folded_email text not null generated always as (lower(email)) stored;
drop index invitations_one_pending, invitations_by_email;
create unique index invitations_one_pending on invitations (org_id, folded_email) where state = 'PENDING';
create index invitations_by_email on invitations (folded_email) where state = 'PENDING';
