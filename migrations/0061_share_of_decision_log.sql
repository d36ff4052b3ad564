-- Which part of decisions a process keeps, so that what the log lacks is not taken for what did not happen. Null: of a process of before.
alter table decision_log_writers add column share real check (share > 0 and share <= 1);
