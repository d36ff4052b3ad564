-- Whether an organization may choose the plan itself, where organizations of its kind choose at all.
alter table plans add column self_service boolean not null default true;
