-- What runs with the rights of the owner finds its tables in tenet before those that a caller made for themselves: a
-- search_path that does not name pg_temp has it first.
do $$
declare
  definer regprocedure;
begin
  for definer in select oid from pg_proc where pronamespace = 'tenet'::regnamespace and prosecdef and proname <> 'enqueue' loop
    execute format('alter function %s set search_path = tenet, pg_temp', definer);
  end loop;
end $$;

-- Requests may call what they need: the second wall, the check of policy rows, the audit. The queue's function is granted
-- where it is made, and triggers need no right.
revoke execute on all functions in schema tenet from public;
grant execute on function in_scope, policy_rows_valid, append_audit_event to tenet_app;

-- Nor need requests temporary tables. Only the owner of the database can say so; somebody else's database stays as it is.
do $$
begin
  execute format('revoke temporary on database %I from public, tenet_app', current_database());
exception when insufficient_privilege then
  raise notice 'the right to make temporary tables stays with everybody';
end $$;

-- Roles of the platform come from the command line, which has the owner's connection; never from a request.
revoke insert on platform_grants from tenet_app;
