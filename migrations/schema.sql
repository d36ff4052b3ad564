-- The schema that all migrations together make. Made by `npm run generate` from a fresh database; for reading and for
-- reviewing: a new migration shows here what it changed. Nothing runs this file.

-- Tables

create table access_plan_marks (
  org_id uuid not null,
  plan_id uuid not null,
  mark text not null,
  next_at timestamp with time zone,
  constraint access_plan_marks_pkey PRIMARY KEY (org_id, plan_id),
  constraint access_plan_marks_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES access_plans(id) ON DELETE CASCADE
);
CREATE INDEX access_plan_marks_of_plan ON tenet.access_plan_marks USING btree (plan_id);
alter table access_plan_marks enable row level security;
alter table access_plan_marks force row level security;
create policy in_scope on access_plan_marks as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table access_plan_rows (
  org_id uuid not null,
  plan_id uuid not null,
  number integer not null,
  part integer not null,
  effect integer not null,
  place text not null,
  place_id uuid,
  subject_type text not null,
  via text[] not null,
  count bigint not null,
  subjects uuid[],
  except_projects jsonb,
  fold text not null,
  constraint access_plan_rows_pkey PRIMARY KEY (org_id, plan_id, number, part),
  constraint access_plan_rows_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES access_plans(id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX access_plan_rows_in_order ON tenet.access_plan_rows USING btree (plan_id, number, part);
alter table access_plan_rows enable row level security;
alter table access_plan_rows force row level security;
create policy in_scope on access_plan_rows as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table access_plans (
  id uuid not null,
  state text not null default 'QUEUED'::text,
  targets json not null,
  contents json not null,
  reason text,
  document json,
  digest text,
  data_at timestamp with time zone,
  failure text,
  created_by text not null,
  expires_at timestamp with time zone not null,
  version bigint not null default 1,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  base json,
  role_mapping json,
  constraint access_plans_pkey PRIMARY KEY (id),
  constraint access_plans_are_made CHECK (((state <> 'READY'::text) OR ((document IS NOT NULL) AND (digest IS NOT NULL) AND (data_at IS NOT NULL)))),
  constraint access_plans_reason_check CHECK (((char_length(reason) >= 1) AND (char_length(reason) <= 500))),
  constraint access_plans_state_check CHECK ((state = ANY (ARRAY['QUEUED'::text, 'RUNNING'::text, 'READY'::text, 'FAILED'::text])))
);
CREATE INDEX access_plans_expired ON tenet.access_plans USING btree (expires_at);
alter table access_plans enable row level security;
alter table access_plans force row level security;
create policy of_the_platform on access_plans as permissive for all to public using in_scope('00000000-0000-0000-0000-000000000000'::uuid);

create table alert_firings (
  org_id uuid not null,
  id uuid not null,
  alert text not null,
  period date not null,
  threshold text not null,
  facts jsonb not null,
  recipients jsonb not null,
  fired_at timestamp with time zone not null default now(),
  constraint alert_firings_pkey PRIMARY KEY (org_id, id),
  constraint alert_firings_once UNIQUE (org_id, alert, period, threshold),
  constraint alert_firings_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id)
);
alter table alert_firings enable row level security;
alter table alert_firings force row level security;
create policy in_scope on alert_firings as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table alerts (
  org_id uuid not null,
  id uuid not null,
  title text not null,
  condition jsonb not null,
  recipients jsonb not null default '{}'::jsonb,
  is_active boolean not null default true,
  created_by text not null,
  version bigint not null default 1,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint alerts_pkey PRIMARY KEY (org_id, id),
  constraint alerts_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id),
  constraint alerts_title_check CHECK (((char_length(title) >= 1) AND (char_length(title) <= 100)))
);
alter table alerts enable row level security;
alter table alerts force row level security;
create policy in_scope on alerts as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table api_key_secrets (
  org_id uuid not null,
  key_id uuid not null,
  version integer not null,
  hash bytea not null,
  prefix text not null,
  until timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  last_used_at timestamp with time zone,
  last_used_from text,
  uses bigint not null default 0,
  shown_to uuid,
  constraint api_key_secrets_pkey PRIMARY KEY (org_id, key_id, version),
  constraint api_key_secrets_hash UNIQUE (hash),
  constraint api_key_secrets_hash_check CHECK ((length(hash) = 32)),
  constraint api_key_secrets_org_id_key_id_fkey FOREIGN KEY (org_id, key_id) REFERENCES api_keys(org_id, id),
  constraint api_key_secrets_shown_to_fkey FOREIGN KEY (shown_to) REFERENCES users(id),
  constraint api_key_secrets_version_check CHECK ((version > 0))
);
CREATE TRIGGER api_key_secrets_bump_epoch AFTER UPDATE OF until ON tenet.api_key_secrets FOR EACH ROW EXECUTE FUNCTION bump_epoch();
alter table api_key_secrets enable row level security;
alter table api_key_secrets force row level security;
create policy in_scope on api_key_secrets as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table api_keys (
  org_id uuid not null,
  id uuid not null,
  project_id uuid,
  user_id uuid,
  service_account_id uuid,
  type text not null,
  name text not null,
  scopes text[],
  state text not null default 'ACTIVE'::text,
  expires_at timestamp with time zone,
  created_by text not null,
  earlier_uses bigint not null default 0,
  version bigint not null default 1,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  revoked_at timestamp with time zone,
  revoked_by text,
  allowed_addresses cidr[],
  policy_store_id uuid,
  constraint api_keys_pkey PRIMARY KEY (org_id, id),
  constraint api_keys_addresses CHECK (((allowed_addresses IS NULL) OR ((cardinality(allowed_addresses) >= 1) AND (cardinality(allowed_addresses) <= 50)))),
  constraint api_keys_bound CHECK (
CASE
    WHEN (policy_store_id IS NULL) THEN ((state = 'REVOKED'::text) OR COALESCE((NOT ('policy-store'::text = ANY (scopes))), true))
    ELSE (scopes = ARRAY['policy-store'::text])
END),
  constraint api_keys_expires_at_check CHECK (((expires_at >= '0001-01-01 00:00:00+00'::timestamp with time zone) AND (expires_at < '10000-01-01 00:00:00+00'::timestamp with time zone))),
  constraint api_keys_one_owner CHECK ((num_nonnulls(user_id, service_account_id) = 1)),
  constraint api_keys_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id),
  constraint api_keys_org_id_project_id_fkey FOREIGN KEY (org_id, project_id) REFERENCES projects(org_id, id),
  constraint api_keys_org_id_service_account_id_fkey FOREIGN KEY (org_id, service_account_id) REFERENCES service_accounts(org_id, id),
  constraint api_keys_org_id_user_id_fkey FOREIGN KEY (org_id, user_id) REFERENCES members(org_id, user_id),
  constraint api_keys_policy_store FOREIGN KEY (org_id, policy_store_id) REFERENCES policy_stores(org_id, id) ON DELETE SET NULL (policy_store_id),
  constraint api_keys_revoked CHECK (((state = 'REVOKED'::text) = (revoked_at IS NOT NULL))),
  constraint api_keys_state_check CHECK ((state = ANY (ARRAY['ACTIVE'::text, 'REVOKED'::text])))
);
CREATE INDEX api_keys_by_end ON tenet.api_keys USING btree (expires_at) WHERE ((state = 'ACTIVE'::text) AND (expires_at IS NOT NULL));
CREATE INDEX api_keys_in_place ON tenet.api_keys USING btree (org_id, project_id, id);
CREATE INDEX api_keys_of_policy_store ON tenet.api_keys USING btree (org_id, policy_store_id) WHERE (policy_store_id IS NOT NULL);
CREATE INDEX api_keys_of_service_account ON tenet.api_keys USING btree (org_id, service_account_id) WHERE ((state = 'ACTIVE'::text) AND (service_account_id IS NOT NULL));
CREATE INDEX api_keys_of_user ON tenet.api_keys USING btree (org_id, user_id) WHERE ((state = 'ACTIVE'::text) AND (user_id IS NOT NULL));
CREATE TRIGGER api_keys_bump_epoch AFTER UPDATE OF state, scopes, expires_at, allowed_addresses ON tenet.api_keys FOR EACH ROW EXECUTE FUNCTION bump_epoch();
CREATE TRIGGER api_keys_keep_limit AFTER INSERT ON tenet.api_keys FOR EACH ROW WHEN ((new.state = 'ACTIVE'::text)) EXECUTE FUNCTION keep_limit('api-keys');
CREATE TRIGGER api_keys_stay_revoked BEFORE UPDATE ON tenet.api_keys FOR EACH ROW WHEN (((old.state = 'REVOKED'::text) AND ((new.state <> 'REVOKED'::text) OR (new.revoked_at <> old.revoked_at)))) EXECUTE FUNCTION keep_revoked();
alter table api_keys enable row level security;
alter table api_keys force row level security;
create policy in_scope on api_keys as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table application_trials (
  org_id uuid not null,
  item_id uuid not null,
  ends_at timestamp with time zone not null,
  began_at timestamp with time zone not null default now(),
  constraint application_trials_pkey PRIMARY KEY (org_id, item_id),
  constraint application_trials_item_id_fkey FOREIGN KEY (item_id) REFERENCES catalog_items(id),
  constraint application_trials_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id)
);
alter table application_trials enable row level security;
alter table application_trials force row level security;
create policy in_scope on application_trials as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table audit_events (
  org_id uuid not null,
  seq bigint not null,
  at timestamp with time zone not null,
  actor text not null,
  action text not null,
  target text not null,
  outcome text not null,
  event text not null,
  prev_hash bytea not null,
  hash bytea not null,
  actor_id text not null generated always as (split_part(actor, '/'::text, 1)) stored,
  key_id text generated always as (
CASE
    WHEN (split_part(actor, '/'::text, 2) ~~ 'key_%'::text) THEN split_part(actor, '/'::text, 2)
    ELSE NULL::text
END) stored,
  noun text not null generated always as (split_part(action, '.'::text, 1)) stored,
  request_id text generated always as (((event)::jsonb ->> 'requestId'::text)) stored,
  project_id text generated always as (
CASE
    WHEN (target ~~ 'prj_%'::text) THEN target
    ELSE COALESCE(((event)::jsonb ->> 'projectId'::text), ((event)::jsonb #>> '{after,projectId}'::text[]), ((event)::jsonb #>> '{before,projectId}'::text[]))
END) stored,
  constraint audit_events_pkey PRIMARY KEY (org_id, seq),
  constraint audit_events_outcome_check CHECK ((outcome = ANY (ARRAY['SUCCEEDED'::text, 'DENIED'::text])))
);
CREATE INDEX audit_events_by_action ON tenet.audit_events USING btree (org_id, action, seq);
CREATE INDEX audit_events_by_actor ON tenet.audit_events USING btree (org_id, actor_id, seq);
CREATE INDEX audit_events_by_key ON tenet.audit_events USING btree (org_id, key_id, seq) WHERE (key_id IS NOT NULL);
CREATE INDEX audit_events_by_noun ON tenet.audit_events USING btree (org_id, noun, seq);
CREATE INDEX audit_events_by_project ON tenet.audit_events USING btree (org_id, project_id, seq) WHERE (project_id IS NOT NULL);
CREATE INDEX audit_events_by_request ON tenet.audit_events USING btree (org_id, request_id, seq) WHERE (request_id IS NOT NULL);
CREATE INDEX audit_events_by_target ON tenet.audit_events USING btree (org_id, target, seq);
CREATE INDEX audit_events_by_time ON tenet.audit_events USING btree (org_id, at);
CREATE INDEX audit_events_denied ON tenet.audit_events USING btree (org_id, seq) WHERE (outcome = 'DENIED'::text);
CREATE TRIGGER audit_events_append_only BEFORE DELETE OR UPDATE ON tenet.audit_events FOR EACH ROW EXECUTE FUNCTION refuse_change();
alter table audit_events enable row level security;
alter table audit_events force row level security;
create policy in_scope on audit_events as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table audit_heads (
  org_id uuid not null,
  seq bigint not null,
  hash bytea not null,
  constraint audit_heads_pkey PRIMARY KEY (org_id)
);
CREATE TRIGGER audit_heads_wake_webhooks AFTER UPDATE OF seq ON tenet.audit_heads FOR EACH ROW EXECUTE FUNCTION wake_webhooks_of_event();
alter table audit_heads enable row level security;
alter table audit_heads force row level security;
create policy in_scope on audit_heads as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table billing_profiles (
  org_id uuid not null,
  legal_name text,
  tax_id text,
  address jsonb,
  emails jsonb not null default '[]'::jsonb,
  updated_at timestamp with time zone not null default now(),
  constraint billing_profiles_pkey PRIMARY KEY (org_id),
  constraint billing_profiles_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id)
);
alter table billing_profiles enable row level security;
alter table billing_profiles force row level security;
create policy in_scope on billing_profiles as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table budgets (
  kind text not null,
  subject text not null,
  since timestamp with time zone not null,
  used bigint not null,
  constraint budgets_pkey PRIMARY KEY (kind, subject, since)
);
CREATE INDEX budgets_by_time ON tenet.budgets USING btree (since);

create table catalog_items (
  id uuid not null,
  name text not null,
  category text not null,
  description text not null,
  prices jsonb not null default '[]'::jsonb,
  trial_days integer,
  environment jsonb not null default '[]'::jsonb,
  program jsonb not null,
  state text not null default 'PUBLISHED'::text,
  created_by text not null,
  version bigint not null default 1,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint catalog_items_pkey PRIMARY KEY (id),
  constraint catalog_items_state_check CHECK ((state = ANY (ARRAY['PUBLISHED'::text, 'WITHDRAWN'::text]))),
  constraint catalog_items_trial_days_check CHECK (((trial_days >= 1) AND (trial_days <= 365)))
);
CREATE INDEX catalog_items_by_category ON tenet.catalog_items USING btree (state, category, id);
alter table catalog_items enable row level security;
alter table catalog_items force row level security;
create policy of_the_platform on catalog_items as permissive for all to public using in_scope('00000000-0000-0000-0000-000000000000'::uuid);
create policy read_by_all on catalog_items as permissive for select to public using true;

create table data_key_rotations (
  id uuid not null,
  started_at timestamp with time zone not null default now(),
  finished_at timestamp with time zone,
  sealed bigint not null default 0,
  constraint data_key_rotations_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX data_key_rotations_open ON tenet.data_key_rotations USING btree ((true)) WHERE (finished_at IS NULL);
alter table data_key_rotations enable row level security;
alter table data_key_rotations force row level security;
create policy of_the_platform on data_key_rotations as permissive for all to public using in_scope('00000000-0000-0000-0000-000000000000'::uuid);

create table data_keys (
  org_id uuid not null,
  kid text not null,
  wrapped jsonb not null,
  is_current boolean not null default true,
  created_at timestamp with time zone not null default now(),
  retired_at timestamp with time zone,
  constraint data_keys_pkey PRIMARY KEY (org_id, kid),
  constraint data_keys_kid_check CHECK ((kid ~ '^[0-9a-f]{16}$'::text)),
  constraint data_keys_retired CHECK ((is_current = (retired_at IS NULL))),
  constraint data_keys_wrapped_check CHECK (((jsonb_typeof(wrapped) = 'object'::text) AND (wrapped <> '{}'::jsonb)))
);
CREATE UNIQUE INDEX data_keys_current ON tenet.data_keys USING btree (org_id) WHERE is_current;
alter table data_keys enable row level security;
alter table data_keys force row level security;
create policy in_scope on data_keys as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table decision_log (
  org_id uuid not null,
  since timestamp with time zone not null,
  until timestamp with time zone not null,
  id uuid not null,
  day date not null,
  decisions uuid[] not null,
  offsets integer[] not null,
  cases uuid[] not null,
  subjects text[] not null,
  projects uuid[] not null,
  requests uuid[] not null,
  are_questions boolean[] not null,
  may_be_cached boolean[] not null,
  resources text[] not null default '{}'::text[],
  constraint decision_log_pkey PRIMARY KEY (org_id, since, id, day)
) partition by RANGE (day);
alter table decision_log enable row level security;
alter table decision_log force row level security;
create policy in_scope on decision_log as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table decision_log_cases (
  id uuid not null,
  day date not null,
  document jsonb not null,
  constraint decision_log_cases_pkey PRIMARY KEY (id, day)
) partition by RANGE (day);

create table decision_log_gaps (
  writer uuid not null,
  since timestamp with time zone not null,
  until timestamp with time zone not null,
  reason text not null,
  lost bigint not null,
  constraint decision_log_gaps_pkey PRIMARY KEY (writer, since, reason),
  constraint decision_log_gaps_reason_check CHECK ((reason = ANY (ARRAY['FULL'::text, 'FAILED'::text, 'KILLED'::text])))
);
CREATE INDEX decision_log_gaps_by_time ON tenet.decision_log_gaps USING btree (until);

create table decision_log_stores (
  org_id uuid not null,
  project_id uuid not null,
  store_id uuid not null,
  id uuid not null,
  day date not null,
  at timestamp with time zone not null,
  revision integer not null,
  sha256 text not null,
  caller text not null,
  request uuid not null,
  may_be_cached boolean not null,
  decision boolean not null,
  line integer,
  question json not null,
  constraint decision_log_stores_pkey PRIMARY KEY (org_id, store_id, id, day)
) partition by RANGE (day);
alter table decision_log_stores enable row level security;
alter table decision_log_stores force row level security;
create policy in_scope on decision_log_stores as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table decision_log_writers (
  id uuid not null,
  begun_at timestamp with time zone not null default now(),
  seen_at timestamp with time zone not null default now(),
  complete_until timestamp with time zone not null,
  ended_at timestamp with time zone,
  buffer integer not null,
  written bigint not null default 0,
  lost bigint not null default 0,
  share real,
  constraint decision_log_writers_pkey PRIMARY KEY (id),
  constraint decision_log_writers_share_check CHECK (((share > (0)::double precision) AND (share <= (1)::double precision)))
);

create table decisions (
  org_id uuid not null,
  id uuid not null,
  at timestamp with time zone not null default now(),
  subject text not null,
  record jsonb not null,
  constraint decisions_pkey PRIMARY KEY (org_id, id)
);
CREATE INDEX decisions_by_time ON tenet.decisions USING btree (at);
alter table decisions enable row level security;
alter table decisions force row level security;
create policy in_scope on decisions as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table denials (
  org_id uuid not null,
  fingerprint bytea not null,
  since timestamp with time zone not null,
  decision_id uuid not null,
  subject text not null,
  action text,
  target text,
  count bigint not null default 1,
  targets text[] not null default '{}'::text[],
  unlisted bigint not null default 0,
  constraint denials_pkey PRIMARY KEY (org_id, fingerprint, since)
);
CREATE INDEX denials_by_time ON tenet.denials USING btree (since);
alter table denials enable row level security;
alter table denials force row level security;
create policy in_scope on denials as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table encryption_keys (
  kid text not null,
  fingerprint bytea not null,
  first_used_at timestamp with time zone not null default now(),
  constraint encryption_keys_pkey PRIMARY KEY (kid)
);

create table export_chunks (
  org_id uuid not null,
  export_id uuid not null,
  number integer not null,
  content bytea not null,
  constraint export_chunks_pkey PRIMARY KEY (org_id, export_id, number),
  constraint export_chunks_org_id_export_id_fkey FOREIGN KEY (org_id, export_id) REFERENCES exports(org_id, id) ON DELETE CASCADE
);
alter table export_chunks enable row level security;
alter table export_chunks force row level security;
create policy in_scope on export_chunks as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table export_links (
  org_id uuid not null,
  id uuid not null,
  export_id uuid not null,
  token_hash bytea not null,
  created_by text not null,
  uses integer not null default 0,
  expires_at timestamp with time zone not null,
  created_at timestamp with time zone not null default now(),
  second_factor_until double precision,
  constraint export_links_pkey PRIMARY KEY (org_id, id),
  constraint export_links_org_id_export_id_fkey FOREIGN KEY (org_id, export_id) REFERENCES exports(org_id, id) ON DELETE CASCADE,
  constraint export_links_token_hash_check CHECK ((length(token_hash) = 32)),
  constraint export_links_token_hash_key UNIQUE (token_hash)
);
CREATE INDEX export_links_expired ON tenet.export_links USING btree (expires_at);
CREATE INDEX export_links_of_export ON tenet.export_links USING btree (org_id, export_id);
alter table export_links enable row level security;
alter table export_links force row level security;
create policy in_scope on export_links as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table exports (
  org_id uuid not null,
  id uuid not null,
  kind text not null,
  format text not null,
  filters jsonb not null default '{}'::jsonb,
  state text not null default 'QUEUED'::text,
  "position" text,
  context jsonb not null default '{}'::jsonb,
  rows bigint not null default 0,
  bytes bigint not null default 0,
  chunks integer not null default 0,
  failure text,
  created_by text not null,
  expires_at timestamp with time zone not null,
  version bigint not null default 1,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint exports_pkey PRIMARY KEY (org_id, id),
  constraint exports_format_check CHECK ((format = ANY (ARRAY['NDJSON'::text, 'CSV'::text]))),
  constraint exports_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id),
  constraint exports_state_check CHECK ((state = ANY (ARRAY['QUEUED'::text, 'RUNNING'::text, 'READY'::text, 'FAILED'::text])))
);
CREATE INDEX exports_expired ON tenet.exports USING btree (expires_at);
alter table exports enable row level security;
alter table exports force row level security;
create policy in_scope on exports as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table fences (
  source text not null,
  term bigint not null,
  constraint fences_pkey PRIMARY KEY (source)
);

create table grants (
  org_id uuid not null,
  id uuid not null,
  project_id uuid,
  user_id uuid,
  subject_role text,
  role text not null,
  until timestamp with time zone,
  reason text,
  source text not null,
  granted_by text not null,
  created_at timestamp with time zone not null default now(),
  revoked_at timestamp with time zone,
  revoked_by text,
  from_at timestamp with time zone,
  service_account_id uuid,
  begins_at timestamp with time zone,
  constraint grants_pkey PRIMARY KEY (org_id, id),
  constraint grants_begin_before_they_end CHECK ((begins_at < until)),
  constraint grants_count_once_begun CHECK (((begins_at IS NULL) OR ((from_at IS NOT NULL) AND (from_at >= begins_at)))),
  constraint grants_from_at_shown CHECK (((from_at >= '0001-01-01 00:00:00+00'::timestamp with time zone) AND (from_at < '10000-01-01 00:00:00+00'::timestamp with time zone))),
  constraint grants_one_subject CHECK ((num_nonnulls(user_id, service_account_id, subject_role) = 1)),
  constraint grants_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id),
  constraint grants_org_id_project_id_fkey FOREIGN KEY (org_id, project_id) REFERENCES projects(org_id, id),
  constraint grants_org_id_service_account_id_fkey FOREIGN KEY (org_id, service_account_id) REFERENCES service_accounts(org_id, id),
  constraint grants_source_check CHECK ((source = ANY (ARRAY['DIRECT'::text, 'INVITATION'::text, 'CREATION'::text, 'MANIFEST'::text]))),
  constraint grants_until_shown CHECK (((until >= '0001-01-01 00:00:00+00'::timestamp with time zone) AND (until < '10000-01-01 00:00:00+00'::timestamp with time zone))),
  constraint grants_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id)
);
CREATE INDEX grants_in_project ON tenet.grants USING btree (org_id, project_id, id) WHERE (revoked_at IS NULL);
CREATE INDEX grants_of_role ON tenet.grants USING btree (org_id, subject_role) INCLUDE (role, project_id, until, from_at) WHERE ((revoked_at IS NULL) AND (subject_role IS NOT NULL));
CREATE INDEX grants_of_service_account ON tenet.grants USING btree (org_id, service_account_id) INCLUDE (role, project_id, until, from_at) WHERE ((revoked_at IS NULL) AND (service_account_id IS NOT NULL));
CREATE INDEX grants_of_user ON tenet.grants USING btree (org_id, user_id) INCLUDE (role, project_id, until, from_at) WHERE ((revoked_at IS NULL) AND (user_id IS NOT NULL));
CREATE UNIQUE INDEX grants_once ON tenet.grants USING btree (org_id, project_id, user_id, service_account_id, subject_role, role) NULLS NOT DISTINCT WHERE (revoked_at IS NULL);
CREATE INDEX grants_with_role ON tenet.grants USING btree (org_id, role) INCLUDE (user_id, service_account_id, subject_role, project_id, until, from_at) WHERE (revoked_at IS NULL);
CREATE TRIGGER grants_bump_epoch AFTER INSERT OR UPDATE ON tenet.grants FOR EACH ROW EXECUTE FUNCTION bump_epoch();
CREATE CONSTRAINT TRIGGER grants_keep_grantee AFTER INSERT OR UPDATE ON tenet.grants NOT DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW WHEN (((new.revoked_at IS NULL) AND (new.user_id IS NOT NULL))) EXECUTE FUNCTION keep_grantee();
CREATE CONSTRAINT TRIGGER grants_keep_top_role AFTER UPDATE ON tenet.grants DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (((old.revoked_at IS NULL) AND (old.project_id IS NULL) AND ((new.revoked_at IS NOT NULL) OR (new.until IS NOT NULL) OR ((new.from_at IS NOT NULL) AND (new.from_at IS DISTINCT FROM old.from_at))))) EXECUTE FUNCTION keep_top_role();
CREATE TRIGGER grants_of_the_erased AFTER INSERT OR UPDATE OF revoked_at ON tenet.grants FOR EACH ROW WHEN (((new.user_id IS NOT NULL) AND (new.revoked_at IS NULL))) EXECUTE FUNCTION refuse_erased();
alter table grants enable row level security;
alter table grants force row level security;
create policy in_scope on grants as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table hand_overs (
  org_id uuid not null,
  project_id uuid,
  mode text not null,
  cluster text not null,
  namespace text,
  name text not null,
  handed_over_by text not null,
  created_at timestamp with time zone not null default now(),
  version bigint not null default ((EXTRACT(epoch FROM clock_timestamp()) * (1000000)::numeric))::bigint,
  constraint hand_overs_check CHECK (((namespace IS NULL) = (project_id IS NULL))),
  constraint hand_overs_mode_check CHECK ((mode = ANY (ARRAY['ADOPT'::text, 'OBSERVE'::text]))),
  constraint hand_overs_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id),
  constraint hand_overs_org_id_project_id_fkey FOREIGN KEY (org_id, project_id) REFERENCES projects(org_id, id)
);
CREATE UNIQUE INDEX hand_overs_place ON tenet.hand_overs USING btree (org_id, COALESCE(project_id, org_id));
alter table hand_overs enable row level security;
alter table hand_overs force row level security;
create policy in_scope on hand_overs as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table idempotency_keys (
  principal text not null,
  operation_id text not null,
  key text not null,
  request_hash bytea not null,
  status integer not null,
  headers json not null,
  body json,
  created_at timestamp with time zone not null default now(),
  constraint idempotency_keys_pkey PRIMARY KEY (principal, operation_id, key)
);
CREATE INDEX idempotency_keys_by_time ON tenet.idempotency_keys USING btree (created_at);

