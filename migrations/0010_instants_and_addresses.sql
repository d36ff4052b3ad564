-- What is stored can always be shown: the contract has times of the years 0001 to 9999 and addresses that isEmailAddress in
-- core/base/email-address.ts takes. Rows that older versions let in are brought within that first.
set local tenet.scope = 'platform';

update grants set until = timestamptz '9999-12-31 23:59:59.999+00' where until >= timestamptz '10000-01-01 00:00:00+00';
-- A table cannot be altered while the check of the top role waits for the commit.
set constraints all immediate;
alter table grants add constraint grants_until_shown
  check (until >= timestamptz '0001-01-01 00:00:00+00' and until < timestamptz '10000-01-01 00:00:00+00');

create function is_email_address(address text) returns boolean language sql immutable strict parallel safe
return length(address) <= 254 and position('@' in address) <= 65
  and address collate "C" ~ '^[A-Za-z0-9!#$%&''*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&''*+/=?^_`{|}~-]+)*@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$';
revoke execute on function is_email_address from public;
grant execute on function is_email_address to tenet_app;

update users set email = null, version = version + 1, updated_at = now() where not is_email_address(email);
alter table users add constraint users_email check (is_email_address(email));

-- Nobody can have such an address verified any more, so nobody can answer, and the audit log keeps what happened.
delete from invitations where not is_email_address(email);
alter table invitations add constraint invitations_email check (is_email_address(email));
