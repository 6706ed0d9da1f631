"""What the document promises is what is served: bodies and parameters made up from the schemas, sent to the real application."""

import zlib

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import checks
from schemathesis.specs.openapi.checks import content_type_conformance, response_headers_conformance, response_schema_conformance, status_code_conformance

from amends.api import openapi
from amends.engine.dispute import Opening
from amends.engine.disputes import open_dispute
from amends.engine.ids import new_id
from tests.shop import LIN

PROMISES = [checks.not_a_server_error, response_schema_conformance, status_code_conformance, content_type_conformance, response_headers_conformance]
COMMANDS_TRIED = {
    "approve_return", "refund", "register_receipt", "book_pickup", "change_application", "exchange", "rate", "assign", "note", "record_transfer", "repair", "parcel_signed",
}


class Served:
    """The application of the module's shop, which is there only when the tests run."""

    app = None

    def __call__(self, environ, start):
        return self.app(environ, start)


SERVED = Served()


def _document():
    """The document with commands of every kind of field, and the batch of one: the others are made the same way, and have a test of their own."""
    schema = schemathesis.openapi.from_dict(openapi.document())
    schema.app = SERVED
    return schema.include(func=lambda ctx: _tried(ctx.operation.path))


def _tried(path):
    command = path.split("/")[-1]
    if path.startswith("/service-orders/batch/"):
        return command == "approve_return"
    if path.startswith("/disputes/batch/"):
        return False
    if path.startswith("/disputes/{id}/"):
        return command in ("events", "evidence", "add_evidence", "offer_settlement", "answer_question", "adjudicate")
    return not path.startswith("/service-orders/{id}/") or command == "events" or command in COMMANDS_TRIED


DOCUMENT = _document()


@pytest.fixture(scope="module")
def real_ids(api):
    """Ids that are there, so that half of the calls get past 404."""
    SERVED.app = api.app
    order = api.shop.order(("CUP", 3, 300))
    given = api.call("POST", "/api/v1/compensations", {"order_id": order, "amount": 100, "reason": "long_wait", "medium": "coupon"})
    disputed = open_dispute(api.shop.pool, api.shop.merchant, Opening(order, "promise", "compensation", "没有兑现"), LIN, api.shop.now, new_id())
    return {"disputes": disputed.case_id, "service-orders": api.shop.apply(order), "orders": order, "merchants": api.shop.merchant, "compensations": given.json["id"]}


@DOCUMENT.parametrize()
@settings(max_examples=2, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck))
def test_promises_are_kept(case, api, real_ids):
    if "id" in case.path_parameters and zlib.crc32(repr(case.body).encode()) % 2:
        case.path_parameters["id"] = real_ids.get(case.operation.path.split("/")[1], case.path_parameters["id"])
    if case.query and "merchant_id" in case.query:
        case.query["merchant_id"] = api.shop.merchant
    case.call_and_validate(headers={"Authorization": f"Bearer {api.key}", "Idempotency-Key": new_id()}, checks=PROMISES)
