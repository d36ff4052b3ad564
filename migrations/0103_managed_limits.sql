-- Whether the manifest of the organization says it: then the API does not change it.
alter table limit_overrides add column is_managed boolean not null default false;
