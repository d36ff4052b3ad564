-- How addresses are compared, whatever the collation of the database: only A-Z lose their case. foldEmail in core/base/email-address.ts
-- says the same, and a start compares the two. lower() follows the collation: a Turkish one makes a dotless letter of I, others make k of
-- the Kelvin sign.
create function fold_email(address text) returns text language sql immutable strict parallel safe
return translate(address, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz');
revoke execute on function fold_email from public;
grant execute on function fold_email to tenet_app;

-- Built anew, because the expression of a generated column cannot be changed before PostgreSQL 17.
drop index invitations_one_pending, invitations_by_email;
alter table invitations drop column folded_email;
alter table invitations add column folded_email text not null generated always as (fold_email(email)) stored;

-- Under a Turkish collation one address could have two pending invitations; the newer one stays.
set local tenet.scope = 'platform';
update invitations i set state = 'REVOKED', version = version + 1, updated_at = now()
where state = 'PENDING' and exists (
  select from invitations newer
  where newer.org_id = i.org_id and newer.folded_email = i.folded_email and newer.state = 'PENDING' and newer.id > i.id
);

create unique index invitations_one_pending on invitations (org_id, folded_email) where state = 'PENDING';
create index invitations_by_email on invitations (folded_email) where state = 'PENDING';

drop index users_email;
alter table users add column folded_email text generated always as (fold_email(email)) stored;
create index users_by_folded_email on users (folded_email);
