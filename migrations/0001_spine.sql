-- Everything lives in the schema tenet (made by the migrator). Requests run as tenet_app, which owns nothing:
-- row level security compares org_id with the scope that the transaction began with.

-- Whether rows of this organization may be seen: in its own scope, or in statements that span organizations.
create function in_scope(org uuid) returns boolean language sql stable
return coalesce(current_setting('tenet.scope', true) in (org::text, 'platform'), false);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end $$;

-- People -------------------------------------------------------------------------------------------------------------

create table users (
  id uuid primary key,
  issuer text not null,
  subject text not null,
  email text,
  display_name text,
  state text not null default 'ACTIVE' check (state in ('ACTIVE', 'SUSPENDED')),
  -- Tokens issued before this moment no longer count.
  not_before timestamptz,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint users_identity unique (issuer, subject)
);
create index users_email on users (lower(email));

create table platform_grants (
  user_id uuid not null references users (id),
  role text not null check (role ~ '^platform/[a-z-]+$'),
  granted_by text not null,
  created_at timestamptz not null default now(),
  primary key (user_id, role)
);

-- Organizations ------------------------------------------------------------------------------------------------------

create table organizations (
  id uuid primary key,
  slug text not null,
  name text not null,
  blueprint text not null,
  state text not null default 'ACTIVE' check (state in ('ACTIVE', 'SUSPENDED', 'DELETED')),
  owner_id uuid,
  -- The role that must never be without a holder; copied from the blueprint.
  top_role text not null,
  -- Grows with every change of grants, members or states: what a cached role set is compared with.
  epoch bigint not null default 1,
  managed_by jsonb,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  constraint organizations_slug unique (slug)
);

create table members (
  org_id uuid not null references organizations (id),
  user_id uuid not null references users (id),
  state text not null default 'ACTIVE' check (state in ('ACTIVE', 'INACTIVE', 'REMOVED')),
  display_name text,
  managed_by jsonb,
  version bigint not null default 1,
  joined_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (org_id, user_id)
);
create index members_by_user on members (user_id, org_id);

alter table organizations add constraint organizations_owner_is_member
  foreign key (id, owner_id) references members (org_id, user_id) deferrable initially deferred;

create table projects (
  org_id uuid not null references organizations (id),
  id uuid not null,
  slug text not null,
  name text not null,
  state text not null default 'ACTIVE' check (state in ('ACTIVE', 'DELETED')),
  managed_by jsonb,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  primary key (org_id, id),
  constraint projects_slug unique (org_id, slug)
);

-- Custom roles; built-in ones come from the blueprint. What a role allows stands in the policy revision of the organization.
create table roles (
  org_id uuid not null references organizations (id),
  id uuid not null,
  name text not null,
  description text,
  level text not null,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (org_id, id),
  constraint roles_name unique (org_id, name)
);

create table grants (
  org_id uuid not null references organizations (id),
  id uuid not null,
  project_id uuid,
  user_id uuid,
  -- Instead of a user: everybody who holds this role.
  subject_role text,
  role text not null,
  until timestamptz,
  reason text,
  source text not null check (source in ('DIRECT', 'INVITATION', 'CREATION', 'MANIFEST')),
  granted_by text not null,
  created_at timestamptz not null default now(),
  revoked_at timestamptz,
  revoked_by text,
  primary key (org_id, id),
  foreign key (org_id, project_id) references projects (org_id, id),
  foreign key (org_id, user_id) references members (org_id, user_id),
  constraint grants_one_subject check (num_nonnulls(user_id, subject_role) = 1)
);
create unique index grants_once on grants (org_id, project_id, user_id, subject_role, role) nulls not distinct where revoked_at is null;
create index grants_of_user on grants (org_id, user_id) include (role, project_id, until) where revoked_at is null and user_id is not null;
create index grants_of_role on grants (org_id, subject_role) include (role, project_id, until) where revoked_at is null and subject_role is not null;
create index grants_in_project on grants (org_id, project_id, id) where revoked_at is null;

create table invitations (
  org_id uuid not null references organizations (id),
  id uuid not null,
  email text not null,
  role text not null,
  state text not null default 'PENDING' check (state in ('PENDING', 'ACCEPTED', 'DECLINED', 'REVOKED', 'EXPIRED')),
  -- The token itself is derived from a key outside the database; the version makes a resent one different.
  token_hash bytea not null,
  token_version integer not null default 1,
  expires_at timestamptz not null,
  sent_count integer not null default 0,
  last_sent_at timestamptz,
  invited_by text not null,
  accepted_by uuid references users (id),
  managed_by jsonb,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (org_id, id),
  constraint invitations_token unique (token_hash)
);
create unique index invitations_one_pending on invitations (org_id, lower(email)) where state = 'PENDING';
create index invitations_by_email on invitations (lower(email)) where state = 'PENDING';

