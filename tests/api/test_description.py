"""The description at `/api/schema/` is valid, names every route and says nothing that is not so."""

import re

import pytest
import yaml
from django.test import Client
from drf_spectacular.validation import validate_schema

from casework.kinds import kinds
from tests.permissions import routes


@pytest.fixture(scope="module")
def schema(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        answer = Client().get("/api/schema/")
    assert answer.status_code == 200
    return yaml.safe_load(answer.content)


def test_it_is_openapi_3(schema):
    assert schema["openapi"].startswith("3.")
    validate_schema(schema)


def test_every_route_is_in_it(schema):
    described = {re.sub(r"{\w+}", "{}", path) for path in schema["paths"]}
    offered = {routes.shape(address) for address, _pattern in routes.patterns() if address.startswith("api/v1/")}
    assert offered - described == set()
    assert len(offered) > 20


def test_operations_are_grouped_by_kind_of_case(schema):
    grouped = {}
    for path, methods in schema["paths"].items():
        for tag in {tag for operation in methods.values() for tag in operation["tags"]}:
            grouped.setdefault(tag, []).append(path)
    assert "v1" not in grouped
    assert {model.plural for model in kinds().values() if f"/api/v1/{model.plural}/" in schema["paths"]} <= set(grouped)
    served = {tag: paths for tag, paths in grouped.items() if paths[0].startswith("/api/v1/")}
    assert all(path.startswith(f"/api/v1/{tag}/") for tag, paths in served.items() for path in paths)


def test_its_writes_name_their_headers(schema):
    for path, methods in schema["paths"].items():
        if path.startswith("/api/v1/") and "post" in methods:
            headers = {given["name"] for given in methods["post"].get("parameters", []) if given["in"] == "header"}
            assert "Idempotency-Key" in headers, path
            assert ("If-Match" in headers) == ("/actions/" in path), path


def test_the_page_for_people_takes_nothing_from_elsewhere(client, db):
    html = client.get("/api/docs/").content.decode()
    addresses = re.findall(r'(?:src|href)="([^"]+)"', html)
    assert addresses
    assert [address for address in addresses if not address.startswith(("/", "#"))] == []
