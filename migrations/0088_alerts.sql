-- What an organization wants to be told about its usage, by those who define it.
create table alerts (
  org_id uuid not null references organizations (id),
  id uuid not null,
  title text not null check (char_length(title) between 1 and 100),
  -- { on: THRESHOLD, meter, measure, quantity, period } or { on: SPIKE, meter, measure, factor, minimum }, each with projectId where it is about one.
  condition jsonb not null,
  -- { roles, memberIds, billingEmails }
  recipients jsonb not null default '{}',
  is_active boolean not null default true,
  created_by text not null,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (org_id, id)
);
alter table alerts enable row level security;
alter table alerts force row level security;
create policy in_scope on alerts using (in_scope(org_id));
grant select, insert, update, delete on alerts to tenet_app;

-- That an alert fired: once for each period and threshold.
create table alert_firings (
  org_id uuid not null references organizations (id),
  id uuid not null,
  -- The id of an alert, or what the blueprint of the organization has in its place.
  alert text not null,
  -- The first day (UTC) of the day or month that it is about.
  period date not null,
  threshold text not null,
  -- What it was then: { title, meter, measure, unit, period, quantity, limit, projectId }
  facts jsonb not null,
  recipients jsonb not null,
  fired_at timestamptz not null default now(),
  primary key (org_id, id),
  constraint alert_firings_once unique (org_id, alert, period, threshold)
);
alter table alert_firings enable row level security;
alter table alert_firings force row level security;
create policy in_scope on alert_firings using (in_scope(org_id));
grant select, insert, delete on alert_firings to tenet_app;
