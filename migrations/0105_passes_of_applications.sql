-- How a browser comes into an installed application: a ticket of openInstance, which works once and soon becomes the cookie of its host.
create table instance_passes (
  org_id uuid not null,
  instance_id uuid not null,
  -- SHA-256 of 256 random bits, which are in the answer or the cookie and nowhere else.
  hash bytea primary key check (length(hash) = 32),
  kind text not null check (kind in ('TICKET', 'COOKIE')),
  -- Whose right to open it is asked for at each request.
  user_id uuid not null references users (id),
  -- What of the access token counts on: when it was issued, in seconds since 1970, and until when its second factor counts, in milliseconds; Infinity
  -- where that does not age.
  token_issued_at double precision not null,
  second_factor_until double precision,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  foreign key (org_id, instance_id) references instances (org_id, id) on delete cascade
);
create index instance_passes_of_user on instance_passes (org_id, instance_id, user_id);
create index instance_passes_by_user on instance_passes (user_id);
create index instance_passes_expired on instance_passes (expires_at);

alter table instance_passes enable row level security;
alter table instance_passes force row level security;
create policy in_scope on instance_passes using (in_scope(org_id));
grant select, insert, update, delete on instance_passes to tenet_app;
