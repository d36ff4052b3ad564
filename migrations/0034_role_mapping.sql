-- A policy that comes into force may rename the roles of pending invitations, or take them away.
grant update, delete on invitation_roles to tenet_app;
