-- Trials tell what a guard of the road would have refused apart from what a limit would have left to people (SA-7). Null: a limit.
alter table strategy_run_limited add column refusal jsonb;
