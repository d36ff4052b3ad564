-- What is not added up yet, and nothing else: while the statistics know of no rows of an organization, the index of its batches looks as good as the key for
-- finding an id, and would be read from end to end. Batches begin with 1, so that the condition leaves none out.
drop index usage_events_by_batch;
create index usage_events_by_batch on usage_events (org_id, batch) where batch > 0;

-- In the order of the answers: a page by project, member, key or resource is read as far as it goes.
create index usage_dimension_days_by_value on usage_dimension_days (org_id, meter, dimension, value, day);
create index usage_days_by_project on usage_days (org_id, meter, project_id nulls first, day);

-- As before, for each row of each table: a comparison by bytes needs no look at the collation of the database.
create or replace function in_scope(org uuid) returns boolean language sql stable
return coalesce(current_setting('tenet.scope', true) collate "C" in (org::text, 'platform'), false);

-- What was used by a meter in a month (UTC): what is added up, and what is not yet. The subquery gives one value, so that events are found by the index.
create or replace function metered(org uuid, meter_name text, of_month date) returns numeric language sql stable as $$
  select coalesce((select sum(d.quantity) from usage_dimension_days d
      where d.org_id = org and d.meter = meter_name and d.dimension = '' and d.day >= of_month and d.day < (of_month + interval '1 month')::date), 0)
    + coalesce((select sum(e.quantity) from usage_events e
      where e.org_id = org and e.meter = meter_name and e.month = of_month
        and e.batch > (select coalesce(max(r.batch), 0) from usage_rollups r where r.org_id = org) and e.batch > 0), 0)
$$;
