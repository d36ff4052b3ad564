-- Why a revision was put into force, in the words of who did it.
alter table policy_heads add column reason text;
