-- What tells whether the rows of an access plan still mean the same subjects, whether it names them or not. A plan of before is stale where
-- anything moved.
alter table access_plan_rows add column fold text not null default '0000000000000000';
alter table access_plan_rows alter column fold drop default;