-- Never without a holder of the top role, never an owner without it. Checked when the transaction commits; the row of the
-- organization is locked, so that of two transactions that each take one of the last two, the second sees the first.
create function keep_top_role() returns trigger language plpgsql as $$
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
      and g.revoked_at is null and g.until is null and m.state = 'ACTIVE'
  ) then
    raise exception 'the organization would be without %', organization.top_role
      using errcode = 'check_violation', constraint = 'organizations_keep_top_role';
  end if;
  if organization.owner_id is not null and not exists (
    select from grants g join members m using (org_id, user_id)
    where g.org_id = new.org_id and g.user_id = organization.owner_id and g.project_id is null and g.role = organization.top_role
      and g.revoked_at is null and g.until is null and m.state = 'ACTIVE'
  ) then
    raise exception 'the owner would lose %', organization.top_role
      using errcode = 'check_violation', constraint = 'organizations_keep_owner';
  end if;
  return null;
end $$;

create constraint trigger grants_keep_top_role after update on grants deferrable initially deferred
  for each row when (old.revoked_at is null and old.project_id is null and (new.revoked_at is not null or new.until is not null))
  execute function keep_top_role();
create constraint trigger members_keep_top_role after update on members deferrable initially deferred
  for each row when (old.state = 'ACTIVE' and new.state <> 'ACTIVE') execute function keep_top_role();

-- A change of who holds what makes cached role sets of the organization stale, on every replica.
create function bump_epoch() returns trigger language plpgsql security definer set search_path from current as $$
begin
  update organizations set epoch = epoch + 1 where id = new.org_id;
  perform pg_notify('tenet_epoch', new.org_id::text);
  return null;
end $$;

create trigger grants_bump_epoch after insert or update on grants for each row execute function bump_epoch();
create trigger members_bump_epoch after insert or update of state on members for each row execute function bump_epoch();

create function notify_organization() returns trigger language plpgsql as $$
begin
  perform pg_notify('tenet_epoch', new.id::text);
  return null;
end $$;

create trigger organizations_notify after update of state, owner_id on organizations for each row execute function notify_organization();

create function notify_project() returns trigger language plpgsql as $$
begin
  perform pg_notify('tenet_epoch', new.org_id::text);
  return null;
end $$;

create trigger projects_notify after insert or update of state on projects for each row execute function notify_project();

create function notify_user() returns trigger language plpgsql as $$
begin
  perform pg_notify('tenet_epoch', 'user/' || new.id);
  return null;
end $$;

create trigger users_notify after update of state, not_before on users for each row execute function notify_user();

create function notify_platform_grant() returns trigger language plpgsql as $$
begin
  perform pg_notify('tenet_epoch', 'user/' || coalesce(new.user_id, old.user_id));
  return null;
end $$;

create trigger platform_grants_notify after insert or update or delete on platform_grants
  for each row execute function notify_platform_grant();

-- Policy -------------------------------------------------------------------------------------------------------------

