-- What a manifest asks about invitations at each pass: those of its addresses, and the pending ones that it made itself.
create index invitations_of_address on invitations (org_id, folded_email, id);
create index invitations_of_manifest on invitations (org_id, (managed_by ->> 'uid')) where state = 'PENDING' and managed_by is not null;
