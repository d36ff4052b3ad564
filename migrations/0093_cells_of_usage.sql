-- A digest for which nobody makes up two texts of the same value: what clients name as resources is in it, and two rows of one cell would stop the sums.
create or replace function usage_cell(project_id uuid, user_id uuid, api_key_id uuid, resources jsonb) returns uuid
language sql immutable parallel safe as $$
  select encode(substring(sha256(convert_to(
    concat_ws('/', coalesce(project_id::text, '-'), coalesce(user_id::text, '-'), coalesce(api_key_id::text, '-'), resources::text), 'UTF8')) for 16), 'hex')::uuid
$$;
update usage_hours set cell = usage_cell(project_id, user_id, api_key_id, resources);
update usage_days set cell = usage_cell(project_id, user_id, api_key_id, resources);
