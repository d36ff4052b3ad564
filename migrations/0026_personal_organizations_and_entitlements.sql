-- The organization of one person alone, made with their account: one for each user at most.
alter table organizations add column personal_of uuid references users (id);
create unique index organizations_personal on organizations (personal_of) where personal_of is not null;

-- What the plan of an account includes: who has an account already keeps what everybody had.
alter table users add column entitlements text[] not null default '{organizations}';
alter table users alter column entitlements set default '{}';
-- Null: no plan limits the organization. Whether it includes what its kind asks for is noted with it.
alter table organizations add column entitlements text[];
alter table organizations add column entitled boolean not null default true;
drop trigger organizations_notify on organizations;
create trigger organizations_notify after update of state, owner_id, entitled on organizations for each row execute function notify_organization();
