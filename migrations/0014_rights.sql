-- What requests may do, as the migrations left it, one statement for each right. A dump may be restored without it: each start
-- compares and sets it again.
create table rights (statement text primary key);
