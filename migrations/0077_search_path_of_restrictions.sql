-- Runs as the owner, so it looks at temporary tables last.
alter function bump_restrictions() set search_path = tenet, pg_temp;
