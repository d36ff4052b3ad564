-- The list of members, sorted by when they joined and by when they were last seen.
create index members_by_joining on members (org_id, joined_at, user_id);
create index members_by_activity on members (org_id, (coalesce(last_seen_at, timestamptz '1970-01-01 00:00:00+00')), user_id);
