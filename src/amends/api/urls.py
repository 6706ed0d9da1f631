"""The addresses below /api: those of version 1, the document and its page, and what a problem's type leads to."""

from __future__ import annotations

from django.urls import URLPattern, path, re_path

from amends.api import (
    acts,
    applying,
    buyer_coupons,
    buyer_data,
    buyer_links,
    cancelling,
    cases,
    clocks,
    compensations,
    disputing,
    dossiers,
    hooks,
    keywords,
    ledger,
    mailboxes,
    order_acts,
    orders,
    packs,
    parcels,
    shop,
    site,
    stock,
    strategies,
    strategy_lists,
    ticketing,
)
from amends.api.collections import COLLECTIONS
from amends.api.door import Call, Refused, Reply, resource
from amends.core.refusal import Refusal


def _nowhere(call: Call, **_: str) -> Reply:
    raise Refused(Refusal("not_there"))


OPENERS = {"service-orders": applying.apply, "cancellations": cancelling.cancel, "disputes": disputing.open_, "tickets": ticketing.open_}
"""How a case of a collection is opened, where somebody outside can."""


def _of_cases(collection: str) -> list[URLPattern]:
    opener = OPENERS.get(collection)
    listing = resource(get=cases.lister(collection), post=opener) if opener else resource(get=cases.lister(collection))
    return [
        path(f"v1/{collection}/<uuid:id>/events", resource(get=cases.teller(collection))),
        path(f"v1/{collection}/<uuid:id>/dossier", resource(get=dossiers.teller(collection, "json"))),
        *(path(f"v1/{collection}/<uuid:id>/dossier.{form}", resource(get=dossiers.teller(collection, form))) for form in ("pdf", "zip")),
        path(f"v1/{collection}/<uuid:id>/<str:command>", resource(post=acts.commander(collection))),
        path(f"v1/{collection}/<uuid:id>", resource(get=cases.reader(collection))),
        path(f"v1/{collection}/batch/<str:command>", resource(post=acts.batcher(collection))),
        path(f"v1/{collection}", listing),
    ]


ORDER_ACTS = {
    "remark": order_acts.remark, "mark": order_acts.mark, "ship": order_acts.ship, "receiver": order_acts.receiver, "urge": order_acts.urge,
    "change": order_acts.begin, "change/look": order_acts.look, "change/save": order_acts.save, "change/give_up": order_acts.give_up,
}
STRATEGY_ACTS = {"publish": strategies.publish, "switch": strategies.switch, "roll_back": strategies.roll_back, "trials": strategies.begin_trial}

PACK_ACTS = {"copy": packs.copy, "release": packs.release, "withdraw": packs.withdraw, "what-if": packs.replay}