create table instance_passes (
  org_id uuid not null,
  instance_id uuid not null,
  hash bytea not null,
  kind text not null,
  user_id uuid not null,
  token_issued_at double precision not null,
  second_factor_until double precision,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  constraint instance_passes_pkey PRIMARY KEY (hash),
  constraint instance_passes_hash_check CHECK ((length(hash) = 32)),
  constraint instance_passes_kind_check CHECK ((kind = ANY (ARRAY['TICKET'::text, 'COOKIE'::text]))),
  constraint instance_passes_org_id_instance_id_fkey FOREIGN KEY (org_id, instance_id) REFERENCES instances(org_id, id) ON DELETE CASCADE,
  constraint instance_passes_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id)
);
CREATE INDEX instance_passes_by_user ON tenet.instance_passes USING btree (user_id);
CREATE INDEX instance_passes_expired ON tenet.instance_passes USING btree (expires_at);
CREATE INDEX instance_passes_of_user ON tenet.instance_passes USING btree (org_id, instance_id, user_id);
alter table instance_passes enable row level security;
alter table instance_passes force row level security;
create policy in_scope on instance_passes as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table instance_remains (
  id uuid not null,
  since timestamp with time zone not null default now(),
  constraint instance_remains_pkey PRIMARY KEY (id)
);
alter table instance_remains enable row level security;
alter table instance_remains force row level security;
create policy of_the_platform on instance_remains as permissive for all to public using in_scope('00000000-0000-0000-0000-000000000000'::uuid);

create table instances (
  org_id uuid not null,
  id uuid not null,
  item_id uuid not null,
  desired text not null default 'RUNNING'::text,
  state text not null default 'INSTALLING'::text,
  generation bigint not null default 1,
  observed_generation bigint,
  host text,
  port integer,
  env jsonb not null default '{}'::jsonb,
  secrets jsonb not null default '{}'::jsonb,
  last_active_at timestamp with time zone not null default now(),
  health text not null default 'UNKNOWN'::text,
  failure text,
  failures integer not null default 0,
  next_attempt_at timestamp with time zone,
  price_kind text,
  trial_ends_at timestamp with time zone,
  deletes_data boolean not null default false,
  removed_at timestamp with time zone,
  created_by text not null,
  version bigint not null default 1,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint instances_pkey PRIMARY KEY (org_id, id),
  constraint instances_check CHECK (((host IS NULL) = (port IS NULL))),
  constraint instances_desired_check CHECK ((desired = ANY (ARRAY['RUNNING'::text, 'IDLE_STOPPED'::text, 'STOPPED'::text, 'REMOVED'::text]))),
  constraint instances_health_check CHECK ((health = ANY (ARRAY['UNKNOWN'::text, 'HEALTHY'::text, 'UNHEALTHY'::text]))),
  constraint instances_item_id_fkey FOREIGN KEY (item_id) REFERENCES catalog_items(id),
  constraint instances_org_id_id_fkey FOREIGN KEY (org_id, id) REFERENCES projects(org_id, id) ON DELETE CASCADE,
  constraint instances_price_kind_check CHECK ((price_kind = ANY (ARRAY['MONTHLY'::text, 'ANNUAL'::text, 'ONE_TIME'::text, 'LIFETIME'::text]))),
  constraint instances_state_check CHECK ((state = ANY (ARRAY['INSTALLING'::text, 'RUNNING'::text, 'IDLE_STOPPED'::text, 'STOPPED'::text, 'STARTING'::text, 'RESTARTING'::text, 'FAILED'::text, 'UNINSTALLING'::text])))
);
CREATE UNIQUE INDEX instances_id ON tenet.instances USING btree (id);
CREATE INDEX instances_of_item ON tenet.instances USING btree (item_id);
CREATE TRIGGER instances_keep_limit AFTER INSERT ON tenet.instances FOR EACH ROW WHEN ((new.desired <> 'REMOVED'::text)) EXECUTE FUNCTION keep_limit('instances');
CREATE TRIGGER instances_keep_limit_again AFTER UPDATE OF desired ON tenet.instances FOR EACH ROW WHEN (((old.desired = 'REMOVED'::text) AND (new.desired <> 'REMOVED'::text))) EXECUTE FUNCTION keep_limit('instances');
CREATE TRIGGER instances_notify AFTER UPDATE ON tenet.instances FOR EACH ROW WHEN ((((((old.desired IS DISTINCT FROM new.desired) OR (old.generation IS DISTINCT FROM new.generation)) OR (old.state IS DISTINCT FROM new.state)) OR (old.host IS DISTINCT FROM new.host)) OR (old.port IS DISTINCT FROM new.port))) EXECUTE FUNCTION notify_instance();
CREATE TRIGGER instances_notify_insert AFTER INSERT ON tenet.instances FOR EACH ROW EXECUTE FUNCTION notify_instance();
CREATE TRIGGER instances_remains AFTER DELETE ON tenet.instances FOR EACH ROW EXECUTE FUNCTION note_instance_remains();
alter table instances enable row level security;
alter table instances force row level security;
create policy in_scope on instances as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table invitation_link_roles (
  org_id uuid not null,
  link_id uuid not null,
  project_id uuid,
  role text not null,
  constraint invitation_link_roles_once UNIQUE NULLS NOT DISTINCT (org_id, link_id, project_id, role),
  constraint invitation_link_roles_org_id_link_id_fkey FOREIGN KEY (org_id, link_id) REFERENCES invitation_links(org_id, id),
  constraint invitation_link_roles_org_id_project_id_fkey FOREIGN KEY (org_id, project_id) REFERENCES projects(org_id, id)
);
CREATE INDEX invitation_link_roles_in_project ON tenet.invitation_link_roles USING btree (org_id, project_id) WHERE (project_id IS NOT NULL);
alter table invitation_link_roles enable row level security;
alter table invitation_link_roles force row level security;
create policy in_scope on invitation_link_roles as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table invitation_links (
  org_id uuid not null,
  id uuid not null,
  project_id uuid,
  token_hash bytea not null,
  domains text[] not null default '{}'::text[],
  max_uses integer,
  uses integer not null default 0,
  expires_at timestamp with time zone not null,
  until timestamp with time zone,
  revoked_at timestamp with time zone,
  invited_by text not null,
  version bigint not null default 1,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint invitation_links_pkey PRIMARY KEY (org_id, id),
  constraint invitation_links_max_uses_check CHECK ((max_uses > 0)),
  constraint invitation_links_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id),
  constraint invitation_links_org_id_project_id_fkey FOREIGN KEY (org_id, project_id) REFERENCES projects(org_id, id),
  constraint invitation_links_token UNIQUE (token_hash),
  constraint invitation_links_token_hash_check CHECK ((length(token_hash) = 32)),
  constraint invitation_links_until_check CHECK (((until >= '0001-01-01 00:00:00+00'::timestamp with time zone) AND (until < '10000-01-01 00:00:00+00'::timestamp with time zone))),
  constraint invitation_links_uses CHECK (((uses >= 0) AND ((max_uses IS NULL) OR (uses <= max_uses))))
);
CREATE INDEX invitation_links_in_project ON tenet.invitation_links USING btree (org_id, project_id, id) WHERE (project_id IS NOT NULL);
alter table invitation_links enable row level security;
alter table invitation_links force row level security;
create policy in_scope on invitation_links as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table invitation_roles (
  org_id uuid not null,
  invitation_id uuid not null,
  project_id uuid,
  role text not null,
  constraint invitation_roles_once UNIQUE NULLS NOT DISTINCT (org_id, invitation_id, project_id, role),
  constraint invitation_roles_org_id_invitation_id_fkey FOREIGN KEY (org_id, invitation_id) REFERENCES invitations(org_id, id),
  constraint invitation_roles_org_id_project_id_fkey FOREIGN KEY (org_id, project_id) REFERENCES projects(org_id, id)
);
CREATE INDEX invitation_roles_in_project ON tenet.invitation_roles USING btree (org_id, project_id) WHERE (project_id IS NOT NULL);
alter table invitation_roles enable row level security;
alter table invitation_roles force row level security;
create policy in_scope on invitation_roles as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table invitations (
  org_id uuid not null,
  id uuid not null,
  email text not null,
  state text not null default 'PENDING'::text,
  token_hash bytea not null,
  token_version integer not null default 1,
  expires_at timestamp with time zone not null,
  sent_count integer not null default 0,
  last_sent_at timestamp with time zone,
  invited_by text not null,
  accepted_by uuid,
  managed_by jsonb,
  version bigint not null default 1,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  token_kid text,
  folded_email text not null generated always as (fold_email(email)) stored,
  until timestamp with time zone,
  name text,
  project_id uuid,
  constraint invitations_pkey PRIMARY KEY (org_id, id),
  constraint invitations_accepted_by_fkey FOREIGN KEY (accepted_by) REFERENCES users(id),
  constraint invitations_email CHECK (is_email_address(email)),
  constraint invitations_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id),
  constraint invitations_org_id_project_id_fkey FOREIGN KEY (org_id, project_id) REFERENCES projects(org_id, id),
  constraint invitations_state_check CHECK ((state = ANY (ARRAY['PENDING'::text, 'ACCEPTED'::text, 'DECLINED'::text, 'REVOKED'::text, 'EXPIRED'::text]))),
  constraint invitations_token UNIQUE (token_hash),
  constraint invitations_until_shown CHECK (((until >= '0001-01-01 00:00:00+00'::timestamp with time zone) AND (until < '10000-01-01 00:00:00+00'::timestamp with time zone)))
);
CREATE INDEX invitations_by_email ON tenet.invitations USING btree (folded_email) WHERE (state = 'PENDING'::text);
CREATE INDEX invitations_by_kid ON tenet.invitations USING btree (token_kid) WHERE ((state = 'PENDING'::text) AND (token_kid IS NOT NULL));
CREATE INDEX invitations_in_project ON tenet.invitations USING btree (org_id, project_id, id) WHERE (project_id IS NOT NULL);
CREATE INDEX invitations_of_address ON tenet.invitations USING btree (org_id, folded_email, id);
CREATE INDEX invitations_of_manifest ON tenet.invitations USING btree (org_id, ((managed_by ->> 'uid'::text))) WHERE ((state = 'PENDING'::text) AND (managed_by IS NOT NULL));
CREATE UNIQUE INDEX invitations_one_pending ON tenet.invitations USING btree (org_id, folded_email) WHERE (state = 'PENDING'::text);
alter table invitations enable row level security;
alter table invitations force row level security;
create policy in_scope on invitations as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table job_runners (
  name text not null,
  seen_at timestamp with time zone not null,
  constraint job_runners_pkey PRIMARY KEY (name)
);

