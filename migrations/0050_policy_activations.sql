-- What was in force when, and how it came into force. `version` is that of the head, so the entries of a scope have no gaps.
create table policy_activations (
  scope text not null,
  version bigint not null,
  revision integer not null,
  previous_revision integer,
  how text not null check (how ~ '^[A-Z][A-Z_]{0,31}$'),
  activated_by text not null,
  activated_at timestamptz not null default now(),
  reason text,
  primary key (scope, version),
  foreign key (scope, revision) references policy_revisions (scope, revision),
  foreign key (scope, previous_revision) references policy_revisions (scope, revision)
);
create trigger policy_activations_append_only before update or delete on policy_activations for each row execute function refuse_change();
grant select, insert on policy_activations to tenet_app;

-- What is in force begins the history; what was in force before it is in the audit log.
insert into policy_activations (scope, version, revision, how, activated_by, activated_at, reason)
select scope, version, revision,
  case
    when scope like 'org\_%' then 'ROLES'
    when activated_by = 'system:start' then 'FIRST_START'
    when activated_by like 'system:cli/%' then 'APPLY'
    else 'PROPOSAL'
  end,
  activated_by, activated_at, reason
from policy_heads;
