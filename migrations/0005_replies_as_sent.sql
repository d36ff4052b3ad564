-- A repeated request gets the bytes of the first answer: json keeps the order of members, jsonb does not. A program that
-- knows jsonb here reads and writes json as well.
alter table idempotency_keys alter column headers type json, alter column body type json;
