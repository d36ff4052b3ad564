-- Few are suspended among many: plans of access ask who, once for each part of the organizations.
create index users_suspended on users (id) where state = 'SUSPENDED';
