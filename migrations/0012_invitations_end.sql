-- When the role ends that an invitation offers: whoever accepts gets a grant with this end. Null: it does not end.
alter table invitations add column until timestamptz;
alter table invitations add constraint invitations_until_shown
  check (until >= timestamptz '0001-01-01 00:00:00+00' and until < timestamptz '10000-01-01 00:00:00+00');
