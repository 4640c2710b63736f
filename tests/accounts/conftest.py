"""The messages are asserted in the source language, English."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation


@pytest.fixture(autouse=True)
def english(settings):
    settings.LANGUAGE_CODE = "en"
    settings.CASE_KINDS = "tests.accounts.conftest.case_kinds"
    with translation.override("en"):
        yield


def case_kinds():
    return [("call", "call"), ("operator-application", "operator application")]


@pytest.fixture
def level3(settings):
    settings.SECURITY_PROFILE = "level3"


@pytest.fixture
def cost(client):
    """How many queries a page takes for the client signed in."""

    def count(url: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        return len(queries)

    return count
