-- Whether the manifest that owns the row says its labels too; without, they are the API's.
alter table members add column manifest_labels boolean not null default false;
alter table service_accounts add column manifest_labels boolean not null default false;
