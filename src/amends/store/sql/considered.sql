-- Cases were looked at in these versions; what came since stays.
delete from considerations k using unnest(%(considered_case_id)s::uuid[], %(considered_version)s::int[]) x(id, version)
where k.merchant_id = %(merchant)s and k.case_id = x.id and k.version <= x.version
