-- Row level security holds for the owner of the tables too: requests that reach the database as the owner, because something dropped
-- the role of their connection, stay within their scope. What the command line does names the scope `platform`. A superuser, and a role
-- with bypassrls, is not held.
do $$
declare
  secured regclass;
begin
  for secured in select oid from pg_class where relnamespace = 'tenet'::regnamespace and relkind in ('r', 'p') and relrowsecurity loop
    execute format('alter table %s force row level security', secured);
  end loop;
end $$;
