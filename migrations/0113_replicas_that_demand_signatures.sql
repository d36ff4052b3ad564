-- Of each replica the kids of its TENET_POLICY_KEYS: it decides by no revision that none of them has signed. Empty: it demands no signature.
alter table replicas add column policy_kids text[] not null default '{}';
