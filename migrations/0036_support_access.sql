-- An operator of the platform has a role in an organization for a while, because the organization has approved it.
create table support_accesses (
  org_id uuid not null references organizations (id),
  id uuid not null,
  operator_id uuid not null references users (id),
  role text not null,
  reason text not null check (char_length(reason) between 1 and 500),
  minutes integer not null check (minutes between 1 and 4320),
  state text not null default 'REQUESTED' check (state in ('REQUESTED', 'APPROVED', 'DENIED', 'ENDED', 'EXPIRED')),
  -- Until when the organization may answer.
  expires_at timestamptz not null,
  answered_by text,
  until timestamptz,
  ended_by text,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (org_id, id),
  constraint support_accesses_have_an_end check (state <> 'APPROVED' or until is not null)
);
create unique index support_accesses_one_open on support_accesses (org_id, operator_id) where state in ('REQUESTED', 'APPROVED');
create unique index support_accesses_by_id on support_accesses (id);
create index support_accesses_of_operator on support_accesses (operator_id) where state in ('REQUESTED', 'APPROVED');
create index support_accesses_overdue on support_accesses (coalesce(until, expires_at)) where state in ('REQUESTED', 'APPROVED');
create trigger support_accesses_epoch after insert or update of state, until on support_accesses for each row execute function bump_epoch();

alter table support_accesses enable row level security;
alter table support_accesses force row level security;
create policy in_scope on support_accesses using (in_scope(org_id));
grant select, insert, update on support_accesses to tenet_app;

-- What is done with a support access, or about one, is in the chain of the platform too, whatever the scope of the transaction.
create function append_platform_event(at timestamptz, actor text, action text, target text, outcome text, event text)
returns bigint language plpgsql set search_path = tenet, pg_temp as $$
declare
  scope text := current_setting('tenet.scope', true);
  number bigint;
begin
  -- Only a superuser may create a function with this setting as its own.
  perform set_config('tenet.scope', 'platform', true);
  number := append_audit_event('00000000-0000-0000-0000-000000000000', at, actor, action, target, outcome, event);
  perform set_config('tenet.scope', coalesce(scope, ''), true);
  return number;
end $$;
revoke execute on function append_platform_event from public;

create function append_support_event(org uuid, access uuid, at timestamptz, actor text, action text, target text, outcome text, event text)
returns bigint language plpgsql security definer set search_path = tenet, pg_temp as $$
begin
  if not exists (select from support_accesses s where s.org_id = org and s.id = access) then
    raise exception 'out of scope' using errcode = 'insufficient_privilege';
  end if;
  return append_platform_event(at, actor, action, target, outcome, event);
end $$;
revoke execute on function append_support_event from public;
grant execute on function append_support_event to tenet_app;
