-- What the identity provider said last, and with a token issued when (iat): an older token changes nothing.
alter table users add column name text;
alter table users add column email_said_at double precision;
alter table users add column name_said_at double precision;

-- The address by which a manifest or an invitation knows a member, folded. The account behind it may lose the address.
alter table members add column joined_as text;
set local tenet.scope = 'platform';
update members m set joined_as = coalesce(
  (select i.folded_email from invitations i
    where i.org_id = m.org_id and i.accepted_by = m.user_id and i.state = 'ACCEPTED' order by i.id desc limit 1),
  (select u.folded_email from users u where u.id = m.user_id and m.managed_by is not null));
