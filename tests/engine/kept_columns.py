"""Columns of the database in which the mark of an erased buyer still stands, with the reason of each: nothing of theirs is about the buyer, or it is a code, a number or money that the law has kept.

Whoever adds a column that stands here must say why; whoever adds one that should be erased puts it into `store/buyer_rows.py`.
"""

_REASONS: dict[str, str] = {
    "the merchant's own return addresses, goods, stock, templates, words and strategies: about no buyer": """
addresses.city addresses.detail addresses.district addresses.label addresses.phone addresses.province addresses.receiver keyword_versions.document keyword_versions.note reply_templates.name_en reply_templates.name_zh
reply_templates.words_en reply_templates.words_zh skus.attributes skus.category skus.product skus.sku skus.title stock.sku stock.warehouse stock_messages.sku stock_messages.source stock_messages.warehouse stock_moves.sku
stock_moves.warehouse holds.sku holds.warehouse strategy_tables.draft strategy_tables.place strategy_runs.rows strategy_versions.rows strategy_versions.node strategy_versions.note counters.prefix pack_assignments.pack""",
    "figures and places of work over many cases, without words of anybody": "strategy_runs.counted strategy_runs.last_error strategy_runs.node strategy_runs.place strategy_runs.report reconciliations.sums reconciliations.error",
    "names of staff, who answer for what they did (ST-8); buyers' names in the same column are emptied (asserted row by row)": """
audit.actor_name buyer_exports.asked_name buyer_marks.actor_name buyer_marks.withdrawn_name calls.answered_name compensations.decided_name desk_assignments.by_name desk_assignments.person_name events.actor_name
keyword_versions.made_by_name mails.by_name messages.actor_name notes.person_name parcel_troubles.settled_name receipts.inspector_name reconciliation_differences.closed_name strategy_run_cases.people_name strategy_runs.by_name
strategy_versions.by_name ticket_turns.by_name urges.answered_name""",
    "codes of the tables, chosen from a list or written by the house": """
audit.action batches.command buyer_exports.why buyer_marks.reason cases.alert cases.category cases.expectation cases.fault cases.reason cases.type clocks.name compensations.clock compensations.reason events.name evidence.media_type holds.reason
judgements.scenario order_changes.what order_lines.category outbox.effect receipts.appearance receipts.function refund_requests.failure_code refund_requests.purpose strategy_decisions.command
strategy_decisions.node strategy_run_cases.people strategy_run_cases.strategy ticket_turns.origin ticket_turns.subject what_if_differences.about calls.dispute""",
    "what was sold, by which channel, and to which province: statistics, and nobody is found by it": "cases.sku order_lines.sku order_lines.title orders.channel orders.province coupons.code coupons.title",
    "money as it was paid, with the providers' references: kept by law and needed to reconcile": """
charges.provider charges.reference ledger_entries.account ledger_entries.part ledger_movements.about payments.method payments.provider payments.provider_ref reconciliation_differences.mark reconciliation_differences.ours reconciliation_differences.provider
reconciliation_differences.reference reconciliation_differences.theirs reconciliations.provider refund_requests.provider refund_requests.reference""",
    "names of carriers": "parcels.carrier pickups.carrier unclaimed_parcels.carrier",
    "digests": "orders.lines_mark imports.sha256",
    "ids, states and numbers that a command answered; answers told to keys go by age": "commands_done.answer",
    "a merchant's files of orders while they are read in: their bytes go with the import, their refused rows when they name the buyer": """
import_files.bytes import_files.name imports.file_name imports.mapping imports.trouble_en imports.trouble_zh""",
}
KEPT: dict[tuple[str, str], str] = {(name.partition(".")[0], name.partition(".")[2]): why for why, names in _REASONS.items() for name in names.split()}
