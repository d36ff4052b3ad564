-- The one resource that a decision was about, so that decisions about it can be found. Empty where none of the row is about one, and in rows of before:
-- unnest fills up with null.
alter table decision_log add column resources text[] not null default '{}';

create or replace view decision_log_entries with (security_invoker = true) as
select l.org_id, l.day, l.since, l.until, l.id as part, e.position, e.id, l.since + e.milliseconds * interval '1 millisecond' as at, e.case_id, e.subject, e.project,
  e.request, e.is_question, e.may_be_cached, e.resource_id
from decision_log l,
  unnest(l.decisions, l.offsets, l.cases, l.subjects, l.projects, l.requests, l.are_questions, l.may_be_cached, l.resources)
    with ordinality as e (id, milliseconds, case_id, subject, project, request, is_question, may_be_cached, resource_id, position);
