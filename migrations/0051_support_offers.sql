-- An organization lets an operator in without being asked: who did.
alter table support_accesses add column offered_by text;
