-- Until when the second factor counts by which the author of a link made it, in milliseconds since 1970; Infinity where it does not age.
alter table export_links add column second_factor_until double precision;