create table key_notices (
  org_id uuid not null,
  key_id uuid not null,
  days smallint not null,
  expires_at timestamp with time zone not null,
  at timestamp with time zone not null default now(),
  constraint key_notices_pkey PRIMARY KEY (org_id, key_id, days, expires_at),
  constraint key_notices_org_id_key_id_fkey FOREIGN KEY (org_id, key_id) REFERENCES api_keys(org_id, id)
);
alter table key_notices enable row level security;
alter table key_notices force row level security;
create policy in_scope on key_notices as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table key_rates (
  org_id uuid not null,
  key_id uuid not null,
  seconds integer not null,
  since timestamp with time zone not null,
  used bigint not null,
  constraint key_rates_pkey PRIMARY KEY (org_id, key_id, seconds),
  constraint key_rates_org_id_key_id_fkey FOREIGN KEY (org_id, key_id) REFERENCES api_keys(org_id, id),
  constraint key_rates_seconds_check CHECK ((seconds > 0))
);
alter table key_rates enable row level security;
alter table key_rates force row level security;
create policy in_scope on key_rates as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table limit_crossings (
  org_id uuid not null,
  name text not null,
  period date not null,
  threshold text not null,
  at_limit bigint not null,
  used numeric not null,
  at timestamp with time zone not null default now(),
  recorded_at timestamp with time zone,
  constraint limit_crossings_pkey PRIMARY KEY (org_id, name, period, threshold),
  constraint limit_crossings_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id),
  constraint limit_crossings_threshold_check CHECK ((threshold = ANY (ARRAY['SOFT'::text, 'HARD'::text])))
);
CREATE INDEX limit_crossings_by_time ON tenet.limit_crossings USING btree (org_id, at);
CREATE INDEX limit_crossings_to_record ON tenet.limit_crossings USING btree (org_id) WHERE (recorded_at IS NULL);
alter table limit_crossings enable row level security;
alter table limit_crossings force row level security;
create policy in_scope on limit_crossings as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table limit_overrides (
  org_id uuid not null,
  name text not null,
  soft bigint,
  hard bigint,
  reason text,
  set_by text not null,
  version bigint not null default 1,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  is_managed boolean not null default false,
  constraint limit_overrides_pkey PRIMARY KEY (org_id, name),
  constraint limit_overrides_hard_check CHECK ((hard >= 0)),
  constraint limit_overrides_name_check CHECK ((length(name) <= 80)),
  constraint limit_overrides_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id),
  constraint limit_overrides_reason_check CHECK (((char_length(reason) >= 1) AND (char_length(reason) <= 500))),
  constraint limit_overrides_soft_check CHECK ((soft >= 0))
);
alter table limit_overrides enable row level security;
alter table limit_overrides force row level security;
create policy in_scope on limit_overrides as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table limit_uses (
  org_id uuid not null,
  name text not null,
  period date not null,
  used numeric not null,
  constraint limit_uses_pkey PRIMARY KEY (org_id, name, period),
  constraint limit_uses_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id)
);
alter table limit_uses enable row level security;
alter table limit_uses force row level security;
create policy in_scope on limit_uses as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table mail_turns (
  org_id uuid not null,
  until timestamp with time zone not null,
  constraint mail_turns_pkey PRIMARY KEY (org_id),
  constraint mail_turns_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id)
);
alter table mail_turns enable row level security;
alter table mail_turns force row level security;
create policy in_scope on mail_turns as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table manifests (
  uid uuid not null,
  source text not null,
  file text not null,
  kind text not null,
  namespace text,
  name text not null,
  generation bigint not null,
  spec_hash text not null,
  manifest jsonb not null,
  left_at timestamp with time zone,
  deleted_at timestamp with time zone,
  constraint manifests_pkey PRIMARY KEY (uid),
  constraint manifests_generation_check CHECK ((generation > 0)),
  constraint manifests_kind_check CHECK ((kind = ANY (ARRAY['Organization'::text, 'Project'::text])))
);
CREATE INDEX manifests_source ON tenet.manifests USING btree (source);

create table members (
  org_id uuid not null,
  user_id uuid not null,
  state text not null default 'ACTIVE'::text,
  display_name text,
  managed_by jsonb,
  version bigint not null default 1,
  joined_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  joined_as text,
  first_joined_at timestamp with time zone not null default now(),
  last_seen_at timestamp with time zone,
  second_factor_at timestamp with time zone,
  not_before timestamp with time zone,
  labels jsonb not null default '{}'::jsonb,
  manifest_labels boolean not null default false,
  constraint members_pkey PRIMARY KEY (org_id, user_id),
  constraint members_labels CHECK ((jsonb_typeof(labels) = 'object'::text)),
  constraint members_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id),
  constraint members_state_check CHECK ((state = ANY (ARRAY['ACTIVE'::text, 'INACTIVE'::text, 'REMOVED'::text]))),
  constraint members_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id)
);
CREATE INDEX members_by_activity ON tenet.members USING btree (org_id, COALESCE(last_seen_at, '1970-01-01 00:00:00+00'::timestamp with time zone), user_id);
CREATE INDEX members_by_joining ON tenet.members USING btree (org_id, joined_at, user_id);
CREATE INDEX members_by_user ON tenet.members USING btree (user_id, org_id);
CREATE INDEX members_manifest ON tenet.members USING btree (org_id, ((managed_by ->> 'uid'::text))) WHERE (managed_by IS NOT NULL);
CREATE TRIGGER members_bump_epoch AFTER INSERT OR UPDATE OF state ON tenet.members FOR EACH ROW EXECUTE FUNCTION bump_epoch();
CREATE TRIGGER members_first_second_factor AFTER UPDATE OF second_factor_at ON tenet.members FOR EACH ROW WHEN (((old.second_factor_at IS NULL) AND (new.second_factor_at IS NOT NULL))) EXECUTE FUNCTION bump_epoch();
CREATE CONSTRAINT TRIGGER members_keep_leaver AFTER UPDATE OF state ON tenet.members DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((new.state = 'REMOVED'::text)) EXECUTE FUNCTION keep_leaver();
CREATE TRIGGER members_keep_limit AFTER INSERT ON tenet.members FOR EACH ROW WHEN ((new.state = 'ACTIVE'::text)) EXECUTE FUNCTION keep_limit('members');
CREATE TRIGGER members_keep_limit_again AFTER UPDATE OF state ON tenet.members FOR EACH ROW WHEN (((new.state = 'ACTIVE'::text) AND (old.state <> 'ACTIVE'::text))) EXECUTE FUNCTION keep_limit('members');
CREATE CONSTRAINT TRIGGER members_keep_top_role AFTER UPDATE ON tenet.members DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (((old.state = 'ACTIVE'::text) AND (new.state <> 'ACTIVE'::text))) EXECUTE FUNCTION keep_top_role();
CREATE TRIGGER members_of_the_erased AFTER INSERT OR UPDATE OF state ON tenet.members FOR EACH ROW WHEN ((new.state <> 'REMOVED'::text)) EXECUTE FUNCTION refuse_erased();
CREATE TRIGGER members_sign_out AFTER UPDATE OF not_before ON tenet.members FOR EACH ROW EXECUTE FUNCTION bump_epoch();
alter table members enable row level security;
alter table members force row level security;
create policy in_scope on members as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table mfa_requirements (
  org_id uuid not null,
  began_at timestamp with time zone not null default now(),
  ended_at timestamp with time zone not null default 'infinity'::timestamp with time zone,
  grace_days integer not null,
  constraint mfa_requirements_pkey PRIMARY KEY (org_id, ended_at),
  constraint mfa_requirements_check CHECK ((began_at <= ended_at)),
  constraint mfa_requirements_grace_days_check CHECK (((grace_days >= 0) AND (grace_days <= 365))),
  constraint mfa_requirements_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id)
);
alter table mfa_requirements enable row level security;
alter table mfa_requirements force row level security;
create policy in_scope on mfa_requirements as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table organizations (
  id uuid not null,
  slug text not null,
  name text not null,
  blueprint text not null,
  state text not null default 'ACTIVE'::text,
  owner_id uuid,
  top_role text not null,
  epoch bigint not null default 1,
  managed_by jsonb,
  version bigint not null default 1,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  deleted_at timestamp with time zone,
  manifest_uid text generated always as ((managed_by ->> 'uid'::text)) stored,
  created_by uuid,
  archived_by jsonb,
  suspensions jsonb not null default '{}'::jsonb,
  deleted_slug text,
  externals text not null default 'FORBID'::text,
  personal_of uuid,
  entitlements text[],
  entitled boolean not null default true,
  legal_name text,
  description text,
  logo_url text,
  alerting_email text,
  invoicing_email text,
  project_invites_may_add_members boolean not null default true,
  mfa text not null default 'OPTIONAL'::text,
  mfa_grace_days integer not null default 0,
  mfa_version bigint not null default 1,
  labels jsonb not null default '{}'::jsonb,
  manifest_labels boolean not null default false,
  language text,
  logo jsonb,
  restricted boolean not null default false,
  purging_since timestamp with time zone,
  constraint organizations_pkey PRIMARY KEY (id),
  constraint organizations_active_is_not_suspended CHECK (((state <> 'ACTIVE'::text) OR (suspensions = '{}'::jsonb))),
  constraint organizations_alerting_email CHECK (is_email_address(alerting_email)),
  constraint organizations_created_by_fkey FOREIGN KEY (created_by) REFERENCES users(id),
  constraint organizations_description CHECK (((char_length(description) >= 1) AND (char_length(description) <= 1000))),
  constraint organizations_externals_check CHECK ((externals = ANY (ARRAY['FORBID'::text, 'AUTO_ADD'::text, 'ALLOW'::text]))),
  constraint organizations_invoicing_email CHECK (is_email_address(invoicing_email)),
  constraint organizations_labels CHECK ((jsonb_typeof(labels) = 'object'::text)),
  constraint organizations_language CHECK (((length(language) <= 35) AND (language ~ '^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$'::text))),
  constraint organizations_legal_name CHECK (((char_length(legal_name) >= 1) AND (char_length(legal_name) <= 200))),
  constraint organizations_logo CHECK (((logo IS NULL) OR (logo_url IS NOT NULL))),
  constraint organizations_logo_url CHECK (((char_length(logo_url) <= 2048) AND (logo_url ~ '^https://'::text))),
  constraint organizations_mfa_check CHECK ((mfa = ANY (ARRAY['OPTIONAL'::text, 'REQUIRED'::text]))),
  constraint organizations_mfa_grace_days_check CHECK (((mfa_grace_days >= 0) AND (mfa_grace_days <= 365))),
  constraint organizations_owner_is_member FOREIGN KEY (id, owner_id) REFERENCES members(org_id, user_id) DEFERRABLE INITIALLY DEFERRED,
  constraint organizations_personal_of_fkey FOREIGN KEY (personal_of) REFERENCES users(id),
  constraint organizations_purging_check CHECK (((purging_since IS NULL) OR (state = 'DELETED'::text))),
  constraint organizations_slug UNIQUE (slug),
  constraint organizations_state_check CHECK ((state = ANY (ARRAY['ACTIVE'::text, 'SUSPENDED'::text, 'DELETED'::text])))
);
CREATE INDEX organizations_by_creator ON tenet.organizations USING btree (created_by) WHERE (created_by IS NOT NULL);
CREATE INDEX organizations_deleted ON tenet.organizations USING btree (deleted_at) WHERE (state = 'DELETED'::text);
CREATE UNIQUE INDEX organizations_manifest ON tenet.organizations USING btree (manifest_uid) WHERE (manifest_uid IS NOT NULL);
CREATE UNIQUE INDEX organizations_personal ON tenet.organizations USING btree (personal_of) WHERE (personal_of IS NOT NULL);
CREATE TRIGGER organizations_begin_mfa AFTER INSERT ON tenet.organizations FOR EACH ROW WHEN ((new.mfa = 'REQUIRED'::text)) EXECUTE FUNCTION keep_mfa_requirements();
CREATE TRIGGER organizations_change_mfa AFTER UPDATE OF mfa ON tenet.organizations FOR EACH ROW WHEN ((old.mfa IS DISTINCT FROM new.mfa)) EXECUTE FUNCTION keep_mfa_requirements();
CREATE CONSTRAINT TRIGGER organizations_keep_externals AFTER UPDATE OF externals ON tenet.organizations DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (((old.externals = 'ALLOW'::text) AND (new.externals <> 'ALLOW'::text))) EXECUTE FUNCTION keep_externals();
CREATE CONSTRAINT TRIGGER organizations_keep_owner AFTER UPDATE OF owner_id ON tenet.organizations DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (((new.owner_id IS NOT NULL) AND (new.owner_id IS DISTINCT FROM old.owner_id))) EXECUTE FUNCTION keep_owner();
CREATE TRIGGER organizations_notify AFTER UPDATE OF state, owner_id, externals, entitled, mfa ON tenet.organizations FOR EACH ROW EXECUTE FUNCTION notify_organization();
alter table organizations enable row level security;
alter table organizations force row level security;
create policy in_scope on organizations as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (id = ( SELECT scope_organization() AS scope_organization)));

create table ownership_transfers (
  org_id uuid not null,
  id uuid not null,
  offered_by uuid not null,
  recipient_id uuid not null,
  state text not null default 'OFFERED'::text,
  expires_at timestamp with time zone not null,
  version bigint not null default 1,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint ownership_transfers_pkey PRIMARY KEY (org_id, id),
  constraint ownership_transfers_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id),
  constraint ownership_transfers_org_id_offered_by_fkey FOREIGN KEY (org_id, offered_by) REFERENCES members(org_id, user_id),
  constraint ownership_transfers_org_id_recipient_id_fkey FOREIGN KEY (org_id, recipient_id) REFERENCES members(org_id, user_id),
  constraint ownership_transfers_state_check CHECK ((state = ANY (ARRAY['OFFERED'::text, 'ACCEPTED'::text, 'DECLINED'::text, 'CANCELLED'::text, 'EXPIRED'::text]))),
  constraint ownership_transfers_to_another CHECK ((offered_by <> recipient_id))
);
CREATE UNIQUE INDEX ownership_transfers_one_offered ON tenet.ownership_transfers USING btree (org_id) WHERE (state = 'OFFERED'::text);
CREATE INDEX ownership_transfers_overdue ON tenet.ownership_transfers USING btree (expires_at) WHERE (state = 'OFFERED'::text);
alter table ownership_transfers enable row level security;
alter table ownership_transfers force row level security;
create policy in_scope on ownership_transfers as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table person_keys (
  subject text not null,
  key bytea,
  created_at timestamp with time zone not null default now(),
  constraint person_keys_pkey PRIMARY KEY (subject),
  constraint person_keys_key_check CHECK ((octet_length(key) = 32)),
  constraint person_keys_subject_check CHECK (((length(subject) >= 1) AND (length(subject) <= 100)))
);
alter table person_keys enable row level security;
alter table person_keys force row level security;
create policy destroyed_on_the_platform on person_keys as permissive for update to public using in_scope('00000000-0000-0000-0000-000000000000'::uuid) with check (key IS NULL);
create policy made on person_keys as permissive for insert to public with check ((key IS NOT NULL) OR in_scope('00000000-0000-0000-0000-000000000000'::uuid));
create policy visible on person_keys as permissive for select to public using true;

create table plans (
  name text not null,
  title text not null,
  description text,
  blueprints text[],
  entitlements text[] not null default '{}'::text[],
  limits jsonb not null default '{}'::jsonb,
  prices jsonb not null default '[]'::jsonb,
  trial_days integer not null default 0,
  version bigint not null default 1,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  self_service boolean not null default true,
  constraint plans_pkey PRIMARY KEY (name),
  constraint plans_description_check CHECK (((char_length(description) >= 1) AND (char_length(description) <= 1000))),
  constraint plans_limits_check CHECK ((jsonb_typeof(limits) = 'object'::text)),
  constraint plans_name_check CHECK ((name ~ '^[a-z][a-z0-9-]{0,62}$'::text)),
  constraint plans_prices_check CHECK ((jsonb_typeof(prices) = 'array'::text)),
  constraint plans_title_check CHECK (((char_length(title) >= 1) AND (char_length(title) <= 100))),
  constraint plans_trial_days_check CHECK (((trial_days >= 0) AND (trial_days <= 365)))
);
alter table plans enable row level security;
alter table plans force row level security;
create policy of_the_platform on plans as permissive for all to public using in_scope('00000000-0000-0000-0000-000000000000'::uuid);
create policy visible on plans as permissive for select to public using true;

