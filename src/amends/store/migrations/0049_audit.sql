-- Cases of a trial that a row fitted and a limit would have left to people (SA-4, SA-7), and what limits had counted where the trial goes on.
create table strategy_run_limited (
  merchant_id uuid not null,
  run_id uuid not null,
  case_id uuid not null,
  primary key (merchant_id, run_id, case_id)
);
select amends_wall('strategy_run_limited');
alter table strategy_runs add column counted jsonb not null default '{}';
