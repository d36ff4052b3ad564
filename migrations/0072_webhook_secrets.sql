-- The secrets of webhooks are sealed by the data key of their organization, as all that is secret. No release had webhooks before.
delete from webhooks;
alter table webhooks drop column secret_kid, drop column secret_seed, drop column previous_kid, drop column previous_seed, drop column previous_until;
alter table webhooks add column secret_sealed text not null;
-- Messages are signed with the secret before as well, until then.
alter table webhooks add column previous_secret_sealed text;
alter table webhooks add column previous_until timestamptz;
alter table webhooks add check ((previous_secret_sealed is null) = (previous_until is null));
