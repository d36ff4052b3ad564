-- Applications that operators publish. What is WITHDRAWN is not installed any more; installed ones go on.
create table catalog_items (
  id uuid primary key,
  name text not null,
  category text not null,
  description text not null,
  -- One of each kind at most: [{ kind, amount (of the smallest unit), currency }]. None: it costs nothing.
  prices jsonb not null default '[]',
  -- Days before a price has to be chosen; none where one is chosen when it is installed.
  trial_days int check (trial_days between 1 and 365),
  -- The variables that are set where it is installed: [{ name, description?, required?, secret?, default? }].
  environment jsonb not null default '[]',
  -- What runs: image for clusters, command and args for one machine, port, path of the health check, directory of the data.
  program jsonb not null,
  state text not null default 'PUBLISHED' check (state in ('PUBLISHED', 'WITHDRAWN')),
  created_by text not null,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index catalog_items_by_category on catalog_items (state, category, id);
alter table catalog_items enable row level security;
alter table catalog_items force row level security;
-- Every organization installs from it; operators write it.
create policy read_by_all on catalog_items for select using (true);
create policy of_the_platform on catalog_items using (in_scope('00000000-0000-0000-0000-000000000000'));
grant select, insert, update on catalog_items to tenet_app;

-- Installed applications. Each is a project, with its uuid: who has access is said by grants in it.
create table instances (
  org_id uuid not null,
  id uuid not null,
  item_id uuid not null references catalog_items (id),
  -- What is asked for. IDLE_STOPPED is asked for by time, and becomes RUNNING with the next access.
  desired text not null default 'RUNNING' check (desired in ('RUNNING', 'IDLE_STOPPED', 'STOPPED', 'REMOVED')),
  -- What was seen last.
  state text not null default 'INSTALLING'
    check (state in ('INSTALLING', 'RUNNING', 'IDLE_STOPPED', 'STOPPED', 'STARTING', 'RESTARTING', 'FAILED', 'UNINSTALLING')),
  -- Of what the program is started with: another one is another start. The second is that of the program that was seen.
  generation bigint not null default 1,
  observed_generation bigint,
  -- Where it is reached from inside. No operation shows it.
  host text,
  port int,
  env jsonb not null default '{}',
  -- By the name of a variable: { resourceId, resourceType, projectId?, field }.
  secrets jsonb not null default '{}',
  last_active_at timestamptz not null default now(),
  health text not null default 'UNKNOWN' check (health in ('UNKNOWN', 'HEALTHY', 'UNHEALTHY')),
  failure text,
  -- Failed starts in a row, and when the next one is due.
  failures int not null default 0,
  next_attempt_at timestamptz,
  price_kind text check (price_kind in ('MONTHLY', 'ANNUAL', 'ONE_TIME', 'LIFETIME')),
  trial_ends_at timestamptz,
  -- Whether its data ends with it; else with its project, when that is purged.
  deletes_data boolean not null default false,
  -- When nothing of it ran any more after it was to be REMOVED.
  removed_at timestamptz,
  created_by text not null,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (org_id, id),
  foreign key (org_id, id) references projects (org_id, id) on delete cascade,
  check ((host is null) = (port is null))
);
create unique index instances_id on instances (id);
create index instances_of_item on instances (item_id);
alter table instances enable row level security;
alter table instances force row level security;
create policy in_scope on instances using (in_scope(org_id));
grant select, insert, update, delete on instances to tenet_app;

-- What is left of an instance whose row is gone: whoever runs programs removes it, with its data.
create table instance_remains (
  id uuid primary key,
  since timestamptz not null default now()
);
alter table instance_remains enable row level security;
alter table instance_remains force row level security;
create policy of_the_platform on instance_remains using (in_scope('00000000-0000-0000-0000-000000000000'));
grant select, delete on instance_remains to tenet_app;

create function note_instance_remains() returns trigger language plpgsql security definer set search_path = tenet, pg_temp as $$
declare
  scope text := current_setting('tenet.scope', true);
begin
  -- The table is of the platform, and the row may go with its organization.
  perform set_config('tenet.scope', 'platform', true);
  insert into instance_remains (id) values (old.id) on conflict do nothing;
  perform set_config('tenet.scope', coalesce(scope, ''), true);
  return null;
end $$;
revoke execute on function note_instance_remains from public;
create trigger instances_remains after delete on instances for each row execute function note_instance_remains();

-- Tells of what is asked for and of what was seen, so that neither who runs programs nor who waits for one has to look again and again.
create function notify_instance() returns trigger language plpgsql set search_path = tenet, pg_temp as $$
begin
  perform pg_notify('tenet_instance', new.org_id || '/' || new.id);
  return null;
end $$;
revoke execute on function notify_instance from public;
create trigger instances_notify_insert after insert on instances for each row execute function notify_instance();
create trigger instances_notify after update on instances for each row
  when ((old.desired, old.generation, old.state, old.host, old.port) is distinct from (new.desired, new.generation, new.state, new.host, new.port))
  execute function notify_instance();

-- An instance ends with its project, and is there again, stopped, when that is restored.
create function follow_project() returns trigger language plpgsql security definer set search_path = tenet, pg_temp as $$
begin
  if new.state = 'DELETED' then
    update instances set desired = 'REMOVED', state = 'UNINSTALLING', version = version + 1, updated_at = now() where org_id = new.org_id and id = new.id;
  elsif old.state = 'DELETED' then
    update instances set desired = 'STOPPED', state = 'STOPPED', removed_at = null, version = version + 1, updated_at = now()
    where org_id = new.org_id and id = new.id;
  end if;
  return null;
end $$;
revoke execute on function follow_project from public;
create trigger projects_instance after update of state on projects for each row when (old.state is distinct from new.state) execute function follow_project();
