-- What acts add to the counts that limits look at; the rows are held (`store/strategy_counts.py`).
insert into strategy_counts (merchant_id, row_id, buyer_id, day, n, amount_minor)
select %(merchant)s, x.row_id, r.buyer, x.day, x.n, x.amount from unnest(%(strategy_counted_buyer)s::text[], %(strategy_counted_kind)s::int[]) as r(buyer, kind)
  join jsonb_to_recordset(%(strategy_counted)s) as x(kind int, row_id uuid, day date, n int, amount bigint) using (kind)
on conflict (merchant_id, row_id, buyer_id, day) do update set n = strategy_counts.n + excluded.n, amount_minor = strategy_counts.amount_minor + excluded.amount_minor
