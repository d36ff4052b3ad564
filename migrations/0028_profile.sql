-- What an organization says about itself; which of these a kind of organization has, and demands, is said by its blueprint.
alter table organizations
  add column legal_name text constraint organizations_legal_name check (char_length(legal_name) between 1 and 200),
  add column description text constraint organizations_description check (char_length(description) between 1 and 1000),
  add column logo_url text constraint organizations_logo_url check (char_length(logo_url) <= 2048 and logo_url ~ '^https://'),
  add column alerting_email text constraint organizations_alerting_email check (is_email_address(alerting_email)),
  add column invoicing_email text constraint organizations_invoicing_email check (is_email_address(invoicing_email));
