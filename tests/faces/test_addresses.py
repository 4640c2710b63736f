"""Whatever stands behind the question mark of an address: an answer, never a fault of the server."""

import pytest
from django.test import Client
from django.urls import reverse

from casework.models.remark import Remark
from tests.desk import Api
from tests.permissions import routes
from tests.permissions.world import build_world

ODD = ["\0", "a\0b", "9" * 40, "-1", "2026-01-01_" + "9" * 40, "0001-01-01_1", "'\"<%"]
NAMES = ["q", "state", "after", "before", "cursor", "page", "page_size", "format", "from", "days", "next", "call"]
OF_THE_ADMINISTRATION = ["q", "o", "p"]


def questions(address: str) -> list[dict[str, str]]:
    names = OF_THE_ADMINISTRATION if address.startswith("admin/") else NAMES
    return [dict.fromkeys(names, odd) for odd in ODD]


@pytest.fixture
def world(whole_story):
    return build_world(whole_story)


@pytest.mark.parametrize("who", ["bureau", "auditadmin", None])
def test_no_question_breaks_a_page(world, who):
    client = Client()
    if who:
        client.force_login(world.people[who].person)
    program = Api(world.people[who]) if who else None
    for address, pattern in routes.patterns():
        if "GET" not in routes.methods(pattern) or "logout" in address:
            continue
        _what, _method, filled = next(iter(routes.requests_of(address, pattern, world)))
        for asked in questions(address):
            desk, headers = (
                (program.client, program.headers) if program and filled.startswith("/api/") else (client, {})
            )
            assert desk.get(filled, asked, headers=headers).status_code < 500, (filled, asked)


@pytest.mark.parametrize("name", ["case", "public-call", "prepare", "submitted", "verify-paper", "paper"])
def test_no_number_breaks_a_page(story, page, name):
    for odd in ("x" * 3000, "0", "A-1", "_", "-"):
        args = ["operator-applications", odd] if name == "case" else [odd]
        assert page(story.cast.bureau).client.get(reverse(name, args=args)).status_code == 404


@pytest.mark.parametrize("username", ["\0", "a" * 5000, "<b>", "bureau\0"])
def test_no_name_breaks_signing_in(story, client, username):
    answer = client.post(reverse("login"), {"username": username, "password": "x\0"})
    assert answer.status_code in {200, 401, 422}


def test_a_nul_in_a_remark_is_left_out(story, page):
    case = story.application("panel_review")
    answer = page(story.cast.bureau).send("remark", case.plural, case.number, text="a\0b", visibility="internal")
    assert answer.status_code == 302
    assert Remark.objects.of(case).get().text == "ab"
