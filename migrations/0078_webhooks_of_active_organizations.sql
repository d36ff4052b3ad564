-- Webhooks of an organization that is not active are not woken: what waits for them is sent when it is active again.
create or replace function wake_forgotten_webhooks() returns integer language plpgsql security definer set search_path = tenet, pg_temp as $$
declare
  woken int;
begin
  if not in_scope('00000000-0000-0000-0000-000000000000') then
    raise exception 'out of scope' using errcode = 'insufficient_privilege';
  end if;
  perform wake_webhook(w.org_id, w.id, now(), false)
  from webhooks w join audit_heads h using (org_id)
  where w.state = 'ACTIVE' and w.position < h.seq
    and exists (select from organizations o where o.id = w.org_id and o.state = 'ACTIVE')
    and coalesce(w.leased_until, '-infinity') < now() and coalesce(w.next_attempt_at, '-infinity') <= now()
    and not exists (
      select from graphile_worker.jobs j where j.key = 'webhook:' || w.id and j.locked_at is null and j.attempts < j.max_attempts and j.run_at <= now()
    )
  limit 1000;
  get diagnostics woken = row_count;
  return woken;
end $$;
revoke execute on function wake_forgotten_webhooks from public;
grant execute on function wake_forgotten_webhooks to tenet_app;
