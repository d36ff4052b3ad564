-- What the denials that are counted together were about: as many targets as core/audit/denials.ts keeps, and how many denials were about others.
alter table denials add column targets text[] not null default '{}';
alter table denials add column unlisted bigint not null default 0;
