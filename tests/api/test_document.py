"""The OpenAPI document is valid, complete, and cannot differ from what is served."""

import importlib
import re
import subprocess
import sys

import jsonschema
import pytest
from django.urls import Resolver404, resolve
from openapi_spec_validator import validate

from amends.api import openapi
from amends.api.bodies import command_schema, read_command
from amends.api.collections import COLLECTIONS, commands
from amends.api.examples import command_example
from amends.api.operations import every
from amends.core.commands import verb

DOCUMENT = openapi.document()
SERVICE_ORDER = COLLECTIONS["service-orders"]
EVERY_COMMAND = [(collection, name) for collection, machine in COLLECTIONS.items() for name in commands(machine)]


def test_it_is_openapi_3_1():
    assert DOCUMENT["openapi"].startswith("3.1")
    validate(DOCUMENT)


def test_making_it_needs_no_web_framework_and_no_database():
    code = "import sys, amends.documents; sys.exit(any(m in sys.modules for m in ('django', 'psycopg')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_every_command_of_every_table_has_an_address_for_one_and_for_many():
    for collection, name in EVERY_COMMAND:
        assert "post" in DOCUMENT["paths"][f"/{collection}/{{id}}/{name}"]
        assert "post" in DOCUMENT["paths"][f"/{collection}/batch/{name}"]
    assert "/service-orders/{id}/run_out" not in DOCUMENT["paths"], "what only a clock says has no address"
    assert len(EVERY_COMMAND) >= 35


@pytest.mark.parametrize(("collection", "name"), EVERY_COMMAND)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_examples_fit_their_schema_and_the_verb(collection, name, language):
    command = COLLECTIONS[collection].commands[name]
    example = command_example(command, language)
    jsonschema.validate(example, command_schema(command))
    made, wrong = read_command(command, example)
    assert made is not None, wrong
    assert verb(made) == name


def test_a_schema_refuses_what_the_verb_refuses():
    refund = SERVICE_ORDER.commands["refund"]
    for body in ({"amount": "12"}, {"amount": -1}, {"amount": 1.5}, {"nothing": 1}, {"words": 3}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(body, command_schema(refund))
        assert read_command(refund, body)[0] is None, body
    for body in ({}, {"amount": 0}, {"amount": 1299, "adjust_reason": "agreed"}):
        jsonschema.validate(body, command_schema(refund))
        assert read_command(refund, body)[0] is not None, body


def test_operations_have_names_of_their_own_and_every_reference_leads_somewhere():
    names = [op.id for op in every()]
    assert len(names) == len(set(names))
    for reference in set(re.findall(r'"\$ref": "#/([^"]+)"', openapi.text())):
        here = DOCUMENT
        for step in reference.split("/"):
            here = here[step]


def test_every_operation_is_served_and_every_other_method_is_refused(api):
    some = "0197f2a0-0000-7000-8000-000000000009"
    known = {}
    for op in every():
        known.setdefault(op.path, set()).add(op.method.upper())
    for path, methods in known.items():
        address = "/api/v1" + path.replace("{id}", some).replace("{sku}", "CUP").replace("{pack}", "jd")
        for method in ("GET", "POST", "PUT", "DELETE"):
            got = api.call(method, address, {} if method in ("POST", "PUT") else None)
            if method in methods:
                assert got.status in (200, 404, 415, 422) or got.json["code"] == "not_yours", f"{method} {address}: {got.status} {got.raw!r}"
            else:
                assert got.status == 405 or path.count("/") > 2, f"{method} {address}: {got.status}"
            assert got.status != 500


def test_no_address_is_served_that_the_document_lacks(api):
    assert api.call("GET", "/api/v1/packs").status == 200
    urlpatterns = importlib.import_module("amends.api.urls").urlpatterns
    served = {str(p.pattern).removeprefix("v1") for p in urlpatterns if str(p.pattern).startswith("v1/")}
    shown = {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", s) for s in served}
    documented = {op.path for op in every()}
    generic = {f"/{c}/{{id}}/{{command}}" for c in COLLECTIONS} | {f"/{c}/batch/{{command}}" for c in COLLECTIONS}
    assert shown - documented == generic
    with pytest.raises(Resolver404):
        resolve("/api/v0/service-orders", urlconf="amends.web.urls")
