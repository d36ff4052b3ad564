-- Consent to one manifest: it may take the organization or the project over, or look at it. Without it no manifest does either.
create table hand_overs (
  org_id uuid not null references organizations (id),
  -- Null: the organization itself.
  project_id uuid,
  mode text not null check (mode in ('ADOPT', 'OBSERVE')),
  -- The uid of the namespace kube-system, or `directory:` and a path.
  cluster text not null,
  namespace text check ((namespace is null) = (project_id is null)),
  name text not null,
  handed_over_by text not null,
  created_at timestamptz not null default now(),
  -- One that is withdrawn and given again is another version.
  version bigint not null default (extract(epoch from clock_timestamp()) * 1000000)::bigint,
  foreign key (org_id, project_id) references projects (org_id, id)
);
create unique index hand_overs_place on hand_overs (org_id, coalesce(project_id, org_id));

alter table hand_overs enable row level security;
create policy in_scope on hand_overs using (in_scope(org_id));
grant select, insert, delete on hand_overs to tenet_app;
