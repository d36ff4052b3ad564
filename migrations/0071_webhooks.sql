-- Where events of an organization are sent. The secret is stored nowhere: it is made from a key of the ring (`secret_kid`) and random bytes of the row.
create table webhooks (
  org_id uuid not null references organizations (id),
  id uuid not null,
  name text not null,
  url text not null,
  -- Actions and nouns; none means all.
  event_types text[] not null default '{}',
  state text not null default 'ACTIVE' check (state in ('ACTIVE', 'DISABLED')),
  disabled_reason text check (disabled_reason in ('REQUESTED', 'FAILING', 'GONE', 'TOO_FAR_BEHIND', 'KEY_LOST')),
  secret_kid text not null,
  secret_seed bytea not null,
  previous_kid text,
  previous_seed bytea,
  previous_until timestamptz,
  -- The sequence of the last event of the audit log that it is done with: what comes behind it waits. No event is copied before it is sent.
  position bigint not null,
  -- Failed attempts of the event behind that, and when the next one is due.
  failures int not null default 0,
  next_attempt_at timestamptz,
  -- Who sends at present, and until when others leave it alone unless they hear of it.
  lease uuid,
  leased_until timestamptz,
  created_by text not null,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (org_id, id),
  check ((state = 'DISABLED') = (disabled_reason is not null)),
  check (num_nulls(previous_kid, previous_seed, previous_until) in (0, 3))
);
create index webhooks_active on webhooks (org_id) where state = 'ACTIVE';

-- What was sent or is being tried: one row for each event and webhook, whose id is the one that the receiver gets. Tests have no sequence.
create table webhook_deliveries (
  org_id uuid not null,
  webhook_id uuid not null,
  id uuid not null,
  type text not null,
  sequence bigint,
  state text not null check (state in ('WAITING', 'DELIVERED', 'FAILED')),
  attempts jsonb not null default '[]',
  next_attempt_at timestamptz,
  created_by text,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (org_id, webhook_id, id),
  foreign key (org_id, webhook_id) references webhooks (org_id, id) on delete cascade
);
create index webhook_deliveries_by_state on webhook_deliveries (org_id, webhook_id, state, id);
create index webhook_deliveries_by_time on webhook_deliveries (created_at);

alter table webhooks enable row level security;
alter table webhooks force row level security;
create policy in_scope on webhooks using (in_scope(org_id));
grant select, insert, update, delete on webhooks to tenet_app;
alter table webhook_deliveries enable row level security;
alter table webhook_deliveries force row level security;
create policy in_scope on webhook_deliveries using (in_scope(org_id));
grant select, insert, update, delete on webhook_deliveries to tenet_app;

-- Puts the job that sends what waits for a webhook into the outbox. One that waits already is moved to this moment, or keeps its own.
create function wake_webhook(org uuid, webhook uuid, at timestamptz, keep boolean) returns void
language plpgsql security definer set search_path = tenet, pg_temp as $$
begin
  if not in_scope(org) then
    raise exception 'out of scope' using errcode = 'insufficient_privilege';
  end if;
  perform graphile_worker.add_job('send-webhook', json_build_object('organization', org, 'webhook', webhook), run_at => at,
    max_attempts => 20, job_key => 'webhook:' || webhook, job_key_mode => case when keep then 'preserve_run_at' else 'replace' end);
end $$;
revoke execute on function wake_webhook from public;
grant execute on function wake_webhook to tenet_app;

-- Each event of an organization wakes its webhooks, in its transaction. A job that waits for the next attempt keeps its time.
create function wake_webhooks_of_event() returns trigger language plpgsql security definer set search_path = tenet, pg_temp as $$
begin
  perform graphile_worker.add_job('send-webhook', json_build_object('organization', w.org_id, 'webhook', w.id), max_attempts => 20,
    job_key => 'webhook:' || w.id, job_key_mode => 'preserve_run_at')
  from webhooks w where w.org_id = new.org_id and w.state = 'ACTIVE' order by w.id;
  return null;
end $$;
revoke execute on function wake_webhooks_of_event from public;
create trigger audit_heads_wake_webhooks after update of seq on audit_heads for each row execute function wake_webhooks_of_event();

-- Wakes the webhooks for which something is due and that no job will come to: those of a process that was killed.
create function wake_forgotten_webhooks() returns integer language plpgsql security definer set search_path = tenet, pg_temp as $$
declare
  woken int;
begin
  if not in_scope('00000000-0000-0000-0000-000000000000') then
    raise exception 'out of scope' using errcode = 'insufficient_privilege';
  end if;
  perform wake_webhook(w.org_id, w.id, now(), false)
  from webhooks w join audit_heads h using (org_id)
  where w.state = 'ACTIVE' and w.position < h.seq
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
