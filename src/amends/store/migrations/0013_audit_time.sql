-- The log of all merchants is read in the order of time (ST-8). Rows come in that order, so a summary a block is enough and costs next to nothing on writing.

create index audit_time on audit using brin (at);