create table platform_grants (
  user_id uuid not null,
  role text not null,
  granted_by text not null,
  created_at timestamp with time zone not null default now(),
  constraint platform_grants_pkey PRIMARY KEY (user_id, role),
  constraint platform_grants_role_check CHECK ((role ~ '^platform/[a-z-]+$'::text)),
  constraint platform_grants_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id)
);
CREATE TRIGGER platform_grants_notify AFTER INSERT OR DELETE OR UPDATE ON tenet.platform_grants FOR EACH ROW EXECUTE FUNCTION notify_platform_grant();
alter table platform_grants enable row level security;
alter table platform_grants force row level security;
create policy given_on_the_platform on platform_grants as permissive for insert to public with check in_scope('00000000-0000-0000-0000-000000000000'::uuid);
create policy taken_on_the_platform on platform_grants as permissive for delete to public using in_scope('00000000-0000-0000-0000-000000000000'::uuid);
create policy visible on platform_grants as permissive for select to public using true;

create table policy_activations (
  scope text not null,
  version bigint not null,
  revision integer not null,
  previous_revision integer,
  how text not null,
  activated_by text not null,
  activated_at timestamp with time zone not null default now(),
  reason text,
  rollout_id uuid,
  stage text,
  candidate_revision integer,
  constraint policy_activations_pkey PRIMARY KEY (scope, version),
  constraint policy_activations_check CHECK ((((rollout_id IS NULL) = (stage IS NULL)) AND ((rollout_id IS NULL) = (candidate_revision IS NULL)))),
  constraint policy_activations_how_check CHECK ((how ~ '^[A-Z][A-Z_]{0,31}$'::text)),
  constraint policy_activations_rollout_id_fkey FOREIGN KEY (rollout_id) REFERENCES policy_rollouts(id),
  constraint policy_activations_scope_previous_revision_fkey FOREIGN KEY (scope, previous_revision) REFERENCES policy_revisions(scope, revision),
  constraint policy_activations_scope_revision_fkey FOREIGN KEY (scope, revision) REFERENCES policy_revisions(scope, revision),
  constraint policy_activations_stage_check CHECK ((stage = ANY (ARRAY['SHADOW'::text, 'CANARY'::text, 'ALL'::text, 'CANCELLED'::text, 'ROLLED_BACK'::text])))
);
CREATE TRIGGER policy_activations_append_only BEFORE DELETE OR UPDATE ON tenet.policy_activations FOR EACH ROW EXECUTE FUNCTION refuse_change();

create table policy_heads (
  scope text not null,
  revision integer not null,
  version bigint not null default 1,
  activated_by text not null,
  activated_at timestamp with time zone not null default now(),
  reason text,
  rollout_id uuid,
  candidate_revision integer,
  canary_share integer not null default 0,
  canary_organizations uuid[] not null default '{}'::uuid[],
  constraint policy_heads_pkey PRIMARY KEY (scope),
  constraint policy_heads_candidate CHECK ((((rollout_id IS NULL) = (candidate_revision IS NULL)) AND ((rollout_id IS NOT NULL) OR ((canary_share = 0) AND (canary_organizations = '{}'::uuid[]))))),
  constraint policy_heads_rollout_id_fkey FOREIGN KEY (rollout_id) REFERENCES policy_rollouts(id),
  constraint policy_heads_scope_candidate_revision_fkey FOREIGN KEY (scope, candidate_revision) REFERENCES policy_revisions(scope, revision),
  constraint policy_heads_scope_revision_fkey FOREIGN KEY (scope, revision) REFERENCES policy_revisions(scope, revision)
);
CREATE TRIGGER policy_heads_move_with_rollouts BEFORE UPDATE OF revision ON tenet.policy_heads FOR EACH ROW WHEN (((new.revision <> old.revision) AND (new.rollout_id IS NOT NULL) AND (NOT (new.rollout_id IS DISTINCT FROM old.rollout_id)))) EXECUTE FUNCTION refuse_move_beside_rollout();
CREATE TRIGGER policy_heads_notify AFTER INSERT OR UPDATE ON tenet.policy_heads FOR EACH ROW EXECUTE FUNCTION notify_policy();

create table policy_manifests (
  uid text not null,
  cluster text not null,
  files text not null,
  revisions jsonb not null,
  generation bigint not null,
  plan_id uuid,
  plans integer not null default 0,
  planned_at timestamp with time zone,
  applied jsonb,
  is_done boolean not null default false,
  rollout_id uuid,
  constraint policy_manifests_pkey PRIMARY KEY (uid),
  constraint policy_manifests_files_check CHECK ((files ~ '^[0-9a-f]{64}$'::text)),
  constraint policy_manifests_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES access_plans(id) ON DELETE SET NULL,
  constraint policy_manifests_rollout_id_fkey FOREIGN KEY (rollout_id) REFERENCES policy_rollouts(id),
  constraint policy_manifests_uid_check CHECK (((char_length(uid) >= 1) AND (char_length(uid) <= 100)))
);
CREATE INDEX policy_manifests_by_plan ON tenet.policy_manifests USING btree (plan_id);

create table policy_revisions (
  scope text not null,
  revision integer not null,
  model text not null,
  rows jsonb not null,
  sources jsonb not null,
  documents jsonb not null default '{}'::jsonb,
  sha256 text not null,
  author text not null,
  reason text not null,
  git_commit text,
  created_at timestamp with time zone not null default now(),
  constraint policy_revisions_pkey PRIMARY KEY (scope, revision),
  constraint policy_revisions_revision_check CHECK ((revision > 0)),
  constraint policy_revisions_scope_check CHECK ((scope ~ '^(platform|blueprint/[a-z][a-z0-9-]*|org_[0-7][0-9a-hjkmnp-tv-z]{25})$'::text)),
  constraint policy_revisions_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text)),
  constraint policy_rows_well_formed CHECK (policy_rows_valid(rows)),
  constraint policy_sources_match CHECK ((jsonb_array_length(sources) = jsonb_array_length(rows)))
);
CREATE TRIGGER policy_revisions_append_only BEFORE DELETE OR UPDATE ON tenet.policy_revisions FOR EACH ROW EXECUTE FUNCTION refuse_change();

create table policy_rollout_counts (
  rollout_id uuid not null,
  compared bigint not null default 0,
  dropped bigint not null default 0,
  last_at timestamp with time zone,
  compared_before bigint not null default 0,
  dropped_before bigint not null default 0,
  planned_before bigint not null default 0,
  unplanned_before bigint not null default 0,
  unkept bigint not null default 0,
  organizations uuid[] not null default '{}'::uuid[],
  constraint policy_rollout_counts_pkey PRIMARY KEY (rollout_id),
  constraint policy_rollout_counts_compared_check CHECK ((compared >= 0)),
  constraint policy_rollout_counts_dropped_check CHECK ((dropped >= 0)),
  constraint policy_rollout_counts_organizations_check CHECK ((cardinality(organizations) <= 2)),
  constraint policy_rollout_counts_rollout_id_fkey FOREIGN KEY (rollout_id) REFERENCES policy_rollouts(id) ON DELETE CASCADE,
  constraint policy_rollout_counts_unkept_check CHECK ((unkept >= 0))
);
alter table policy_rollout_counts enable row level security;
alter table policy_rollout_counts force row level security;
create policy of_the_platform on policy_rollout_counts as permissive for all to public using in_scope('00000000-0000-0000-0000-000000000000'::uuid);

create table policy_rollout_findings (
  rollout_id uuid not null,
  digest text not null,
  effect text not null,
  resource text not null,
  action text not null,
  level text not null,
  roles text[] not null,
  scopes text[] not null default '{}'::text[],
  count bigint not null default 1,
  planned boolean not null,
  decision_id uuid,
  organization_id uuid,
  first_at timestamp with time zone not null default now(),
  last_at timestamp with time zone not null default now(),
  constraint policy_rollout_findings_pkey PRIMARY KEY (rollout_id, digest),
  constraint policy_rollout_findings_count_check CHECK ((count > 0)),
  constraint policy_rollout_findings_digest_check CHECK ((digest ~ '^[0-9a-f]{64}$'::text)),
  constraint policy_rollout_findings_effect_check CHECK ((effect = ANY (ARRAY['ALLOW_TO_DENY'::text, 'DENY_TO_ALLOW'::text]))),
  constraint policy_rollout_findings_level_check CHECK ((level = ANY (ARRAY['platform'::text, 'org'::text, 'project'::text]))),
  constraint policy_rollout_findings_rollout_id_fkey FOREIGN KEY (rollout_id) REFERENCES policy_rollouts(id) ON DELETE CASCADE
);
alter table policy_rollout_findings enable row level security;
alter table policy_rollout_findings force row level security;
create policy of_the_platform on policy_rollout_findings as permissive for all to public using in_scope('00000000-0000-0000-0000-000000000000'::uuid);

create table policy_rollouts (
  id uuid not null,
  scope text not null,
  candidate_revision integer not null,
  base_revision integer not null,
  stage text not null default 'SHADOW'::text,
  canary_share integer not null default 0,
  canary_organizations uuid[] not null default '{}'::uuid[],
  gate_decisions bigint not null,
  gate_unplanned bigint not null,
  plan_id uuid,
  reason text not null,
  created_by text not null,
  moved_by text not null,
  moved_at timestamp with time zone not null default now(),
  moved_reason text not null,
  version bigint not null default 1,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint policy_rollouts_pkey PRIMARY KEY (id),
  constraint policy_rollouts_canary_organizations_check CHECK ((cardinality(canary_organizations) <= 1000)),
  constraint policy_rollouts_canary_share_check CHECK (((canary_share >= 0) AND (canary_share <= 10000))),
  constraint policy_rollouts_check CHECK ((candidate_revision <> base_revision)),
  constraint policy_rollouts_check1 CHECK ((((canary_share = 0) AND (canary_organizations = '{}'::uuid[])) OR (stage <> 'SHADOW'::text))),
  constraint policy_rollouts_gate_decisions_check CHECK ((gate_decisions >= 0)),
  constraint policy_rollouts_gate_unplanned_check CHECK ((gate_unplanned >= 0)),
  constraint policy_rollouts_moved_reason_check CHECK (((char_length(moved_reason) >= 1) AND (char_length(moved_reason) <= 500))),
  constraint policy_rollouts_reason_check CHECK (((char_length(reason) >= 1) AND (char_length(reason) <= 500))),
  constraint policy_rollouts_scope_base_revision_fkey FOREIGN KEY (scope, base_revision) REFERENCES policy_revisions(scope, revision),
  constraint policy_rollouts_scope_candidate_revision_fkey FOREIGN KEY (scope, candidate_revision) REFERENCES policy_revisions(scope, revision),
  constraint policy_rollouts_scope_check CHECK (((scope = 'platform'::text) OR (scope ~~ 'blueprint/%'::text))),
  constraint policy_rollouts_stage_check CHECK ((stage = ANY (ARRAY['SHADOW'::text, 'CANARY'::text, 'DONE'::text, 'CANCELLED'::text, 'ROLLED_BACK'::text])))
);
CREATE INDEX policy_rollouts_in_order ON tenet.policy_rollouts USING btree (scope, id);
CREATE UNIQUE INDEX policy_rollouts_one_open ON tenet.policy_rollouts USING btree (scope) WHERE (stage = ANY (ARRAY['SHADOW'::text, 'CANARY'::text]));
alter table policy_rollouts enable row level security;
alter table policy_rollouts force row level security;
create policy of_the_platform on policy_rollouts as permissive for all to public using in_scope('00000000-0000-0000-0000-000000000000'::uuid);

create table policy_signatures (
  scope text not null,
  sha256 text not null,
  key_id text not null,
  signature text not null,
  added_by text not null,
  added_at timestamp with time zone not null default now(),
  constraint policy_signatures_pkey PRIMARY KEY (scope, sha256, key_id),
  constraint policy_signatures_signature_check CHECK ((length(signature) <= 1000))
);
CREATE TRIGGER policy_signatures_append_only BEFORE DELETE OR UPDATE ON tenet.policy_signatures FOR EACH ROW EXECUTE FUNCTION refuse_change();

