-- What was found of a rollout when it came to its stage: the gates ask about the stage alone.
alter table policy_rollout_counts add column compared_before bigint not null default 0;
alter table policy_rollout_counts add column dropped_before bigint not null default 0;
alter table policy_rollout_counts add column planned_before bigint not null default 0;
alter table policy_rollout_counts add column unplanned_before bigint not null default 0;
-- Compared decisions that differ where the plan does not say so, and whose case is not kept because there are too many.
alter table policy_rollout_counts add column unkept bigint not null default 0 check (unkept >= 0);
-- Where such decisions were taken in this stage: two organizations at most. No reference, for an organization may be purged meanwhile.
alter table policy_rollout_counts add column organizations uuid[] not null default '{}' check (cardinality(organizations) <= 2);

-- A program that knows no rollouts would move a head and leave its rollout open: the canary would go on beside a revision that it was not compared with.
create function refuse_move_beside_rollout() returns trigger language plpgsql as $$
begin
  raise exception 'a rollout of % is open, and its head moves with its end alone: cancel it (npx tenet policy rollout cancel %), then try again',
    replace(new.scope, '/', '.'), replace(new.scope, '/', '.') using errcode = 'check_violation', constraint = 'policy_heads_move_with_rollouts';
end $$;
revoke execute on function refuse_move_beside_rollout from public;
create trigger policy_heads_move_with_rollouts before update of revision on policy_heads for each row
  when (new.revision <> old.revision and new.rollout_id is not null and new.rollout_id is not distinct from old.rollout_id)
  execute function refuse_move_beside_rollout();

-- As before, by a hash that builds of PostgreSQL with FIPS have too.
create or replace function canary_place(organization uuid) returns integer language sql immutable strict parallel safe
  return (('x' || encode(substr(sha256(uuid_send(organization)), 1, 4), 'hex'))::bit(32)::bigint % 10000)::integer;
