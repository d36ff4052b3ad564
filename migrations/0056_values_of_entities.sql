-- Behind row level security an index serves only operators that PostgreSQL knows to leak nothing, and containment of jsonb is none of them. So what
-- searches look up is a table: the digests of the values that entities have, by their ways (core/policy-stores/entity-values.ts).
drop index policy_store_entities_properties;
drop function entity_path(uuid, text, jsonb);

create table policy_store_entity_values (
  org_id uuid not null,
  store_id uuid not null,
  type text collate "C" not null,
  value uuid not null,
  id text collate "C" not null,
  primary key (org_id, store_id, type, value, id),
  foreign key (org_id, store_id, type, id) references policy_store_entities (org_id, store_id, type, id) on delete cascade
);
create index policy_store_entity_values_of on policy_store_entity_values (org_id, store_id, type, id);
alter table policy_store_entities add column value_count integer not null default 0;
alter table policy_stores add column value_count integer not null default 0
  constraint policy_stores_value_count check (value_count between 0 and 2000000);

alter table policy_store_entity_values enable row level security;
alter table policy_store_entity_values force row level security;
create policy in_scope on policy_store_entity_values using (in_scope(org_id));
grant select, insert, delete on policy_store_entity_values to tenet_app;
