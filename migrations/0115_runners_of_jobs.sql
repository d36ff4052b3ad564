-- Who runs jobs, by the name under which it locks them, and when it last said that it is there. The locks of one that says so no more are taken away.
create table job_runners (
  name text primary key,
  seen_at timestamptz not null
);