-- Only rows that every Casbin reads as they were written: arity, charset, spelling of the effect, `*` as a whole value only.
create function policy_rows_valid(rows jsonb) returns boolean language sql immutable
return jsonb_typeof(rows) = 'array' and not exists (
  select from jsonb_array_elements(case when jsonb_typeof(rows) = 'array' then rows else '[]' end) as r (cells)
  where jsonb_typeof(cells) <> 'array'
    or jsonb_array_length(case when jsonb_typeof(cells) = 'array' then cells else '[]' end) <> 5
    or exists (
      select from jsonb_array_elements(case when jsonb_typeof(cells) = 'array' then cells else '[]' end) with ordinality as c (cell, place)
      where jsonb_typeof(cell) <> 'string'
        or not ((cell #>> '{}') ~ '^[A-Za-z0-9_.:/@-]{1,128}$' or ((cell #>> '{}') = '*' and place in (2, 3, 4)))
        or (cell #>> '{}') ~ '^(like|regex):'
        or (place = 5 and (cell #>> '{}') not in ('allow', 'deny'))
    )
);

create table policy_revisions (
  scope text not null check (scope ~ '^(platform|blueprint/[a-z][a-z0-9-]*|org_[0-7][0-9a-hjkmnp-tv-z]{25})$'),
  revision integer not null check (revision > 0),
  model text not null,
  rows jsonb not null,
  -- File and line of each row, in the order of rows.
  sources jsonb not null,
  -- Vocabulary of the platform, definition of the blueprint, and the policy's own tests.
  documents jsonb not null default '{}',
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  author text not null,
  reason text not null,
  git_commit text,
  created_at timestamptz not null default now(),
  primary key (scope, revision),
  constraint policy_rows_well_formed check (policy_rows_valid(rows)),
  constraint policy_sources_match check (jsonb_array_length(sources) = jsonb_array_length(rows))
);
create trigger policy_revisions_append_only before update or delete on policy_revisions for each row execute function refuse_change();

create table policy_heads (
  scope text primary key,
  revision integer not null,
  version bigint not null default 1,
  activated_by text not null,
  activated_at timestamptz not null default now(),
  foreign key (scope, revision) references policy_revisions (scope, revision)
);

create function notify_policy() returns trigger language plpgsql as $$
begin
  perform pg_notify('tenet_policy', new.scope || '@' || new.revision);
  return null;
end $$;

create trigger policy_heads_notify after insert or update on policy_heads for each row execute function notify_policy();

-- What a stock Casbin adapter reads when its search_path begins with tenet_casbin: the rows of the revisions named in
-- tenet.revisions ('platform@1,blueprint/integrations@3'), in the order of the names and of the files.
create schema tenet_casbin;
create view tenet_casbin.casbin as
  select 'p' as ptype, line.rule
  from unnest(string_to_array(nullif(current_setting('tenet.revisions', true), ''), ',')) with ordinality as named (name, place)
  join policy_revisions on scope = split_part(named.name, '@', 1) and revision = split_part(named.name, '@', 2)::integer
  cross join lateral jsonb_array_elements(rows) with ordinality as line (rule, place)
  order by named.place, line.place;

-- Audit --------------------------------------------------------------------------------------------------------------

-- The nil uuid stands for the platform's own chain. No foreign key: the audit outlives the organization.
create table audit_heads (
  org_id uuid primary key,
  seq bigint not null,
  hash bytea not null
);

create table audit_events (
  org_id uuid not null,
  seq bigint not null,
  at timestamptz not null,
  actor text not null,
  action text not null,
  target text not null,
  outcome text not null check (outcome in ('SUCCEEDED', 'DENIED', 'FAILED')),
  -- The event as canonical JSON text: what the hash covers, byte for byte.
  event text not null,
  prev_hash bytea not null,
  hash bytea not null,
  primary key (org_id, seq)
);
create trigger audit_events_append_only before update or delete on audit_events for each row execute function refuse_change();

-- Appends one event to the chain of an organization: hash = sha256(previous hash || sequence number in decimal || '\n' || event).
create function append_audit_event(org uuid, at timestamptz, actor text, action text, target text, outcome text, event text)
returns bigint language plpgsql security definer set search_path from current as $$
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
end $$;

-- Decisions that somebody may ask about later: denials.
create table decisions (
  org_id uuid not null,
  id uuid not null,
  at timestamptz not null default now(),
  subject text not null,
  record jsonb not null,
  primary key (org_id, id)
);
create index decisions_by_time on decisions (at);

-- Requests -----------------------------------------------------------------------------------------------------------

create table idempotency_keys (
  principal text not null,
  operation_id text not null,
  key text not null,
  request_hash bytea not null,
  status integer not null,
  headers jsonb not null,
  body jsonb,
  created_at timestamptz not null default now(),
  primary key (principal, operation_id, key)
);
create index idempotency_keys_by_time on idempotency_keys (created_at);

-- Second wall --------------------------------------------------------------------------------------------------------

alter table organizations enable row level security;
create policy in_scope on organizations using (in_scope(id));
alter table members enable row level security;
create policy in_scope on members using (in_scope(org_id));
alter table projects enable row level security;
create policy in_scope on projects using (in_scope(org_id));
alter table roles enable row level security;
create policy in_scope on roles using (in_scope(org_id));
alter table grants enable row level security;
create policy in_scope on grants using (in_scope(org_id));
alter table invitations enable row level security;
create policy in_scope on invitations using (in_scope(org_id));
alter table audit_events enable row level security;
create policy in_scope on audit_events using (in_scope(org_id));
alter table audit_heads enable row level security;
create policy in_scope on audit_heads using (in_scope(org_id));
alter table decisions enable row level security;
create policy in_scope on decisions using (in_scope(org_id));

grant usage on schema tenet, tenet_casbin to tenet_app;
grant select on tenet_casbin.casbin to tenet_app;
grant select on all tables in schema tenet to tenet_app;
grant insert, update on users, organizations, members, projects, roles, grants, invitations, policy_heads to tenet_app;
grant insert on policy_revisions, decisions, platform_grants to tenet_app;
grant insert, delete on idempotency_keys to tenet_app;
grant delete on decisions to tenet_app;
