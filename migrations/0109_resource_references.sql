-- Which resource names which in a field that its type calls a reference. The value stands in the resource itself; this answers what is in use, and what leads where.
-- A project goes with all that is in it, so what is named is looked for when the transaction ends.
create table resource_references (
  org_id uuid not null,
  from_id uuid not null,
  field text not null,
  to_resource uuid,
  to_service_account uuid,
  primary key (org_id, from_id, field),
  foreign key (org_id, from_id) references resources (org_id, id) on delete cascade,
  foreign key (org_id, to_resource) references resources (org_id, id) deferrable initially deferred,
  foreign key (org_id, to_service_account) references service_accounts (org_id, id) deferrable initially deferred,
  check (num_nonnulls(to_resource, to_service_account) = 1)
);
create index resource_references_to_resource on resource_references (org_id, to_resource) where to_resource is not null;
create index resource_references_to_service_account on resource_references (org_id, to_service_account) where to_service_account is not null;
alter table resource_references enable row level security;
alter table resource_references force row level security;
create policy in_scope on resource_references using ((select whole_platform()) or org_id = (select scope_organization()));
grant select, insert, delete on resource_references to tenet_app;
