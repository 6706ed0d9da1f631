-- What an act of a strategy writes (docs/decisions/0006). Counts of a row are read by its own index; only what rows that look on would have done is listed by table.
drop index strategy_decisions_at;
create index strategy_decisions_shadow on strategy_decisions (merchant_id, kind, node, at desc) where outcome = 'shadow';

-- A case that waits is leased by writing into its row, and then taken out: with room on the page no index is written for the lease.
alter table considerations set (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);
