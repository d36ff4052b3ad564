-- The rollout that a PolicyRevision manifest has begun of its files: it moves this one alone, and not one that others have begun of the same revision.
alter table policy_manifests add column rollout_id uuid references policy_rollouts (id);
