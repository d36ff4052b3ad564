-- What became of the check of the picture behind logo_url: its state, a reason, what it is. Null where nothing is asked of it, and for those
-- that were set before this.
alter table organizations add column logo jsonb constraint organizations_logo check (logo is null or logo_url is not null);
