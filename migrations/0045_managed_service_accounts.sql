-- The manifest that owns a service account, as on members. It has no index: those of an organization are few, and are found by its id.
alter table service_accounts add column managed_by jsonb;
