"""A script in a name is words, on every page there is."""

import re

import pytest
from django.test import Client

from accounts.models import Organisation, User
from operators.models import Call, OperatorApplication
from tests.permissions import routes

SCRIPT = "<script>alert('x')</script><img src=x onerror=alert(1)>\"&"
RAW = re.compile(rb"<script>alert|<img src=x")


@pytest.fixture
def world(story):
    """Everything that has a name is called after the script."""
    world = routes.build_world(story)
    for row in (*Organisation.objects.all(), *User.objects.all()):
        type(row).objects.filter(pk=row.pk).update(name=f"{SCRIPT[:40]}{row.pk}")
    Call.objects.update(subject=SCRIPT, conditions=SCRIPT)
    OperatorApplication.objects.update(business=SCRIPT, address=SCRIPT, contact_name=SCRIPT[:50])
    return world


@pytest.mark.parametrize("who", ["bureau", "applicant", "finance", "government", "expert_on_panel", "auditadmin", None])
def test_a_script_in_a_name_is_shown_as_words(world, who):
    client, seen = Client(raise_request_exception=False), 0
    actor = world.people[who] if who else None
    if actor:
        client.force_login(actor.person)
    for address, pattern in routes.patterns():
        for _what, method, filled in routes.requests_of(address, pattern, world):
            if method != "GET" or filled.endswith("/logout/"):
                continue
            answer = client.get(filled)
            if answer["Content-Type"].startswith("text/html"):
                assert not RAW.search(answer.content), filled
                seen += b"&lt;script&gt;alert" in answer.content
            assert answer.status_code < 500, filled
    assert seen >= (5 if who in {"bureau", "applicant"} else 1)
