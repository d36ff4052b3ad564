-- Rights by column were not noted, so a restore lost them. They are given again, and every later start knows them.
grant update (is_current) on data_keys to tenet_app;
grant insert (user_id, role, granted_by) on platform_grants to tenet_app;
