-- Why a person is suspended on the whole installation: the reason, since when, and by whom.
alter table users add column suspension jsonb;
alter table users add constraint users_suspended_with_a_reason check (state = 'SUSPENDED' or suspension is null);
-- Operators look for people by the beginning of an address or a name.
create index users_by_beginning_of_email on users (folded_email text_pattern_ops);
create index users_by_beginning_of_name on users (lower(coalesce(display_name, name)) text_pattern_ops);

-- Requests give and take roles of the platform, outside of organizations alone: a request that is about one changes nothing here,
-- whatever it asks for. Nothing about a grant changes while it lasts.
grant insert (user_id, role, granted_by), delete on platform_grants to tenet_app;
alter table platform_grants enable row level security;
alter table platform_grants force row level security;
create policy visible on platform_grants for select using (true);
create policy given_on_the_platform on platform_grants for insert with check (in_scope('00000000-0000-0000-0000-000000000000'));
create policy taken_on_the_platform on platform_grants for delete using (in_scope('00000000-0000-0000-0000-000000000000'));