create table policy_store_activations (
  org_id uuid not null,
  store_id uuid not null,
  version bigint not null,
  revision integer not null,
  previous_revision integer,
  how text not null,
  activated_by text not null,
  activated_at timestamp with time zone not null default now(),
  reason text,
  constraint policy_store_activations_pkey PRIMARY KEY (org_id, store_id, version),
  constraint policy_store_activations_how CHECK ((how = ANY (ARRAY['ACTIVATION'::text, 'ROLLBACK'::text, 'ROLLOUT'::text]))),
  constraint policy_store_activations_org_id_store_id_fkey FOREIGN KEY (org_id, store_id) REFERENCES policy_stores(org_id, id) ON DELETE CASCADE,
  constraint policy_store_activations_org_id_store_id_revision_fkey FOREIGN KEY (org_id, store_id, revision) REFERENCES policy_store_revisions(org_id, store_id, revision)
);
alter table policy_store_activations enable row level security;
alter table policy_store_activations force row level security;
create policy in_scope on policy_store_activations as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table policy_store_entities (
  org_id uuid not null,
  store_id uuid not null,
  type text not null,
  id text not null,
  properties jsonb not null,
  bytes integer not null,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  value_count integer not null default 0,
  constraint policy_store_entities_pkey PRIMARY KEY (org_id, store_id, type, id),
  constraint policy_store_entities_bytes CHECK (((bytes >= 0) AND (bytes <= 16384))),
  constraint policy_store_entities_org_id_store_id_fkey FOREIGN KEY (org_id, store_id) REFERENCES policy_stores(org_id, id) ON DELETE CASCADE
);
alter table policy_store_entities enable row level security;
alter table policy_store_entities force row level security;
create policy in_scope on policy_store_entities as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table policy_store_entity_values (
  org_id uuid not null,
  store_id uuid not null,
  type text not null,
  value uuid not null,
  id text not null,
  constraint policy_store_entity_values_pkey PRIMARY KEY (org_id, store_id, type, value, id),
  constraint policy_store_entity_values_org_id_store_id_type_id_fkey FOREIGN KEY (org_id, store_id, type, id) REFERENCES policy_store_entities(org_id, store_id, type, id) ON DELETE CASCADE
);
CREATE INDEX policy_store_entity_values_of ON tenet.policy_store_entity_values USING btree (org_id, store_id, type, id);
alter table policy_store_entity_values enable row level security;
alter table policy_store_entity_values force row level security;
create policy in_scope on policy_store_entity_values as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table policy_store_revisions (
  org_id uuid not null,
  store_id uuid not null,
  revision integer not null,
  model text not null,
  policy text not null,
  tests text not null,
  sha256 text not null,
  author text not null,
  reason text not null,
  git_commit text,
  created_at timestamp with time zone not null default now(),
  constraint policy_store_revisions_pkey PRIMARY KEY (org_id, store_id, revision),
  constraint policy_store_revisions_number CHECK (((revision >= 1) AND (revision <= 10000))),
  constraint policy_store_revisions_org_id_store_id_fkey FOREIGN KEY (org_id, store_id) REFERENCES policy_stores(org_id, id) ON DELETE CASCADE,
  constraint policy_store_revisions_size CHECK ((((octet_length(model) + octet_length(policy)) + octet_length(tests)) <= 524288))
);
alter table policy_store_revisions enable row level security;
alter table policy_store_revisions force row level security;
create policy in_scope on policy_store_revisions as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table policy_store_rollout_counts (
  org_id uuid not null,
  store_id uuid not null,
  rollout_id uuid not null,
  round integer not null,
  compared bigint not null default 0,
  dropped bigint not null default 0,
  unkept bigint not null default 0,
  subjects text[] not null default '{}'::text[],
  constraint policy_store_rollout_counts_pkey PRIMARY KEY (org_id, store_id, rollout_id, round),
  constraint policy_store_rollout_counts_compared_check CHECK ((compared >= 0)),
  constraint policy_store_rollout_counts_dropped_check CHECK ((dropped >= 0)),
  constraint policy_store_rollout_counts_org_id_store_id_rollout_id_fkey FOREIGN KEY (org_id, store_id, rollout_id) REFERENCES policy_store_rollouts(org_id, store_id, id) ON DELETE CASCADE,
  constraint policy_store_rollout_counts_subjects_check CHECK ((cardinality(subjects) <= 2)),
  constraint policy_store_rollout_counts_unkept_check CHECK ((unkept >= 0))
);
alter table policy_store_rollout_counts enable row level security;
alter table policy_store_rollout_counts force row level security;
create policy in_scope on policy_store_rollout_counts as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table policy_store_rollout_findings (
  org_id uuid not null,
  store_id uuid not null,
  rollout_id uuid not null,
  round integer not null,
  digest text not null,
  effect text not null,
  subject_type text not null,
  action text not null,
  resource_type text not null,
  before_line integer,
  after_line integer,
  count bigint not null,
  planned boolean not null,
  first_at timestamp with time zone not null default now(),
  last_at timestamp with time zone not null default now(),
  constraint policy_store_rollout_findings_pkey PRIMARY KEY (org_id, store_id, rollout_id, round, digest),
  constraint policy_store_rollout_findings_action_check CHECK ((char_length(action) <= 256)),
  constraint policy_store_rollout_findings_count_check CHECK ((count > 0)),
  constraint policy_store_rollout_findings_digest CHECK ((digest ~ '^[0-9a-f]{64}$'::text)),
  constraint policy_store_rollout_findings_effect_check CHECK ((effect = ANY (ARRAY['ALLOW_TO_DENY'::text, 'DENY_TO_ALLOW'::text]))),
  constraint policy_store_rollout_findings_org_id_store_id_rollout_id_fkey FOREIGN KEY (org_id, store_id, rollout_id) REFERENCES policy_store_rollouts(org_id, store_id, id) ON DELETE CASCADE,
  constraint policy_store_rollout_findings_resource_type_check CHECK ((char_length(resource_type) <= 256)),
  constraint policy_store_rollout_findings_subject_type_check CHECK ((char_length(subject_type) <= 256))
);
alter table policy_store_rollout_findings enable row level security;
alter table policy_store_rollout_findings force row level security;
create policy in_scope on policy_store_rollout_findings as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table policy_store_rollouts (
  org_id uuid not null,
  store_id uuid not null,
  id uuid not null,
  candidate_revision integer not null,
  base_revision integer not null,
  stage text not null,
  canary_share integer not null default 0,
  gate_decisions bigint not null,
  gate_unplanned bigint not null,
  planned jsonb not null default '[]'::jsonb,
  reason text not null,
  created_by text not null,
  moved_by text not null,
  moved_at timestamp with time zone not null default now(),
  moved_reason text not null,
  round integer not null default 1,
  version bigint not null default 1,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint policy_store_rollouts_pkey PRIMARY KEY (org_id, store_id, id),
  constraint policy_store_rollouts_canary CHECK (
CASE stage
    WHEN 'SHADOW'::text THEN (canary_share = 0)
    WHEN 'CANARY'::text THEN (canary_share > 0)
    ELSE true
END),
  constraint policy_store_rollouts_candidate CHECK ((candidate_revision <> base_revision)),
  constraint policy_store_rollouts_gate_decisions_check CHECK ((gate_decisions >= 0)),
  constraint policy_store_rollouts_gate_unplanned_check CHECK ((gate_unplanned >= 0)),
  constraint policy_store_rollouts_moved_reason_check CHECK (((char_length(moved_reason) >= 1) AND (char_length(moved_reason) <= 500))),
  constraint policy_store_rollouts_org_id_store_id_base_revision_fkey FOREIGN KEY (org_id, store_id, base_revision) REFERENCES policy_store_revisions(org_id, store_id, revision),
  constraint policy_store_rollouts_org_id_store_id_candidate_revision_fkey FOREIGN KEY (org_id, store_id, candidate_revision) REFERENCES policy_store_revisions(org_id, store_id, revision),
  constraint policy_store_rollouts_org_id_store_id_fkey FOREIGN KEY (org_id, store_id) REFERENCES policy_stores(org_id, id) ON DELETE CASCADE,
  constraint policy_store_rollouts_reason_check CHECK (((char_length(reason) >= 1) AND (char_length(reason) <= 500))),
  constraint policy_store_rollouts_share CHECK (((canary_share >= 0) AND (canary_share <= 10000))),
  constraint policy_store_rollouts_stage CHECK ((stage = ANY (ARRAY['SHADOW'::text, 'CANARY'::text, 'DONE'::text, 'CANCELLED'::text, 'ROLLED_BACK'::text])))
);
CREATE UNIQUE INDEX policy_store_rollouts_one_open ON tenet.policy_store_rollouts USING btree (org_id, store_id) WHERE (stage = ANY (ARRAY['SHADOW'::text, 'CANARY'::text]));
alter table policy_store_rollouts enable row level security;
alter table policy_store_rollouts force row level security;
create policy in_scope on policy_store_rollouts as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table policy_store_signatures (
  org_id uuid not null,
  store_id uuid not null,
  sha256 text not null,
  key_id text not null,
  key_x text not null,
  store_name text not null,
  signature text not null,
  added_by text not null,
  added_at timestamp with time zone not null default now(),
  constraint policy_store_signatures_pkey PRIMARY KEY (org_id, store_id, sha256, key_id),
  constraint policy_store_signatures_length CHECK ((length(signature) <= 1000)),
  constraint policy_store_signatures_org_id_store_id_fkey FOREIGN KEY (org_id, store_id) REFERENCES policy_stores(org_id, id) ON DELETE CASCADE
);
alter table policy_store_signatures enable row level security;
alter table policy_store_signatures force row level security;
create policy in_scope on policy_store_signatures as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table policy_stores (
  org_id uuid not null,
  project_id uuid not null,
  id uuid not null,
  name text not null,
  description text not null default ''::text,
  head_revision integer,
  head_version bigint not null default 1,
  head_moved_by text,
  head_moved_at timestamp with time zone,
  head_reason text,
  entity_count integer not null default 0,
  entity_bytes bigint not null default 0,
  version bigint not null default 1,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  value_count integer not null default 0,
  entity_version bigint not null default 1,
  rollout_id uuid,
  candidate_revision integer,
  canary_share integer not null default 0,
  signing_keys jsonb not null default '[]'::jsonb,
  constraint policy_stores_pkey PRIMARY KEY (org_id, id),
  constraint policy_stores_candidate CHECK ((((rollout_id IS NULL) = (candidate_revision IS NULL)) AND ((rollout_id IS NOT NULL) OR (canary_share = 0)))),
  constraint policy_stores_candidate_revision FOREIGN KEY (org_id, id, candidate_revision) REFERENCES policy_store_revisions(org_id, store_id, revision),
  constraint policy_stores_entity_bytes CHECK (((entity_bytes >= 0) AND (entity_bytes <= 67108864))),
  constraint policy_stores_entity_count CHECK (((entity_count >= 0) AND (entity_count <= 100000))),
  constraint policy_stores_head FOREIGN KEY (org_id, id, head_revision) REFERENCES policy_store_revisions(org_id, store_id, revision),
  constraint policy_stores_org_id_project_id_fkey FOREIGN KEY (org_id, project_id) REFERENCES projects(org_id, id),
  constraint policy_stores_signing_keys CHECK (((jsonb_typeof(signing_keys) = 'array'::text) AND (jsonb_array_length(signing_keys) <= 10))),
  constraint policy_stores_value_count CHECK (((value_count >= 0) AND (value_count <= 2000000)))
);
CREATE UNIQUE INDEX policy_stores_name ON tenet.policy_stores USING btree (org_id, project_id, lower(name));
CREATE TRIGGER policy_stores_notify AFTER DELETE OR UPDATE OF head_version, entity_count ON tenet.policy_stores FOR EACH ROW EXECUTE FUNCTION notify_policy_store();
alter table policy_stores enable row level security;
alter table policy_stores force row level security;
create policy in_scope on policy_stores as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table projects (
  org_id uuid not null,
  id uuid not null,
  slug text not null,
  name text not null,
  state text not null default 'ACTIVE'::text,
  managed_by jsonb,
  version bigint not null default 1,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  deleted_at timestamp with time zone,
  manifest_uid text generated always as ((managed_by ->> 'uid'::text)) stored,
  archived_by jsonb,
  labels jsonb not null default '{}'::jsonb,
  manifest_labels boolean not null default false,
  deleted_slug text,
  constraint projects_pkey PRIMARY KEY (org_id, id),
  constraint projects_labels CHECK ((jsonb_typeof(labels) = 'object'::text)),
  constraint projects_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id),
  constraint projects_slug UNIQUE (org_id, slug),
  constraint projects_state_check CHECK ((state = ANY (ARRAY['ACTIVE'::text, 'ARCHIVED'::text, 'DELETED'::text])))
);
CREATE INDEX projects_deleted ON tenet.projects USING btree (deleted_at) WHERE (state = 'DELETED'::text);
CREATE UNIQUE INDEX projects_manifest ON tenet.projects USING btree (manifest_uid) WHERE (manifest_uid IS NOT NULL);
CREATE TRIGGER projects_instance AFTER UPDATE OF state ON tenet.projects FOR EACH ROW WHEN ((old.state IS DISTINCT FROM new.state)) EXECUTE FUNCTION follow_project();
CREATE TRIGGER projects_keep_limit AFTER INSERT ON tenet.projects FOR EACH ROW WHEN ((new.state = 'ACTIVE'::text)) EXECUTE FUNCTION keep_limit('projects');
CREATE TRIGGER projects_keep_limit_again AFTER UPDATE OF state ON tenet.projects FOR EACH ROW WHEN (((new.state = 'ACTIVE'::text) AND (old.state <> 'ACTIVE'::text))) EXECUTE FUNCTION keep_limit('projects');
CREATE TRIGGER projects_notify AFTER INSERT OR UPDATE OF state ON tenet.projects FOR EACH ROW EXECUTE FUNCTION notify_project();
alter table projects enable row level security;
alter table projects force row level security;
create policy in_scope on projects as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table replicas (
  id uuid not null,
  name text not null,
  started_at timestamp with time zone not null,
  seen_at timestamp with time zone not null,
  serves jsonb not null default '{}'::jsonb,
  candidates jsonb not null default '{}'::jsonb,
  kids text[] not null default '{}'::text[],
  policy_kids text[] not null default '{}'::text[],
  constraint replicas_pkey PRIMARY KEY (id),
  constraint replicas_name_check CHECK (((length(name) >= 1) AND (length(name) <= 255)))
);

create table resource_references (
  org_id uuid not null,
  from_id uuid not null,
  field text not null,
  to_resource uuid,
  to_service_account uuid,
  constraint resource_references_pkey PRIMARY KEY (org_id, from_id, field),
  constraint resource_references_check CHECK ((num_nonnulls(to_resource, to_service_account) = 1)),
  constraint resource_references_org_id_from_id_fkey FOREIGN KEY (org_id, from_id) REFERENCES resources(org_id, id) ON DELETE CASCADE,
  constraint resource_references_org_id_to_resource_fkey FOREIGN KEY (org_id, to_resource) REFERENCES resources(org_id, id) DEFERRABLE INITIALLY DEFERRED,
  constraint resource_references_org_id_to_service_account_fkey FOREIGN KEY (org_id, to_service_account) REFERENCES service_accounts(org_id, id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX resource_references_to_resource ON tenet.resource_references USING btree (org_id, to_resource) WHERE (to_resource IS NOT NULL);
CREATE INDEX resource_references_to_service_account ON tenet.resource_references USING btree (org_id, to_service_account) WHERE (to_service_account IS NOT NULL);
alter table resource_references enable row level security;
alter table resource_references force row level security;
create policy in_scope on resource_references as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table resources (
  org_id uuid not null,
  id uuid not null,
  project_id uuid,
  type text not null,
  name text not null,
  labels jsonb not null default '{}'::jsonb,
  data jsonb not null default '{}'::jsonb,
  data_sealed jsonb not null default '{}'::jsonb,
  created_by text not null,
  version bigint not null default 1,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  managed_by jsonb,
  constraint resources_pkey PRIMARY KEY (org_id, id),
  constraint resources_data_check CHECK ((jsonb_typeof(data) = 'object'::text)),
  constraint resources_data_sealed_check CHECK ((jsonb_typeof(data_sealed) = 'object'::text)),
  constraint resources_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 100))),
  constraint resources_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id),
  constraint resources_org_id_project_id_fkey FOREIGN KEY (org_id, project_id) REFERENCES projects(org_id, id) ON DELETE CASCADE,
  constraint resources_type_check CHECK ((type ~ '^[a-z][a-z0-9-]{0,62}$'::text))
);
CREATE INDEX resources_by_name ON tenet.resources USING btree (org_id, project_id, type, lower(name) COLLATE "C", id);
CREATE INDEX resources_in_place ON tenet.resources USING btree (org_id, project_id, type, id);
CREATE INDEX resources_of_type ON tenet.resources USING btree (org_id, type);
CREATE TRIGGER resources_keep_limit AFTER INSERT ON tenet.resources FOR EACH ROW EXECUTE FUNCTION keep_limit('resource');
alter table resources enable row level security;
alter table resources force row level security;
create policy in_scope on resources as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table restrictions (
  org_id uuid not null,
  id uuid not null,
  resource_type text not null,
  resource_id text,
  project_ids uuid[],
  is_exception boolean not null default false,
  reason text not null,
  created_by text not null,
  created_at timestamp with time zone not null default now(),
  lifted_at timestamp with time zone,
  lifted_by text,
  version bigint not null default 1,
  updated_at timestamp with time zone not null default now(),
  is_managed boolean not null default false,
  constraint restrictions_pkey PRIMARY KEY (org_id, id),
  constraint restrictions_check CHECK (((NOT is_exception) OR (project_ids IS NOT NULL))),
  constraint restrictions_check1 CHECK (((lifted_at IS NULL) = (lifted_by IS NULL))),
  constraint restrictions_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id),
  constraint restrictions_project_ids_check CHECK (((cardinality(project_ids) >= 1) AND (cardinality(project_ids) <= 100))),
  constraint restrictions_resource_id_check CHECK (((length(resource_id) >= 1) AND (length(resource_id) <= 200))),
  constraint restrictions_resource_type_check CHECK (((length(resource_type) >= 1) AND (length(resource_type) <= 63)))
);
CREATE UNIQUE INDEX restrictions_once ON tenet.restrictions USING btree (org_id, resource_type, COALESCE(resource_id, ''::text), is_exception, COALESCE(project_ids, '{}'::uuid[])) WHERE (lifted_at IS NULL);
CREATE TRIGGER restrictions_bump_epoch AFTER INSERT OR UPDATE ON tenet.restrictions FOR EACH ROW EXECUTE FUNCTION bump_restrictions();
alter table restrictions enable row level security;
alter table restrictions force row level security;
create policy in_scope on restrictions as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table rights (
  statement text not null,
  constraint rights_pkey PRIMARY KEY (statement)
);

