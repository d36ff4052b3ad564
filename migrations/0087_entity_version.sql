-- Moves with every change of the entities of a policy store, so that what was planned over them is known to be of the same ones.
alter table policy_stores add column entity_version bigint not null default 1;
