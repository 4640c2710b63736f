"""A script in a name is words, on every page there is."""

import re

import pytest
from django.apps import apps
from django.db import models
from django.test import Client

from accounts.models import Organisation, User
from tests.permissions import routes
from tests.permissions.world import build_world

SCRIPT = "<script>alert('x')</script><img src=x onerror=alert(1)>\"&"
RAW = re.compile(rb"<script>alert|<img src=x")
# Codes of the rule set have forty characters, digests sixty-four; whatever is written by people has another length.
SHORTEST, DIGEST = 50, 64


def worded(column: models.Field) -> bool:
    """Whether people write into a column what they like."""
    free = isinstance(column, models.CharField) and (column.max_length or 0) >= SHORTEST
    return (free and column.max_length != DIGEST and not column.unique and not column.choices) or isinstance(
        column, models.TextField
    )


def spoilt(value):
    """The same with every sentence in it replaced by the script: codes, which begin with a small letter, stay."""
    if isinstance(value, dict):
        return {name: spoilt(one) for name, one in value.items()}
    if isinstance(value, list):
        return [spoilt(one) for one in value]
    return SCRIPT if isinstance(value, str) and value[:1].isupper() else value


def spoil(row: models.Model) -> None:
    """Write the script into everything that people have written in a row, past all steps."""
    columns = row._meta.concrete_fields
    values = {one.name: SCRIPT[: one.max_length or None] for one in columns if worded(one) and getattr(row, one.name)}
    values |= {one.name: spoilt(getattr(row, one.name)) for one in columns if isinstance(one, models.JSONField)}
    if values:
        type(row)._base_manager.filter(pk=row.pk).update(**values)


@pytest.fixture
def world(whole_story):
    """Everything that people have written is the script, names and texts alike."""
    world = build_world(whole_story)
    for row in (*Organisation.objects.all(), *User.objects.all()):
        type(row).objects.filter(pk=row.pk).update(name=f"{SCRIPT[:40]}{row.pk}")
    for app in ("operators", "authorizations"):
        for model in apps.get_app_config(app).get_models():
            for row in model._base_manager.all():
                spoil(row)
    return world


@pytest.mark.parametrize(
    "who",
    ["bureau", "applicant", "operator", "partner", "health", "finance", "government", "expert_on_panel", "auditadmin",
     None],
)  # fmt: skip
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
    assert seen >= (5 if who in {"bureau", "applicant", "operator", "partner", "health"} else 1)
