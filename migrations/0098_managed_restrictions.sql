-- Whether the manifest of the organization says it: then the API does not lift it.
alter table restrictions add column is_managed boolean not null default false;
