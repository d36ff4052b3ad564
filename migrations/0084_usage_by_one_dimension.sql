-- Usage of a day by one dimension alone: what most questions are about, in far fewer rows than usage_days has. '' is no dimension, which is the total; with
-- a dimension of the columns, the value '' is usage that named none. Of resources there are rows for those that were named.
create table usage_dimension_days (
  org_id uuid not null,
  meter text not null,
  dimension text not null,
  day date not null,
  value text collate "C" not null,
  quantity numeric not null,
  cost numeric not null,
  events bigint not null,
  last_at timestamptz not null,
  primary key (org_id, meter, dimension, day, value)
);
alter table usage_dimension_days enable row level security;
alter table usage_dimension_days force row level security;
create policy in_scope on usage_dimension_days using (in_scope(org_id));
grant select, insert, update, delete on usage_dimension_days to tenet_app;

insert into usage_dimension_days (org_id, meter, dimension, day, value, quantity, cost, events, last_at)
select org_id, meter, d.dimension, day, d.value, sum(quantity), sum(cost), sum(events), max(last_at)
from usage_days, lateral (
  values ('', ''), ('project', coalesce(project_id::text, '')), ('member', coalesce(user_id::text, '')), ('api-key', coalesce(api_key_id::text, ''))
  union all select 'resource:' || key, value from jsonb_each_text(resources)
) as d (dimension, value)
group by 1, 2, 3, 4, 5;