create table role_template_roles (
  org_id uuid not null,
  template_id uuid not null,
  project_id uuid,
  role text not null,
  constraint role_template_roles_once UNIQUE NULLS NOT DISTINCT (org_id, template_id, project_id, role),
  constraint role_template_roles_org_id_project_id_fkey FOREIGN KEY (org_id, project_id) REFERENCES projects(org_id, id),
  constraint role_template_roles_org_id_template_id_fkey FOREIGN KEY (org_id, template_id) REFERENCES role_templates(org_id, id) ON DELETE CASCADE
);
CREATE INDEX role_template_roles_in_project ON tenet.role_template_roles USING btree (org_id, project_id) WHERE (project_id IS NOT NULL);
alter table role_template_roles enable row level security;
alter table role_template_roles force row level security;
create policy in_scope on role_template_roles as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table role_templates (
  org_id uuid not null,
  id uuid not null,
  name text not null,
  description text not null default ''::text,
  version bigint not null default 1,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint role_templates_pkey PRIMARY KEY (org_id, id),
  constraint role_templates_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id)
);
CREATE UNIQUE INDEX role_templates_name ON tenet.role_templates USING btree (org_id, lower(name));
alter table role_templates enable row level security;
alter table role_templates force row level security;
create policy in_scope on role_templates as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table roles (
  org_id uuid not null,
  id uuid not null,
  version bigint not null default 1,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  title text not null,
  description text not null default ''::text,
  tier text not null,
  permissions text[] not null default '{}'::text[],
  managed_by jsonb,
  manifest_name text,
  constraint roles_pkey PRIMARY KEY (org_id, id),
  constraint roles_named_by_manifests CHECK (((managed_by IS NULL) = (manifest_name IS NULL))),
  constraint roles_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id)
);
CREATE UNIQUE INDEX roles_manifest_name ON tenet.roles USING btree (org_id, manifest_name) WHERE (manifest_name IS NOT NULL);
CREATE UNIQUE INDEX roles_title ON tenet.roles USING btree (org_id, lower(title));
alter table roles enable row level security;
alter table roles force row level security;
create policy in_scope on roles as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table service_accounts (
  org_id uuid not null,
  id uuid not null,
  project_id uuid,
  name text not null,
  description text,
  state text not null default 'ACTIVE'::text,
  created_by text not null,
  version bigint not null default 1,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  labels jsonb not null default '{}'::jsonb,
  managed_by jsonb,
  manifest_labels boolean not null default false,
  constraint service_accounts_pkey PRIMARY KEY (org_id, id),
  constraint service_accounts_labels CHECK ((jsonb_typeof(labels) = 'object'::text)),
  constraint service_accounts_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id),
  constraint service_accounts_org_id_project_id_fkey FOREIGN KEY (org_id, project_id) REFERENCES projects(org_id, id),
  constraint service_accounts_state_check CHECK ((state = ANY (ARRAY['ACTIVE'::text, 'DELETED'::text])))
);
CREATE INDEX service_accounts_in_place ON tenet.service_accounts USING btree (org_id, project_id, id) WHERE (state = 'ACTIVE'::text);
CREATE TRIGGER service_accounts_bump_epoch AFTER UPDATE OF state ON tenet.service_accounts FOR EACH ROW EXECUTE FUNCTION bump_epoch();
CREATE TRIGGER service_accounts_keep_limit AFTER INSERT ON tenet.service_accounts FOR EACH ROW WHEN ((new.state = 'ACTIVE'::text)) EXECUTE FUNCTION keep_limit('service-accounts');
CREATE TRIGGER service_accounts_keep_limit_again AFTER UPDATE OF state ON tenet.service_accounts FOR EACH ROW WHEN (((new.state = 'ACTIVE'::text) AND (old.state <> 'ACTIVE'::text))) EXECUTE FUNCTION keep_limit('service-accounts');
alter table service_accounts enable row level security;
alter table service_accounts force row level security;
create policy in_scope on service_accounts as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table setting_values (
  org_id uuid not null,
  key text not null,
  project_id uuid,
  user_id uuid,
  value jsonb not null,
  is_locked boolean not null default false,
  is_copy boolean not null default false,
  is_managed boolean not null default false,
  set_by text not null,
  set_at timestamp with time zone not null default now(),
  constraint setting_values_copy CHECK (((NOT is_copy) OR (project_id IS NOT NULL))),
  constraint setting_values_locked CHECK (((NOT is_locked) OR ((project_id IS NULL) AND (user_id IS NULL)))),
  constraint setting_values_once UNIQUE NULLS NOT DISTINCT (org_id, key, project_id, user_id),
  constraint setting_values_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id),
  constraint setting_values_org_id_project_id_fkey FOREIGN KEY (org_id, project_id) REFERENCES projects(org_id, id) ON DELETE CASCADE,
  constraint setting_values_org_id_user_id_fkey FOREIGN KEY (org_id, user_id) REFERENCES members(org_id, user_id) ON DELETE CASCADE,
  constraint setting_values_place CHECK (((project_id IS NULL) OR (user_id IS NULL)))
);
CREATE INDEX setting_values_of_member ON tenet.setting_values USING btree (org_id, user_id) WHERE (user_id IS NOT NULL);
CREATE INDEX setting_values_of_project ON tenet.setting_values USING btree (org_id, project_id) WHERE (project_id IS NOT NULL);
alter table setting_values enable row level security;
alter table setting_values force row level security;
create policy in_scope on setting_values as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table subscriptions (
  org_id uuid not null,
  plan text not null,
  state text not null,
  billing_period text not null,
  trial_ends_at timestamp with time zone,
  period_starts_at timestamp with time zone not null,
  period_ends_at timestamp with time zone not null,
  next_plan text,
  next_billing_period text,
  version bigint not null default 1,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  is_trial_over boolean not null default false,
  constraint subscriptions_pkey PRIMARY KEY (org_id),
  constraint subscriptions_billing_period_check CHECK ((billing_period = ANY (ARRAY['MONTHLY'::text, 'ANNUAL'::text]))),
  constraint subscriptions_check CHECK ((period_ends_at > period_starts_at)),
  constraint subscriptions_next CHECK (((next_plan IS NULL) = (next_billing_period IS NULL))),
  constraint subscriptions_next_billing_period_check CHECK ((next_billing_period = ANY (ARRAY['MONTHLY'::text, 'ANNUAL'::text]))),
  constraint subscriptions_next_plan_fkey FOREIGN KEY (next_plan) REFERENCES plans(name),
  constraint subscriptions_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id),
  constraint subscriptions_plan_fkey FOREIGN KEY (plan) REFERENCES plans(name),
  constraint subscriptions_state_check CHECK ((state = ANY (ARRAY['TRIALING'::text, 'ACTIVE'::text, 'PAST_DUE'::text, 'SUSPENDED'::text, 'CANCELED'::text]))),
  constraint subscriptions_trial CHECK (((state <> 'TRIALING'::text) OR (trial_ends_at IS NOT NULL))),
  constraint subscriptions_trial_over CHECK (((NOT is_trial_over) OR (state = 'SUSPENDED'::text)))
);
CREATE INDEX subscriptions_by_end ON tenet.subscriptions USING btree (LEAST(period_ends_at,
CASE
    WHEN (state = 'TRIALING'::text) THEN trial_ends_at
    ELSE NULL::timestamp with time zone
END)) WHERE (state = ANY (ARRAY['TRIALING'::text, 'ACTIVE'::text, 'PAST_DUE'::text]));
CREATE INDEX subscriptions_of_next_plan ON tenet.subscriptions USING btree (next_plan) WHERE (next_plan IS NOT NULL);
CREATE INDEX subscriptions_of_plan ON tenet.subscriptions USING btree (plan);
alter table subscriptions enable row level security;
alter table subscriptions force row level security;
create policy in_scope on subscriptions as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table support_accesses (
  org_id uuid not null,
  id uuid not null,
  operator_id uuid not null,
  role text not null,
  reason text not null,
  minutes integer not null,
  state text not null default 'REQUESTED'::text,
  expires_at timestamp with time zone not null,
  answered_by text,
  until timestamp with time zone,
  ended_by text,
  version bigint not null default 1,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  offered_by text,
  constraint support_accesses_pkey PRIMARY KEY (org_id, id),
  constraint support_accesses_have_an_end CHECK (((state <> 'APPROVED'::text) OR (until IS NOT NULL))),
  constraint support_accesses_minutes_check CHECK (((minutes >= 1) AND (minutes <= 4320))),
  constraint support_accesses_operator_id_fkey FOREIGN KEY (operator_id) REFERENCES users(id),
  constraint support_accesses_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id),
  constraint support_accesses_reason_check CHECK (((char_length(reason) >= 1) AND (char_length(reason) <= 500))),
  constraint support_accesses_state_check CHECK ((state = ANY (ARRAY['REQUESTED'::text, 'APPROVED'::text, 'DENIED'::text, 'ENDED'::text, 'EXPIRED'::text])))
);
CREATE UNIQUE INDEX support_accesses_by_id ON tenet.support_accesses USING btree (id);
CREATE INDEX support_accesses_of_operator ON tenet.support_accesses USING btree (operator_id) WHERE (state = ANY (ARRAY['REQUESTED'::text, 'APPROVED'::text]));
CREATE UNIQUE INDEX support_accesses_one_open ON tenet.support_accesses USING btree (org_id, operator_id) WHERE (state = ANY (ARRAY['REQUESTED'::text, 'APPROVED'::text]));
CREATE INDEX support_accesses_overdue ON tenet.support_accesses USING btree (COALESCE(until, expires_at)) WHERE (state = ANY (ARRAY['REQUESTED'::text, 'APPROVED'::text]));
CREATE TRIGGER support_accesses_epoch AFTER INSERT OR UPDATE OF state, until ON tenet.support_accesses FOR EACH ROW EXECUTE FUNCTION bump_epoch();
alter table support_accesses enable row level security;
alter table support_accesses force row level security;
create policy in_scope on support_accesses as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table usage_days (
  org_id uuid not null,
  meter text not null,
  day date not null,
  cell uuid not null,
  project_id uuid,
  user_id uuid,
  api_key_id uuid,
  resources jsonb not null,
  quantity numeric not null,
  cost numeric not null,
  events bigint not null,
  last_at timestamp with time zone not null,
  constraint usage_days_pkey PRIMARY KEY (org_id, meter, day, cell)
);
CREATE INDEX usage_days_by_age ON tenet.usage_days USING btree (day);
CREATE INDEX usage_days_by_project ON tenet.usage_days USING btree (org_id, meter, project_id NULLS FIRST, day);
alter table usage_days enable row level security;
alter table usage_days force row level security;
create policy in_scope on usage_days as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table usage_dimension_days (
  org_id uuid not null,
  meter text not null,
  dimension text not null,
  day date not null,
  value text not null,
  quantity numeric not null,
  cost numeric not null,
  events bigint not null,
  last_at timestamp with time zone not null,
  constraint usage_dimension_days_pkey PRIMARY KEY (org_id, meter, dimension, day, value)
);
CREATE INDEX usage_dimension_days_by_age ON tenet.usage_dimension_days USING btree (day);
CREATE INDEX usage_dimension_days_by_value ON tenet.usage_dimension_days USING btree (org_id, meter, dimension, value, day);
alter table usage_dimension_days enable row level security;
alter table usage_dimension_days force row level security;
create policy in_scope on usage_dimension_days as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table usage_events (
  org_id uuid not null,
  month date not null,
  id text not null,
  batch bigint not null,
  meter text not null,
  at timestamp with time zone not null,
  quantity numeric not null,
  cost numeric not null,
  project_id uuid,
  user_id uuid,
  api_key_id uuid,
  resources jsonb not null default '{}'::jsonb,
  constraint usage_events_pkey PRIMARY KEY (org_id, id, month),
  constraint usage_events_check CHECK ((month = (date_trunc('month'::text, (at AT TIME ZONE 'UTC'::text)))::date)),
  constraint usage_events_cost_check CHECK ((cost >= (0)::numeric)),
  constraint usage_events_id_check CHECK (((length(id) >= 1) AND (length(id) <= 128))),
  constraint usage_events_quantity_check CHECK ((quantity >= (0)::numeric))
) partition by RANGE (month);
CREATE INDEX usage_events_by_batch ON ONLY tenet.usage_events USING btree (org_id, batch) WHERE (batch > 0);
alter table usage_events enable row level security;
alter table usage_events force row level security;
create policy in_scope on usage_events as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table usage_heads (
  org_id uuid not null,
  batch bigint not null,
  constraint usage_heads_pkey PRIMARY KEY (org_id)
);
alter table usage_heads enable row level security;
alter table usage_heads force row level security;
create policy in_scope on usage_heads as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table usage_hours (
  org_id uuid not null,
  meter text not null,
  hour timestamp with time zone not null,
  cell uuid not null,
  project_id uuid,
  user_id uuid,
  api_key_id uuid,
  resources jsonb not null,
  quantity numeric not null,
  cost numeric not null,
  events bigint not null,
  last_at timestamp with time zone not null,
  constraint usage_hours_pkey PRIMARY KEY (org_id, meter, hour, cell)
);
CREATE INDEX usage_hours_by_age ON tenet.usage_hours USING btree (hour);
alter table usage_hours enable row level security;
alter table usage_hours force row level security;
create policy in_scope on usage_hours as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table usage_rollups (
  org_id uuid not null,
  batch bigint not null default 0,
  constraint usage_rollups_pkey PRIMARY KEY (org_id)
);
alter table usage_rollups enable row level security;
alter table usage_rollups force row level security;
create policy in_scope on usage_rollups as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table users (
  id uuid not null,
  issuer text not null,
  subject text not null,
  email text,
  display_name text,
  state text not null default 'ACTIVE'::text,
  not_before timestamp with time zone,
  version bigint not null default 1,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  folded_email text generated always as (fold_email(email)) stored,
  name text,
  email_said_at double precision,
  name_said_at double precision,
  entitlements text[] not null default '{}'::text[],
  suspension jsonb,
  erased_at timestamp with time zone,
  erased_identity bytea[],
  constraint users_pkey PRIMARY KEY (id),
  constraint users_email CHECK (is_email_address(email)),
  constraint users_erased_say_nothing CHECK (((erased_at IS NULL) OR ((state = 'SUSPENDED'::text) AND (email IS NULL) AND (name IS NULL) AND (display_name IS NULL) AND (suspension IS NULL)))),
  constraint users_identity UNIQUE (issuer, subject),
  constraint users_state_check CHECK ((state = ANY (ARRAY['ACTIVE'::text, 'SUSPENDED'::text]))),
  constraint users_suspended_with_a_reason CHECK (((state = 'SUSPENDED'::text) OR (suspension IS NULL)))
);
CREATE INDEX users_by_beginning_of_email ON tenet.users USING btree (folded_email text_pattern_ops);
CREATE INDEX users_by_beginning_of_name ON tenet.users USING btree (lower(COALESCE(display_name, name)) text_pattern_ops);
CREATE INDEX users_by_erased_identity ON tenet.users USING gin (erased_identity) WHERE (erased_identity IS NOT NULL);
CREATE INDEX users_by_folded_email ON tenet.users USING btree (folded_email);
CREATE INDEX users_suspended ON tenet.users USING btree (id) WHERE (state = 'SUSPENDED'::text);
CREATE TRIGGER users_notify AFTER UPDATE OF state, not_before ON tenet.users FOR EACH ROW EXECUTE FUNCTION notify_user();

create table webhook_deliveries (
  org_id uuid not null,
  webhook_id uuid not null,
  id uuid not null,
  type text not null,
  sequence bigint,
  state text not null,
  attempts jsonb not null default '[]'::jsonb,
  next_attempt_at timestamp with time zone,
  created_by text,
  version bigint not null default 1,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint webhook_deliveries_pkey PRIMARY KEY (org_id, webhook_id, id),
  constraint webhook_deliveries_org_id_webhook_id_fkey FOREIGN KEY (org_id, webhook_id) REFERENCES webhooks(org_id, id) ON DELETE CASCADE,
  constraint webhook_deliveries_state_check CHECK ((state = ANY (ARRAY['WAITING'::text, 'DELIVERED'::text, 'FAILED'::text])))
);
CREATE INDEX webhook_deliveries_by_state ON tenet.webhook_deliveries USING btree (org_id, webhook_id, state, id);
CREATE INDEX webhook_deliveries_by_time ON tenet.webhook_deliveries USING btree (created_at);
alter table webhook_deliveries enable row level security;
alter table webhook_deliveries force row level security;
create policy in_scope on webhook_deliveries as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

create table webhooks (
  org_id uuid not null,
  id uuid not null,
  name text not null,
  url text not null,
  event_types text[] not null default '{}'::text[],
  state text not null default 'ACTIVE'::text,
  disabled_reason text,
  "position" bigint not null,
  failures integer not null default 0,
  next_attempt_at timestamp with time zone,
  lease uuid,
  leased_until timestamp with time zone,
  created_by text not null,
  version bigint not null default 1,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  secret_sealed text not null,
  previous_secret_sealed text,
  previous_until timestamp with time zone,
  constraint webhooks_pkey PRIMARY KEY (org_id, id),
  constraint webhooks_check CHECK (((state = 'DISABLED'::text) = (disabled_reason IS NOT NULL))),
  constraint webhooks_check1 CHECK (((previous_secret_sealed IS NULL) = (previous_until IS NULL))),
  constraint webhooks_disabled_reason_check CHECK ((disabled_reason = ANY (ARRAY['REQUESTED'::text, 'FAILING'::text, 'GONE'::text, 'TOO_FAR_BEHIND'::text, 'KEY_LOST'::text]))),
  constraint webhooks_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id),
  constraint webhooks_state_check CHECK ((state = ANY (ARRAY['ACTIVE'::text, 'DISABLED'::text])))
);
CREATE INDEX webhooks_active ON tenet.webhooks USING btree (org_id) WHERE (state = 'ACTIVE'::text);
alter table webhooks enable row level security;
alter table webhooks force row level security;
create policy in_scope on webhooks as permissive for all to public using (( SELECT whole_platform() AS whole_platform) OR (org_id = ( SELECT scope_organization() AS scope_organization)));

-- Views

create view decision_log_entries as
 SELECT l.org_id,
    l.day,
    l.since,
    l.until,
    l.id AS part,
    e."position",
    e.id,
    l.since + e.milliseconds::double precision * '00:00:00.001'::interval AS at,
    e.case_id,
    e.subject,
    e.project,
    e.request,
    e.is_question,
    e.may_be_cached,
    e.resource_id
   FROM decision_log l,
    LATERAL UNNEST(l.decisions, l.offsets, l.cases, l.subjects, l.projects, l.requests, l.are_questions, l.may_be_cached, l.resources) WITH ORDINALITY e(id, milliseconds, case_id, subject, project, request, is_question, may_be_cached, resource_id, "position");

create view tenet_casbin.casbin as
 SELECT 'p'::text AS ptype,
    line.rule
   FROM unnest(string_to_array(NULLIF(current_setting('tenet.revisions'::text, true), ''::text), ','::text)) WITH ORDINALITY named(name, place)
     JOIN policy_revisions ON policy_revisions.scope = split_part(named.name, '@'::text, 1) AND policy_revisions.revision = split_part(named.name, '@'::text, 2)::integer
     CROSS JOIN LATERAL jsonb_array_elements(policy_revisions.rows) WITH ORDINALITY line(rule, place)
  ORDER BY named.place, line.place;

-- Functions

CREATE OR REPLACE FUNCTION tenet.append_audit_event(org uuid, at timestamp with time zone, actor text, action text, target text, outcome text, event text)
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'tenet', 'pg_temp'
AS $function$
declare
  head audit_heads;
  next_hash bytea;
begin
  if not in_scope(org) then
    raise exception 'out of scope' using errcode = 'insufficient_privilege';
  end if;
  insert into audit_heads values (org, 0, '\x') on conflict do nothing;
  select * into head from audit_heads where org_id = org for update;
  next_hash := sha256(head.hash || convert_to((head.seq + 1)::text || E'\n' || event, 'UTF8'));
  insert into audit_events values (org, head.seq + 1, at, actor, action, target, outcome, event, head.hash, next_hash);
  update audit_heads set seq = head.seq + 1, hash = next_hash where org_id = org;
  return head.seq + 1;
end $function$;

CREATE OR REPLACE FUNCTION tenet.append_audit_events(org uuid, at timestamp with time zone, actor text, action text, targets text[], outcome text, events text[])
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'tenet', 'pg_temp'
AS $function$
declare
  head audit_heads;
  next_hash bytea;
begin
  if not in_scope(org) then
    raise exception 'out of scope' using errcode = 'insufficient_privilege';
  end if;
  insert into audit_heads values (org, 0, '\x') on conflict do nothing;
  select * into head from audit_heads where org_id = org for update;
  for place in 1 .. cardinality(events) loop
    next_hash := sha256(head.hash || convert_to((head.seq + 1)::text || E'\n' || events[place], 'UTF8'));
    insert into audit_events values (org, head.seq + 1, at, actor, action, targets[place], outcome, events[place], head.hash, next_hash);
    head.seq := head.seq + 1;
    head.hash := next_hash;
  end loop;
  update audit_heads set seq = head.seq, hash = head.hash where org_id = org;
  return head.seq;
end $function$;

CREATE OR REPLACE FUNCTION tenet.append_platform_event(at timestamp with time zone, actor text, action text, target text, outcome text, event text)
 RETURNS bigint
 LANGUAGE plpgsql
 SET search_path TO 'tenet', 'pg_temp'
AS $function$
declare
  scope text := current_setting('tenet.scope', true);
  number bigint;
begin
  -- Only a superuser may create a function with this setting as its own.
  perform set_config('tenet.scope', 'platform', true);
  number := append_audit_event('00000000-0000-0000-0000-000000000000', at, actor, action, target, outcome, event);
  perform set_config('tenet.scope', coalesce(scope, ''), true);
  return number;
end $function$;

CREATE OR REPLACE FUNCTION tenet.append_support_event(org uuid, access uuid, at timestamp with time zone, actor text, action text, target text, outcome text, event text)
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'tenet', 'pg_temp'
AS $function$
begin
  if not exists (select from support_accesses s where s.org_id = org and s.id = access) then
    raise exception 'out of scope' using errcode = 'insufficient_privilege';
  end if;
  return append_platform_event(at, actor, action, target, outcome, event);
end $function$;

CREATE OR REPLACE FUNCTION tenet.bump_epoch()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'tenet', 'pg_temp'
AS $function$
begin
  update organizations set epoch = epoch + 1 where id = new.org_id;
  perform pg_notify('tenet_epoch', new.org_id::text);
  return null;
end $function$;

CREATE OR REPLACE FUNCTION tenet.bump_restrictions()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'tenet', 'pg_temp'
AS $function$
begin
  update organizations set epoch = epoch + 1,
    restricted = exists (select from restrictions r where r.org_id = new.org_id and r.lifted_at is null)
  where id = new.org_id;
  perform pg_notify('tenet_epoch', new.org_id::text);
  return null;
end $function$;

