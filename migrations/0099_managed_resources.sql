-- The manifest that says this resource: then the API changes nothing of it but its labels.
alter table resources add column managed_by jsonb;
