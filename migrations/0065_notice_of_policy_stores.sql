-- What a replica remembers of a policy store is forgotten when its head or its entities change, or when it goes: each change of entities counts them anew.
create function notify_policy_store() returns trigger language plpgsql as $$
begin
  perform pg_notify('tenet_store', old.id::text);
  return null;
end $$;
revoke execute on function notify_policy_store from public;
create trigger policy_stores_notify after update of head_version, entity_count or delete on policy_stores
  for each row execute function notify_policy_store();