CREATE OR REPLACE FUNCTION tenet.canary_place(organization uuid)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
RETURN ((((('x'::text || encode(substr(sha256(uuid_send(organization)), 1, 4), 'hex'::text)))::bit(32))::bigint % (10000)::bigint))::integer;

CREATE OR REPLACE FUNCTION tenet.drop_usage_partitions(months integer)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'tenet', 'pg_temp'
AS $function$
declare
  partition text;
begin
  if not in_scope('00000000-0000-0000-0000-000000000000') or months is null or months < 3 then
    raise exception 'out of scope' using errcode = 'insufficient_privilege';
  end if;
  for partition in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'usage_events'::regclass
      and right(c.relname, 6) < to_char((now() at time zone 'UTC') - make_interval(months => months), 'YYYYMM')
  loop
    execute format('drop table %I', partition);
  end loop;
end $function$;

CREATE OR REPLACE FUNCTION tenet.enqueue(task text, payload json, job_key text DEFAULT NULL::text)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select graphile_worker.add_job(identifier => task, payload => payload, job_key => job_key, max_attempts => 20);
$function$;

CREATE OR REPLACE FUNCTION tenet.enqueue_all(task text, jobs json)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select graphile_worker.add_jobs(array(
    select row(task, job -> 'payload', job ->> 'queue', null, 20, job ->> 'jobKey', null, null)::graphile_worker.job_spec from json_array_elements(jobs) as job
  ));
$function$;

CREATE OR REPLACE FUNCTION tenet.enqueue_mails(task text, jobs json)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'tenet', 'pg_temp'
AS $function$
begin
  insert into mail_turns as t (org_id, until)
  select (job ->> 'organization')::uuid, now() + count(*) * interval '1 second' from json_array_elements(jobs) as job group by 1 order by 1
  on conflict (org_id) do update set until = greatest(t.until, now()) + (excluded.until - now());
  -- The smallest priority is the next one; it is a smallint. The last of these is the last of its organization.
  perform graphile_worker.add_jobs(array_agg(row(
    task, job -> 'payload', job ->> 'queue', null, 20, job ->> 'jobKey', least(30000, 1 + floor(extract(epoch from until - now()) - behind))::int, null
  )::graphile_worker.job_spec order by place))
  from (
    select job, place, count(*) over (partition by job ->> 'organization' order by place desc) as behind
    from json_array_elements(jobs) with ordinality as given (job, place)
  ) as numbered join mail_turns on org_id = (job ->> 'organization')::uuid
  having count(*) > 0;
end $function$;

