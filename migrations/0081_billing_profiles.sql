-- What invoices and alerts of an organization need; where there is no row, nothing is said. What the kind of organization has as fields of the
-- organization itself (legal_name, alerting_email, invoicing_email) stays there, and is not repeated here.
create table billing_profiles (
  org_id uuid primary key references organizations (id),
  legal_name text,
  tax_id text,
  address jsonb,
  -- [{"purpose": "INVOICES", "email": "..."}]
  emails jsonb not null default '[]',
  updated_at timestamptz not null default now()
);

alter table billing_profiles enable row level security;
alter table billing_profiles force row level security;
create policy in_scope on billing_profiles using (in_scope(org_id));
grant select, insert, update, delete on billing_profiles to tenet_app;
