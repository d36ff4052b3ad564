-- What becomes of the roles that the contents of a plan lack; null where nothing is said.
alter table access_plans add column role_mapping json;
