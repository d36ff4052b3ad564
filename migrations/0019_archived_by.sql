-- The manifest that archived an organization or a project when it went: when it is applied again, it has it back.
alter table organizations add column archived_by jsonb;
alter table projects add column archived_by jsonb;

-- A deleted organization does not keep its slug, as a deleted project does not.
update organizations set slug = 'deleted:' || id where state = 'DELETED';
