-- By which the daily work finds what is older than it is kept, without reading all of it.
create index usage_hours_by_age on usage_hours (hour);
create index usage_days_by_age on usage_days (day);
create index usage_dimension_days_by_age on usage_dimension_days (day);