CREATE OR REPLACE FUNCTION tenet.fold_email(address text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
RETURN translate(address, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'::text, 'abcdefghijklmnopqrstuvwxyz'::text);

CREATE OR REPLACE FUNCTION tenet.follow_project()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'tenet', 'pg_temp'
AS $function$
begin
  if new.state = 'DELETED' then
    update instances set desired = 'REMOVED', state = 'UNINSTALLING', version = version + 1, updated_at = now() where org_id = new.org_id and id = new.id;
  elsif old.state = 'DELETED' then
    update instances set desired = 'STOPPED', deletes_data = false, removed_at = null, version = version + 1, updated_at = now()
    where org_id = new.org_id and id = new.id;
  elsif new.state = 'ARCHIVED' then
    update instances set desired = 'STOPPED', removed_at = null, version = version + 1, updated_at = now() where org_id = new.org_id and id = new.id;
  end if;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION tenet.has_member(org uuid, person uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE
RETURN (EXISTS (SELECT FROM members WHERE ((members.org_id = has_member.org) AND (members.user_id = has_member.person) AND (members.state <> 'REMOVED'::text))));

CREATE OR REPLACE FUNCTION tenet.in_scope(org uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE
RETURN COALESCE((whole_platform() OR (org = scope_organization())), false);

CREATE OR REPLACE FUNCTION tenet.is_email_address(address text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
RETURN ((length(address) <= 254) AND (POSITION(('@'::text) IN (address)) <= 65) AND ((address COLLATE "C") ~ '^[A-Za-z0-9!#$%&''*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&''*+/=?^_`{|}~-]+)*@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$'::text));

CREATE OR REPLACE FUNCTION tenet.keep_decision_log(days integer)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'tenet', 'pg_temp'
AS $function$
declare
  parent text;
  made date;
  partition text;
  today date := (now() at time zone 'UTC')::date;
begin
  if not in_scope('00000000-0000-0000-0000-000000000000') or days is null or days < 1 then
    raise exception 'out of scope' using errcode = 'insufficient_privilege';
  end if;
  perform pg_advisory_xact_lock(hashtext('tenet.decision_log'));
  foreach parent in array array['decision_log', 'decision_log_cases', 'decision_log_stores'] loop
    for made in select generate_series(today - 1, today + 2, interval '1 day')::date loop
      partition := format('%s_%s', parent, to_char(made, 'YYYYMMDD'));
      continue when to_regclass(partition) is not null;
      -- Attached when it is complete: that keeps neither readers nor writers of the others from theirs.
      execute format('create table %I (like %I including all)', partition, parent);
      if parent <> 'decision_log_cases' then
        execute format('alter table %I enable row level security', partition);
        execute format('alter table %I force row level security', partition);
        execute format('create policy in_scope on %I using ((select whole_platform()) or org_id = (select scope_organization()))', partition);
      end if;
      execute format('alter table %I attach partition %I for values from (%L) to (%L)', parent, partition, made, made + 1);
    end loop;
    for partition in
      select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = parent::regclass and right(c.relname, 8) < to_char(today - days, 'YYYYMMDD')
    loop
      execute format('drop table %I', partition);
    end loop;
  end loop;
  delete from decision_log_gaps where until < today - days;
  delete from decision_log_writers where ended_at < today - days;
end $function$;

CREATE OR REPLACE FUNCTION tenet.keep_externals()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if exists (
    select from grants where org_id = new.id and user_id is not null and revoked_at is null and (until is null or until > now())
      and not has_member(org_id, user_id)
  ) then
    raise exception 'people from outside would keep grants' using errcode = 'check_violation', constraint = 'organizations_externals_hold_grants';
  end if;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION tenet.keep_grantee()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  allowed text;
begin
  select externals into allowed from organizations where id = new.org_id for no key update;
  if not has_member(new.org_id, new.user_id) and (new.project_id is null or allowed <> 'ALLOW') then
    raise exception 'a person who is no member would hold %', new.role using errcode = 'check_violation', constraint = 'grants_of_members';
  end if;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION tenet.keep_leaver()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform from organizations where id = new.org_id for no key update;
  if not has_member(new.org_id, new.user_id) and exists (
    select from grants where org_id = new.org_id and user_id = new.user_id and revoked_at is null and (until is null or until > now())
  ) then
    raise exception 'a person who left would keep grants' using errcode = 'check_violation', constraint = 'members_leave_without_grants';
  end if;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION tenet.keep_limit()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'tenet', 'pg_temp'
AS $function$
declare
  limit_name text := tg_argv[0];
  present record;
  used numeric;
begin
  if tg_argv[0] = 'resource' then
    limit_name := 'resource.' || (to_jsonb(new) ->> 'type');
  end if;
  select * into present from limit_of(new.org_id, limit_name);
  if not found then
    return null;
  end if;
  perform from organizations where id = new.org_id for no key update;
  -- Again, behind who has changed it meanwhile.
  select * into present from limit_of(new.org_id, limit_name);
  if present.soft is null and present.hard is null then
    return null;
  end if;
  if tg_argv[0] = 'resource' then
    -- As far as it matters: there may be many.
    select count(*) into used from (
      select from resources where org_id = new.org_id and type = substr(limit_name, 10) limit coalesce(present.hard, present.soft) + 1
    ) counted;
  else
    used := limit_used(new.org_id, limit_name);
  end if;
  if used > present.hard then
    perform raise_limit(limit_name, present.hard, used - 1);
  end if;
  perform note_crossings(new.org_id, limit_name, limit_period(now()), present.soft, present.hard, used);
  return null;
end $function$;

CREATE OR REPLACE FUNCTION tenet.keep_mfa_requirements()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if new.mfa = 'REQUIRED' then
    insert into mfa_requirements (org_id, grace_days) values (new.id, new.mfa_grace_days);
  else
    update mfa_requirements set ended_at = clock_timestamp() where org_id = new.id and ended_at = 'infinity';
  end if;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION tenet.keep_owner()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if exists (
    select from organizations o
    where o.id = new.id and o.state <> 'DELETED' and o.owner_id is not null and not may_own(o.id, o.owner_id)
  ) then
    raise exception 'the new owner does not hold %', new.top_role
      using errcode = 'check_violation', constraint = 'organizations_keep_owner';
  end if;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION tenet.keep_revoked()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'a revoked key stays revoked' using errcode = 'check_violation', constraint = 'api_keys_stay_revoked';
end $function$;

CREATE OR REPLACE FUNCTION tenet.keep_top_role()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  organization record;
begin
  select * into organization from organizations
    where id = new.org_id and state <> 'DELETED' for no key update;
  if not found then
    return null;
  end if;
  if not exists (
    select from grants g join members m using (org_id, user_id)
    where g.org_id = new.org_id and g.project_id is null and g.role = organization.top_role
      and g.revoked_at is null and g.until is null and (g.from_at is null or g.from_at <= now()) and m.state = 'ACTIVE'
  ) then
    raise exception 'the organization would be without %', organization.top_role
      using errcode = 'check_violation', constraint = 'organizations_keep_top_role';
  end if;
  if organization.owner_id is not null and not exists (
    select from grants g join members m using (org_id, user_id)
    where g.org_id = new.org_id and g.user_id = organization.owner_id and g.project_id is null and g.role = organization.top_role
      and g.revoked_at is null and g.until is null and (g.from_at is null or g.from_at <= now()) and m.state = 'ACTIVE'
  ) then
    raise exception 'the owner would lose %', organization.top_role
      using errcode = 'check_violation', constraint = 'organizations_keep_owner';
  end if;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION tenet.lease_key_rates(org uuid, key uuid, windows jsonb)
 RETURNS TABLE(seconds integer, leased bigint, free bigint, milliseconds double precision)
 LANGUAGE plpgsql
 SET search_path TO 'tenet', 'pg_temp'
AS $function$
#variable_conflict use_column
declare
  asked record;
  held key_rates;
  began timestamptz;
begin
  -- In one order, so that of two replicas neither waits for the other's.
  for asked in select w.seconds, w.quota from jsonb_to_recordset(windows) as w (seconds integer, quota bigint) order by w.seconds loop
    insert into key_rates values (org, key, asked.seconds, '-infinity', 0) on conflict do nothing;
    select * into held from key_rates where org_id = org and key_id = key and seconds = asked.seconds for update;
    -- Behind the lock, for which a window may have been waited out. A clock that is set back does not begin one again.
    began := to_timestamp(floor(extract(epoch from clock_timestamp()) / asked.seconds) * asked.seconds);
    if held.since < began then
      held.since := began;
      held.used := 0;
    end if;
    lease_key_rates.free := greatest(asked.quota - held.used, 0);
    lease_key_rates.leased := least(lease_key_rates.free, greatest(1, lease_key_rates.free / 4), 1000);
    update key_rates set since = held.since, used = held.used + lease_key_rates.leased
      where org_id = org and key_id = key and seconds = asked.seconds;
    lease_key_rates.free := lease_key_rates.free - lease_key_rates.leased;
    lease_key_rates.seconds := asked.seconds;
    lease_key_rates.milliseconds := extract(epoch from held.since - clock_timestamp()) * 1000 + asked.seconds * 1000.0;
    return next;
  end loop;
end $function$;

CREATE OR REPLACE FUNCTION tenet.limit_of(org uuid, limit_name text, OUT soft bigint, OUT hard bigint, OUT is_override boolean)
 RETURNS SETOF record
 LANGUAGE plpgsql
 STABLE ROWS 1
AS $function$
begin
  return query select o.soft, o.hard, true from limit_overrides o where o.org_id = org and o.name = limit_name;
  if not found then
    return query
      select (p.limits -> limit_name ->> 'soft')::bigint, (p.limits -> limit_name ->> 'hard')::bigint, false
      from subscriptions s join plans p on p.name = s.plan
      where s.org_id = org and p.limits ? limit_name;
  end if;
end $function$;

CREATE OR REPLACE FUNCTION tenet.limit_period(moment timestamp with time zone)
 RETURNS date
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
RETURN (date_trunc('month'::text, (moment AT TIME ZONE 'UTC'::text)))::date;

CREATE OR REPLACE FUNCTION tenet.limit_used(org uuid, limit_name text)
 RETURNS numeric
 LANGUAGE plpgsql
 STABLE
AS $function$
begin
  case
    when limit_name = 'projects' then
      return (select count(*) from projects where org_id = org and state = 'ACTIVE');
    when limit_name = 'members' then
      return (select count(*) from members where org_id = org and state = 'ACTIVE');
    when limit_name = 'service-accounts' then
      return (select count(*) from service_accounts where org_id = org and state = 'ACTIVE');
    when limit_name = 'api-keys' then
      return (select count(*) from api_keys where org_id = org and state = 'ACTIVE' and (expires_at is null or expires_at > now()));
    when limit_name = 'instances' then
      return (select count(*) from instances where org_id = org and desired <> 'REMOVED');
    when limit_name like 'resource.%' then
      return (select count(*) from resources where org_id = org and type = substr(limit_name, 10));
    else
      return coalesce(
        (select u.used from limit_uses u where u.org_id = org and u.name = limit_name and u.period = limit_period(now())),
        metered(org, substr(limit_name, 7), limit_period(now()))
      );
  end case;
end $function$;

CREATE OR REPLACE FUNCTION tenet.make_usage_partitions()
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'tenet', 'pg_temp'
AS $function$
declare
  made date;
  partition text;
  this date := date_trunc('month', now() at time zone 'UTC')::date;
begin
  perform pg_advisory_xact_lock(hashtext('tenet.usage'));
  for made in select generate_series(this - interval '2 months', this + interval '2 months', interval '1 month')::date loop
    partition := format('usage_events_%s', to_char(made, 'YYYYMM'));
    continue when to_regclass(partition) is not null;
    execute format('create table %I (like usage_events including all)', partition);
    execute format('alter table %I enable row level security', partition);
    execute format('alter table %I force row level security', partition);
    execute format('create policy in_scope on %I using ((select whole_platform()) or org_id = (select scope_organization()))', partition);
    execute format('alter table usage_events attach partition %I for values from (%L) to (%L)', partition, made, (made + interval '1 month')::date);
  end loop;
end $function$;

CREATE OR REPLACE FUNCTION tenet.may_own(organization uuid, member uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  select exists (
    select from grants g join members m using (org_id, user_id) join organizations o on o.id = g.org_id
    where g.org_id = organization and g.user_id = member and g.project_id is null and g.role = o.top_role
      and g.revoked_at is null and g.until is null and (g.from_at is null or g.from_at <= now()) and m.state = 'ACTIVE'
  )
$function$;

CREATE OR REPLACE FUNCTION tenet.metered(org uuid, meter_name text, of_month date)
 RETURNS numeric
 LANGUAGE sql
 STABLE
AS $function$
  select coalesce((select sum(d.quantity) from usage_dimension_days d
      where d.org_id = org and d.meter = meter_name and d.dimension = '' and d.day >= of_month and d.day < (of_month + interval '1 month')::date), 0)
    + coalesce((select sum(e.quantity) from usage_events e
      where e.org_id = org and e.meter = meter_name and e.month = of_month
        and e.batch > (select coalesce(max(r.batch), 0) from usage_rollups r where r.org_id = org) and e.batch > 0), 0)
$function$;

CREATE OR REPLACE FUNCTION tenet.mfa_due(organization uuid, joined timestamp with time zone)
 RETURNS timestamp with time zone
 LANGUAGE sql
 STABLE
AS $function$
  select greatest(r.began_at, coalesce(joined, r.began_at)) + r.grace_days * interval '1 day'
  from mfa_requirements r
  where r.org_id = organization and r.ended_at > coalesce(joined, '-infinity')
  order by r.ended_at limit 1
$function$;

CREATE OR REPLACE FUNCTION tenet.note_crossings(org uuid, limit_name text, month date, soft bigint, hard bigint, used numeric)
 RETURNS void
 LANGUAGE sql
AS $function$
  insert into limit_crossings (org_id, name, period, threshold, at_limit, used)
  select org, limit_name, month, threshold, at_limit, note_crossings.used
  from (values ('SOFT', soft), ('HARD', hard)) as reached (threshold, at_limit)
  where note_crossings.used >= at_limit
  on conflict do nothing
$function$;

CREATE OR REPLACE FUNCTION tenet.note_instance_remains()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'tenet', 'pg_temp'
AS $function$
declare
  scope text := current_setting('tenet.scope', true);
begin
  -- The table is of the platform, and the row may go with its organization.
  perform set_config('tenet.scope', 'platform', true);
  insert into instance_remains (id) values (old.id) on conflict do nothing;
  perform set_config('tenet.scope', coalesce(scope, ''), true);
  return null;
end $function$;

CREATE OR REPLACE FUNCTION tenet.notify_instance()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'tenet', 'pg_temp'
AS $function$
begin
  perform pg_notify('tenet_instance', new.org_id || '/' || new.id);
  return null;
end $function$;

CREATE OR REPLACE FUNCTION tenet.notify_organization()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform pg_notify('tenet_epoch', new.id::text);
  return null;
end $function$;

CREATE OR REPLACE FUNCTION tenet.notify_platform_grant()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform pg_notify('tenet_epoch', 'user/' || coalesce(new.user_id, old.user_id));
  return null;
end $function$;

CREATE OR REPLACE FUNCTION tenet.notify_policy()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform pg_notify('tenet_policy', new.scope || '@' || new.revision);
  return null;
end $function$;

CREATE OR REPLACE FUNCTION tenet.notify_policy_store()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform pg_notify('tenet_store', old.id::text);
  return null;
end $function$;

CREATE OR REPLACE FUNCTION tenet.notify_project()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform pg_notify('tenet_epoch', new.org_id::text);
  return null;
end $function$;

CREATE OR REPLACE FUNCTION tenet.notify_user()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform pg_notify('tenet_epoch', 'user/' || new.id);
  return null;
end $function$;

CREATE OR REPLACE FUNCTION tenet.policy_rows_valid(rows jsonb)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
RETURN ((jsonb_typeof(rows) = 'array'::text) AND (NOT (EXISTS (SELECT FROM jsonb_array_elements(CASE WHEN (jsonb_typeof(policy_rows_valid.rows) = 'array'::text) THEN policy_rows_valid.rows ELSE '[]'::jsonb END) r(cells) WHERE ((jsonb_typeof(r.cells) <> 'array'::text) OR (jsonb_array_length(CASE WHEN (jsonb_typeof(r.cells) = 'array'::text) THEN r.cells ELSE '[]'::jsonb END) <> 5) OR (EXISTS (SELECT FROM jsonb_array_elements(CASE WHEN (jsonb_typeof(r.cells) = 'array'::text) THEN r.cells ELSE '[]'::jsonb END) WITH ORDINALITY c(cell, place) WHERE ((jsonb_typeof(c.cell) <> 'string'::text) OR (NOT (((c.cell #>> '{}'::text[]) ~ '^[A-Za-z0-9_.:/@-]{1,128}$'::text) OR (((c.cell #>> '{}'::text[]) = '*'::text) AND (c.place = ANY (ARRAY[(2)::bigint, (3)::bigint, (4)::bigint]))))) OR ((c.cell #>> '{}'::text[]) ~ '^(like|regex):'::text) OR ((c.place = 5) AND ((c.cell #>> '{}'::text[]) <> ALL (ARRAY['allow'::text, 'deny'::text])))))))))));

CREATE OR REPLACE FUNCTION tenet.purge_organization(org uuid)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'tenet', 'pg_temp'
AS $function$
declare
  left_over regclass[];
  refused regclass[];
  one regclass;
begin
  if not in_scope(org) then
    raise exception 'out of scope' using errcode = 'insufficient_privilege';
  end if;
  perform from organizations where id = org and state = 'DELETED' for update;
  if not found then
    return false;
  end if;
  select array_agg(c.oid::regclass) into left_over
  from pg_class c join pg_attribute a on a.attrelid = c.oid
  where c.relnamespace = 'tenet'::regnamespace and c.relkind = 'r' and a.attname = 'org_id' and not a.attisdropped
    and c.relname not in ('audit_events', 'audit_heads');
  -- A table that others still refer to comes again when those are empty; so does one whose end would leave rows of another one that may not stand alone.
  while cardinality(left_over) > 0 loop
    refused := '{}';
    foreach one in array left_over loop
      begin
        execute format('delete from %s where org_id = $1', one) using org;
      exception when foreign_key_violation or check_violation then
        refused := refused || one;
      end;
    end loop;
    if cardinality(refused) = cardinality(left_over) then
      raise exception 'rows of % refer to each other', refused;
    end if;
    left_over := refused;
  end loop;
  delete from organizations where id = org;
  return true;
end $function$;

CREATE OR REPLACE FUNCTION tenet.purge_organization_part(org uuid, at_most integer)
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'tenet', 'pg_temp'
AS $function$
declare
  gone bigint := 0;
  part bigint;
  one regclass;
begin
  if not in_scope(org) then
    raise exception 'out of scope' using errcode = 'insufficient_privilege';
  end if;
  perform from organizations where id = org and purging_since is not null for update;
  if not found then
    return 0;
  end if;
  for one in
    select c.oid::regclass
    from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'tenet'::regnamespace and c.relkind = 'r' and a.attname = 'org_id' and not a.attisdropped
      and c.relname not in ('audit_events', 'audit_heads')
    order by c.relname
  loop
    exit when gone >= at_most;
    begin
      -- Else what may not go alone would fail the commit.
      set constraints all immediate;
      execute format('delete from %1$s where ctid = any (array(select ctid from %1$s where org_id = $1 limit $2))', one) using org, at_most - gone;
      get diagnostics part = row_count;
      gone := gone + part;
    exception when foreign_key_violation or check_violation then
    end;
  end loop;
  return gone;
end $function$;

CREATE OR REPLACE FUNCTION tenet.purge_project(org uuid, project uuid)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'tenet', 'pg_temp'
AS $function$
declare
  accounts uuid[];
  keys uuid[];
begin
  if not in_scope(org) then
    raise exception 'out of scope' using errcode = 'insufficient_privilege';
  end if;
  perform from projects where org_id = org and id = project and state = 'DELETED' for update;
  if not found then
    return false;
  end if;
  select array_agg(id) into accounts from service_accounts where org_id = org and project_id = project;
  select array_agg(id) into keys from api_keys
    where org_id = org and (project_id = project or service_account_id = any(accounts)
      or policy_store_id in (select id from policy_stores where org_id = org and project_id = project));
  delete from key_rates where org_id = org and key_id = any(keys);
  delete from key_notices where org_id = org and key_id = any(keys);
  delete from api_key_secrets where org_id = org and key_id = any(keys);
  delete from api_keys where org_id = org and id = any(keys);
  delete from grants where org_id = org and (project_id = project or service_account_id = any(accounts));
  delete from service_accounts where org_id = org and id = any(accounts);
  delete from invitation_roles where org_id = org and (project_id = project
    or invitation_id in (select id from invitations where org_id = org and project_id = project));
  delete from invitations where org_id = org and project_id = project;
  delete from invitation_link_roles where org_id = org and (project_id = project
    or link_id in (select id from invitation_links where org_id = org and project_id = project));
  delete from invitation_links where org_id = org and project_id = project;
  delete from role_template_roles where org_id = org and project_id = project;
  delete from policy_stores where org_id = org and project_id = project;
  delete from hand_overs where org_id = org and project_id = project;
  delete from projects where org_id = org and id = project;
  return true;
end $function$;

CREATE OR REPLACE FUNCTION tenet.raise_limit(limit_name text, hard bigint, used numeric)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'the limit % of % is reached', limit_name, hard using errcode = 'check_violation', constraint = 'limits_hold',
    detail = jsonb_build_object('name', limit_name, 'hard', hard, 'used', used)::text;
end $function$;

CREATE OR REPLACE FUNCTION tenet.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end $function$;

CREATE OR REPLACE FUNCTION tenet.refuse_erased()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if exists (select from users where id = new.user_id and erased_at is not null) then
    raise exception 'an erased person holds nothing' using errcode = 'check_violation', constraint = 'users_erased_hold_nothing';
  end if;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION tenet.refuse_move_beside_rollout()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'a rollout of % is open, and its head moves with its end alone: cancel it (npx tenet policy rollout cancel %), then try again',
    replace(new.scope, '/', '.'), replace(new.scope, '/', '.') using errcode = 'check_violation', constraint = 'policy_heads_move_with_rollouts';
end $function$;

CREATE OR REPLACE FUNCTION tenet.scope_organization()
 RETURNS uuid
 LANGUAGE sql
 STABLE
RETURN (NULLIF(NULLIF(current_setting('tenet.scope'::text, true), ''::text), 'platform'::text))::uuid;

CREATE OR REPLACE FUNCTION tenet.take_usage(org uuid, amounts jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'tenet', 'pg_temp'
AS $function$
declare
  one record;
  present record;
  total numeric;
  is_counted boolean;
begin
  if not in_scope(org) then
    raise exception 'out of scope' using errcode = 'insufficient_privilege';
  end if;
  if not exists (select from subscriptions s where s.org_id = org) and not exists (select from limit_overrides o where o.org_id = org)
    and not exists (select from limit_uses u where u.org_id = org) then
    return;
  end if;
  for one in
    select 'meter.' || a.meter as name, a.meter, a.month, a.amount from jsonb_to_recordset(amounts) as a (meter text, month date, amount numeric) order by 1, 3
  loop
    update limit_uses u set used = u.used + one.amount where u.org_id = org and u.name = one.name and u.period = one.month returning u.used into total;
    is_counted := found;
    select * into present from limit_of(org, one.name);
    continue when not found;
    if not is_counted then
      total := metered(org, one.meter, one.month);
      insert into limit_uses (org_id, name, period, used) values (org, one.name, one.month, total);
    end if;
    if total > present.hard then
      raise exception 'the limit % of % is reached', one.name, present.hard using errcode = 'check_violation', constraint = 'limits_hold',
        detail = jsonb_build_object('name', one.name, 'hard', present.hard, 'used', total - one.amount, 'month', one.month,
          'isPast', one.month < limit_period(now()), 'text', trim_scale(total - one.amount)::text,
          'events', (select jsonb_agg(e.id) from usage_events e, usage_heads h
            where h.org_id = org and e.org_id = org and e.month = one.month and e.batch = h.batch and e.meter = one.meter))::text;
    end if;
    perform note_crossings(org, one.name, one.month, present.soft, present.hard, total);
  end loop;
end $function$;

CREATE OR REPLACE FUNCTION tenet.usage_cell(project_id uuid, user_id uuid, api_key_id uuid, resources jsonb)
 RETURNS uuid
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select encode(substring(sha256(convert_to(
    concat_ws('/', coalesce(project_id::text, '-'), coalesce(user_id::text, '-'), coalesce(api_key_id::text, '-'), resources::text), 'UTF8')) for 16), 'hex')::uuid
$function$;

CREATE OR REPLACE FUNCTION tenet.wake_forgotten_webhooks()
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'tenet', 'pg_temp'
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION tenet.wake_webhook(org uuid, webhook uuid, at timestamp with time zone, keep boolean)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'tenet', 'pg_temp'
AS $function$
begin
  if not in_scope(org) then
    raise exception 'out of scope' using errcode = 'insufficient_privilege';
  end if;
  perform graphile_worker.add_job('send-webhook', json_build_object('organization', org, 'webhook', webhook), run_at => at,
    max_attempts => 20, job_key => 'webhook:' || webhook, job_key_mode => case when keep then 'preserve_run_at' else 'replace' end);
end $function$;

CREATE OR REPLACE FUNCTION tenet.wake_webhooks_of_event()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'tenet', 'pg_temp'
AS $function$
begin
  perform graphile_worker.add_job('send-webhook', json_build_object('organization', w.org_id, 'webhook', w.id), max_attempts => 20,
    job_key => 'webhook:' || w.id, job_key_mode => 'preserve_run_at')
  from webhooks w where w.org_id = new.org_id and w.state = 'ACTIVE' order by w.id;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION tenet.whole_platform()
 RETURNS boolean
 LANGUAGE sql
 STABLE
RETURN COALESCE((current_setting('tenet.scope'::text, true) = 'platform'::text), false);

-- Grants

grant delete, insert, select on access_plan_marks to tenet_app;
grant delete, insert, select on access_plan_rows to tenet_app;
grant delete, insert, select, update on access_plans to tenet_app;
grant delete, insert, select on alert_firings to tenet_app;
grant delete, insert, select, update on alerts to tenet_app;
grant delete, insert, select, update on api_key_secrets to tenet_app;
grant insert, select, update on api_keys to tenet_app;
grant insert, select, update on application_trials to tenet_app;
grant select on audit_events to tenet_app;
grant select on audit_heads to tenet_app;
grant delete, insert, select, update on billing_profiles to tenet_app;
grant delete, insert, select, update on budgets to tenet_app;
grant insert, select, update on catalog_items to tenet_app;
grant insert, select on data_keys to tenet_app;
grant update (is_current) on data_keys to tenet_app;
grant insert, select on decision_log to tenet_app;
grant insert, select on decision_log_cases to tenet_app;
grant select on decision_log_entries to tenet_app;
grant insert, select, update on decision_log_gaps to tenet_app;
grant insert, select on decision_log_stores to tenet_app;
grant insert, select, update on decision_log_writers to tenet_app;
grant delete, insert, select on decisions to tenet_app;
grant delete, insert, select, update on denials to tenet_app;
grant insert, select on encryption_keys to tenet_app;
grant delete, insert, select on export_chunks to tenet_app;
grant delete, insert, select, update on export_links to tenet_app;
grant delete, insert, select, update on exports to tenet_app;
grant insert, select, update on fences to tenet_app;
grant execute on function append_audit_event(uuid,timestamp with time zone,text,text,text,text,text) to tenet_app;
grant execute on function append_audit_events(uuid,timestamp with time zone,text,text,text[],text,text[]) to tenet_app;
grant execute on function append_support_event(uuid,uuid,timestamp with time zone,text,text,text,text,text) to tenet_app;
grant execute on function canary_place(uuid) to tenet_app;
grant execute on function drop_usage_partitions(integer) to tenet_app;
grant execute on function enqueue(text,json,text) to tenet_app;
grant execute on function enqueue_all(text,json) to tenet_app;
grant execute on function enqueue_mails(text,json) to tenet_app;
grant execute on function fold_email(text) to tenet_app;
grant execute on function has_member(uuid,uuid) to tenet_app;
grant execute on function in_scope(uuid) to tenet_app;
grant execute on function is_email_address(text) to tenet_app;
grant execute on function keep_decision_log(integer) to tenet_app;
grant execute on function lease_key_rates(uuid,uuid,jsonb) to tenet_app;
grant execute on function limit_of(uuid,text) to tenet_app;
grant execute on function limit_period(timestamp with time zone) to tenet_app;
grant execute on function limit_used(uuid,text) to tenet_app;
grant execute on function make_usage_partitions() to tenet_app;
grant execute on function may_own(uuid,uuid) to tenet_app;
grant execute on function metered(uuid,text,date) to tenet_app;
grant execute on function mfa_due(uuid,timestamp with time zone) to tenet_app;
grant execute on function policy_rows_valid(jsonb) to tenet_app;
grant execute on function purge_organization(uuid) to tenet_app;
grant execute on function purge_organization_part(uuid,integer) to tenet_app;
grant execute on function purge_project(uuid,uuid) to tenet_app;
grant execute on function scope_organization() to tenet_app;
grant execute on function take_usage(uuid,jsonb) to tenet_app;
grant execute on function usage_cell(uuid,uuid,uuid,jsonb) to tenet_app;
grant execute on function wake_forgotten_webhooks() to tenet_app;
grant execute on function wake_webhook(uuid,uuid,timestamp with time zone,boolean) to tenet_app;
grant execute on function whole_platform() to tenet_app;
grant insert, select, update on grants to tenet_app;
grant delete, insert, select on hand_overs to tenet_app;
grant delete, insert, select on idempotency_keys to tenet_app;
grant delete, insert, select, update on instance_passes to tenet_app;
grant delete, select on instance_remains to tenet_app;
grant delete, insert, select, update on instances to tenet_app;
grant delete, insert, select, update on invitation_link_roles to tenet_app;
grant insert, select, update on invitation_links to tenet_app;
grant delete, insert, select, update on invitation_roles to tenet_app;
grant insert, select, update on invitations to tenet_app;
grant delete, insert, select, update on key_notices to tenet_app;
grant delete, insert, select, update on key_rates to tenet_app;
grant insert, select, update on limit_crossings to tenet_app;
grant delete, insert, select, update on limit_overrides to tenet_app;
grant delete, insert, select, update on limit_uses to tenet_app;
grant delete, insert, select, update on mail_turns to tenet_app;
grant delete, insert, select, update on manifests to tenet_app;
grant insert, select, update on members to tenet_app;
grant insert, select, update on mfa_requirements to tenet_app;
grant insert, select, update on organizations to tenet_app;
grant insert, select, update on ownership_transfers to tenet_app;
grant insert, select on person_keys to tenet_app;
grant update (key) on person_keys to tenet_app;
grant delete, insert, select, update on plans to tenet_app;
grant delete, select on platform_grants to tenet_app;
grant insert (user_id, role, granted_by) on platform_grants to tenet_app;
grant insert, select on policy_activations to tenet_app;
grant insert, select, update on policy_heads to tenet_app;
grant delete, insert, select, update on policy_manifests to tenet_app;
grant insert, select on policy_revisions to tenet_app;
grant insert, select, update on policy_rollout_counts to tenet_app;
grant insert, select, update on policy_rollout_findings to tenet_app;
grant insert, select, update on policy_rollouts to tenet_app;
grant insert, select on policy_signatures to tenet_app;
grant insert, select on policy_store_activations to tenet_app;
grant delete, insert, select, update on policy_store_entities to tenet_app;
grant delete, insert, select on policy_store_entity_values to tenet_app;
grant insert, select on policy_store_revisions to tenet_app;
grant delete, insert, select, update on policy_store_rollout_counts to tenet_app;
grant delete, insert, select, update on policy_store_rollout_findings to tenet_app;
grant delete, insert, select, update on policy_store_rollouts to tenet_app;
grant insert, select, update on policy_store_signatures to tenet_app;
grant delete, insert, select, update on policy_stores to tenet_app;
grant insert, select, update on projects to tenet_app;
grant delete, insert, select, update on replicas to tenet_app;
grant delete, insert, select on resource_references to tenet_app;
grant delete, insert, select, update on resources to tenet_app;
grant insert, select, update on restrictions to tenet_app;
grant delete, insert, select, update on role_template_roles to tenet_app;
grant delete, insert, select, update on role_templates to tenet_app;
grant delete, insert, select, update on roles to tenet_app;
grant usage on schema tenet to tenet_app;
grant usage on schema tenet_casbin to tenet_app;
grant insert, select, update on service_accounts to tenet_app;
grant delete, insert, select, update on setting_values to tenet_app;
grant delete, insert, select, update on subscriptions to tenet_app;
grant insert, select, update on support_accesses to tenet_app;
grant select on tenet_casbin.casbin to tenet_app;
grant delete, insert, select, update on usage_days to tenet_app;
grant delete, insert, select, update on usage_dimension_days to tenet_app;
grant insert, select on usage_events to tenet_app;
grant insert, select, update on usage_heads to tenet_app;
grant delete, insert, select, update on usage_hours to tenet_app;
grant insert, select, update on usage_rollups to tenet_app;
grant insert, select, update on users to tenet_app;
grant delete, insert, select, update on webhook_deliveries to tenet_app;
grant delete, insert, select, update on webhooks to tenet_app;
