-- Denials that are alike, within an hour: the first one has an event and a kept decision, the others are counted, and their number is an event
-- when the hour is over. What is alike has the same subject, place, permission, roles and revisions, so one explanation holds for all.
create table denials (
  org_id uuid not null,
  fingerprint bytea not null,
  -- When the hour began.
  since timestamptz not null,
  decision_id uuid not null,
  subject text not null,
  -- What was attempted, and on what; null for questions, which change nothing and have no event.
  action text,
  target text,
  count bigint not null default 1,
  primary key (org_id, fingerprint, since)
);
create index denials_by_time on denials (since);
alter table denials enable row level security;
alter table denials force row level security;
create policy in_scope on denials using (in_scope(org_id));
grant select, insert, update, delete on denials to tenet_app;
