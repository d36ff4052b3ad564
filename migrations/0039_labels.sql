-- Keys and values to sort and find by. They get no index: behind row level security PostgreSQL uses one only for operators that it knows to
-- leak nothing, and those of jsonb are not among them. The rows of an organization are found by its id.
alter table organizations
  add column labels jsonb not null default '{}' constraint organizations_labels check (jsonb_typeof(labels) = 'object'),
  -- Whether the manifest that owns it says the labels; else they are the API's.
  add column manifest_labels boolean not null default false;
alter table projects
  add column labels jsonb not null default '{}' constraint projects_labels check (jsonb_typeof(labels) = 'object'),
  add column manifest_labels boolean not null default false;
alter table members add column labels jsonb not null default '{}' constraint members_labels check (jsonb_typeof(labels) = 'object');
alter table service_accounts
  add column labels jsonb not null default '{}' constraint service_accounts_labels check (jsonb_typeof(labels) = 'object');
