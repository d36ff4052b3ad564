-- The language in which mails about an organization are written, as a tag of BCP 47. Null: that of the installation.
alter table organizations add column language text
  constraint organizations_language check (length(language) <= 35 and language ~ '^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$');
