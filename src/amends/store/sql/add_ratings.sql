-- A rating (SO-19), or the better one that takes its place: the first score stays.
insert into ratings (merchant_id, case_id, buyer_id, score, text, at)
select %(merchant)s, x.case_id, x.buyer_id, x.score, x.text, %(now)s from json_to_recordset(%(rows)s) as x(case_id uuid, buyer_id text, score smallint, text text)
on conflict (merchant_id, case_id) do update set first_score = ratings.score, score = excluded.score, text = excluded.text, improved_at = excluded.at
