-- What acts add to the counts that limits look at; the rows are held (`store/strategy_counts.py`).
insert into strategy_counts (merchant_id, row_id, buyer_id, day, n, amount_minor)
select %(merchant)s, x.row_id, x.buyer, x.day, x.n, x.amount from jsonb_to_recordset(%(rows)s) as x(row_id uuid, buyer text, day date, n int, amount bigint)
on conflict (merchant_id, row_id, buyer_id, day) do update set n = strategy_counts.n + excluded.n, amount_minor = strategy_counts.amount_minor + excluded.amount_minor
