-- A turn of a ticket's merchant that ended (TI-3, TI-8).
insert into ticket_turns (merchant_id, case_id, turn, outcome, origin, subject, result, took, in_time, documents, by_name, at)
select %(merchant)s, x.case_id, x.turn, x.outcome, x.origin, x.subject, x.result, x.took, x.in_time, x.documents, x.by_name, %(now)s
from json_to_recordset(%(rows)s) as x(case_id uuid, turn int, outcome text, origin text, subject text, result text, took int, in_time boolean, documents boolean, by_name text)