urlpatterns: list[URLPattern] = [
    path("v1/disputes/<uuid:id>/evidence", resource(get=disputing.evidence)),
    path("v1/evidence/<uuid:id>", resource(get=disputing.file)),
    path("v1/dispute-liability", resource(get=disputing.liability)),
    path("v1/evidence-files", resource(post=disputing.add_file, most_bytes=disputing.EVIDENCE_BYTES)),
    path("v1/orders/<uuid:id>/dispute-ways", resource(get=disputing.ways)),
    path("v1/tickets/<uuid:id>/messages", resource(get=ticketing.messages)),
    path("v1/ticket-opinions", resource(get=ticketing.opinions)),
    *(pattern for collection in COLLECTIONS for pattern in _of_cases(collection)),
    path("v1/orders", resource(get=orders.listed, post=orders.take, most_bytes=orders.ORDERS_BYTES)),
    path("v1/orders/<uuid:id>", resource(get=orders.one)),
    path("v1/orders/<uuid:id>/confirm_receipt", resource(post=orders.received)),
    path("v1/orders/batch/ship", resource(post=order_acts.ship_many)),
    *(path(f"v1/orders/<uuid:id>/{name}", resource(post=view)) for name, view in ORDER_ACTS.items()),
    path("v1/orders/<uuid:id>/changes", resource(get=order_acts.changes)),
    path("v1/urges", resource(get=order_acts.urge_list)),
    path("v1/urges/<uuid:id>/answer", resource(post=order_acts.urge_answer)),
    path("v1/orders/<uuid:id>/options", resource(get=applying.order_options)),
    path("v1/orders/<uuid:id>/buyer-link", resource(get=buyer_links.link)),
    path("v1/photos", resource(post=applying.add_photo, most_bytes=applying.PHOTO_BYTES)),
    path("v1/parcels", resource(get=parcels.listed)),
    path("v1/parcels/<uuid:id>", resource(get=parcels.one)),
    path("v1/parcels/<uuid:id>/events", resource(post=parcels.post)),
    path("v1/orders/<uuid:id>/price-protection", resource(get=compensations.price_offer, post=compensations.ask_price)),
    path("v1/compensations", resource(get=compensations.listed, post=compensations.give)),
    path("v1/compensations/return-freight", resource(post=compensations.claim_freight)),
    path("v1/compensations/<uuid:id>", resource(get=compensations.one)),
    path("v1/compensations/<uuid:id>/decide", resource(post=compensations.decide)),
    path("v1/coupons", resource(get=compensations.coupons, post=buyer_coupons.told)),
    path("v1/coupons/<str:code>", resource(get=compensations.coupon)),
    path("v1/coupons/<str:code>/use", resource(post=compensations.use_coupon)),
    path("v1/clocks", resource(get=clocks.of_merchant)),
    path("v1/packs/<slug:pack>/clocks", resource(get=clocks.of_pack)),
    path("v1/suspensions", resource(get=clocks.suspensions, post=clocks.suspend)),
    path("v1/suspensions/<uuid:id>", resource(put=clocks.change)),
    path("v1/suspensions/<uuid:id>/end", resource(post=clocks.ender(withdraw=False))),
    path("v1/suspensions/<uuid:id>/withdraw", resource(post=clocks.ender(withdraw=True))),
    path("v1/merchants", resource(get=shop.merchants)),
    path("v1/merchants/<uuid:id>", resource(get=shop.merchant)),
    path("v1/staff", resource(get=shop.staff)),
    path("v1/stock", resource(get=stock.listed, post=stock.tell, most_bytes=stock.STOCK_BYTES)),
    path("v1/stock/<str:sku>", resource(get=stock.one, put=stock.count)),
    path("v1/stock/<str:sku>/moves", resource(get=stock.moves)),
    path("v1/holds", resource(get=stock.holds)),
    path("v1/stock-connector", resource(put=stock.connector)),
    path("v1/ledger/balances", resource(get=ledger.balances)),
    path("v1/ledger/entries", resource(get=ledger.entries)),
    path("v1/refund-requests", resource(get=ledger.requests)),
    path("v1/packs", resource(get=packs.listed)),
    path("v1/packs/<slug:pack>", resource(get=packs.one)),
    path("v1/packs/<slug:pack>/versions", resource(get=packs.versions, post=packs.draft)),
    path("v1/packs/<slug:pack>/versions/<int:version>", resource(get=packs.version, put=packs.edit, most_bytes=packs.DOCUMENT_BYTES)),
    path("v1/packs/<slug:pack>/versions/<int:version>/problems", resource(get=packs.problems)),
    *(path(f"v1/packs/<slug:pack>/versions/<int:version>/{name}", resource(post=view)) for name, view in PACK_ACTS.items()),
    path("v1/what-if-runs/<uuid:id>", resource(get=packs.run)),
    path("v1/what-if-runs/<uuid:id>/differences", resource(get=packs.differences)),
    path("packs/schema", site.pack_schema),
    path("v1/strategies", resource(get=strategies.tables)),
    path("v1/strategies/schema", resource(get=strategy_lists.schema)),
    path("v1/strategies/facts", resource(get=strategy_lists.facts)),
    path("v1/strategies/ready", resource(get=strategy_lists.ready)),
    path("v1/strategies/<str:table>", resource(get=strategies.table)),
    path("v1/strategies/<str:table>/draft", resource(get=strategies.draft, put=strategies.keep_draft, most_bytes=strategies.DRAFT_BYTES)),
    *(path(f"v1/strategies/<str:table>/{name}", resource(post=view)) for name, view in STRATEGY_ACTS.items()),
    path("v1/strategies/<str:table>/versions", resource(get=strategies.versions)),
    path("v1/strategies/<str:table>/versions/<int:version>", resource(get=strategies.version)),
    path("v1/strategies/<str:table>/runs", resource(get=strategies.runs)),
    path("v1/strategies/<str:table>/runs/<uuid:id>", resource(get=strategies.run)),
    path("v1/strategies/<str:table>/runs/<uuid:id>/cases", resource(get=strategy_lists.run_cases)),
    path("v1/strategies/<str:table>/runs/<uuid:id>/stop", resource(post=strategies.stop_run)),
    path("v1/strategies/<str:table>/rows/<uuid:id>/shadow", resource(get=strategy_lists.shadow)),
    path("v1/strategies/<str:table>/cases/<uuid:id>", resource(get=strategy_lists.fits)),
    path("v1/keywords", resource(get=keywords.shown, put=keywords.replace, most_bytes=keywords.KEYWORD_BYTES)),
    path("v1/keywords/test", resource(post=keywords.attempt)),
    path("v1/keywords/suggestions", resource(get=keywords.suggested)),
    path("v1/mailboxes", resource(get=mailboxes.listed, post=mailboxes.add)),
    path("v1/mailboxes/<uuid:id>", resource(get=mailboxes.one, put=mailboxes.change)),
    *(path(f"v1/mailboxes/<uuid:id>/{name}", resource(post=view)) for name, view in (("test", mailboxes.attempt), ("enable", mailboxes.enable), ("disable", mailboxes.disable))),
    path("v1/buyer-matters", resource(get=buyer_data.matters)),
    path("v1/buyer-erasures", resource(get=buyer_data.erasures, post=buyer_data.ask)),
    path("v1/buyer-erasures/<uuid:id>", resource(get=buyer_data.erasure)),
    path("v1/buyer-erasures/<uuid:id>/withdraw", resource(post=buyer_data.withdraw)),
    path("v1/buyer-copies", resource(get=buyer_data.copies, post=buyer_data.make_copy)),
    path("v1/buyer-copies/<uuid:id>", resource(get=buyer_data.one_copy)),
    path("v1/buyer-copies/<uuid:id>/file", resource(get=buyer_data.download)),
    path("v1/mail-contact", resource(get=mailboxes.contact, put=mailboxes.set_contact)),
    path("hooks/<uuid:id>", hooks.hook),
    path("docs", site.page),
    path("docs.css", site.style),
    path("openapi.json", site.document),
    path("problems/<str:code>", site.problem_page),
    re_path(r"^v1(?:/.*)?$", resource(get=_nowhere, post=_nowhere, put=_nowhere, patch=_nowhere, delete=_nowhere)),
]
