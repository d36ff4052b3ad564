-- What audit events are searched by beside their own columns. Each is made from a column that the chain is verified against, so it says
-- nothing else than the event does.
alter table audit_events
  -- Who acted, without the key that was used: keys are named behind their owner, `user_.../key_...`.
  add column actor_id text not null generated always as (split_part(actor, '/', 1)) stored,
  add column key_id text generated always as (case when split_part(actor, '/', 2) like 'key_%' then split_part(actor, '/', 2) end) stored,
  add column noun text not null generated always as (split_part(action, '.', 1)) stored,
  add column request_id text generated always as (event::jsonb ->> 'requestId') stored,
  add column project_id text generated always as (
    case when target like 'prj_%' then target
      else coalesce(event::jsonb ->> 'projectId', event::jsonb #>> '{after,projectId}', event::jsonb #>> '{before,projectId}') end
  ) stored,
  -- A change that failed has changed nothing, and is not recorded.
  drop constraint audit_events_outcome_check,
  add constraint audit_events_outcome_check check (outcome in ('SUCCEEDED', 'DENIED'));
create index audit_events_by_actor on audit_events (org_id, actor_id, seq);
create index audit_events_by_key on audit_events (org_id, key_id, seq) where key_id is not null;
create index audit_events_by_action on audit_events (org_id, action, seq);
create index audit_events_by_noun on audit_events (org_id, noun, seq);
create index audit_events_by_target on audit_events (org_id, target, seq);
create index audit_events_by_request on audit_events (org_id, request_id, seq) where request_id is not null;
create index audit_events_by_project on audit_events (org_id, project_id, seq) where project_id is not null;
create index audit_events_denied on audit_events (org_id, seq) where outcome = 'DENIED';
create index audit_events_by_time on audit_events (org_id, at);
