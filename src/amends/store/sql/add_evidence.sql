-- Evidence as it is filed: each file with its digest, numbered within the dispute, which is locked (DI-5).
insert into evidence (merchant_id, id, case_id, n, side, kind, words, file_id, sha256, media_type, size, actor_id, actor_name, version, at)
select %(merchant)s, gen_random_uuid(), r.case_id, coalesce((select max(e.n) from evidence e where e.merchant_id = %(merchant)s and e.case_id = r.case_id), 0)
    + row_number() over (partition by r.case_id order by r.place, f.place), r.side, r.kind, r.words, f.id, files.sha256, files.media_type, files.size, r.actor_id, r.actor_name, r.version, %(now)s
from rows from (json_to_recordset(%(rows)s) as (case_id uuid, side text, kind text, words text, file_ids uuid[], actor_id text, actor_name text, version int))
  with ordinality as r(case_id, side, kind, words, file_ids, actor_id, actor_name, version, place)
cross join lateral unnest(r.file_ids) with ordinality as f(id, place)
join files on files.merchant_id = %(merchant)s and files.id = f.id
