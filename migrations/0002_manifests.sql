-- The present term of whoever applies manifests from one source. A writer of an older term is refused, however long it slept.
create table fences (
  source text primary key,
  term bigint not null
);

-- One row for one manifest, found by the uid of the object.
create unique index organizations_manifest on organizations ((managed_by ->> 'uid')) where managed_by is not null;
create unique index projects_manifest on projects ((managed_by ->> 'uid')) where managed_by is not null;
create index members_manifest on members (org_id, (managed_by ->> 'uid')) where managed_by is not null;

-- A project that its manifest archived keeps its slug and its grants, and nobody reaches it.
alter table projects drop constraint projects_state_check;
alter table projects add constraint projects_state_check check (state in ('ACTIVE', 'ARCHIVED', 'DELETED'));

grant select, insert, update on fences to tenet_app;
