"""The desk at which people and programs sit: pages, REST API, and the check that a refusal changed nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import tokens
from accounts.actors import Actor
from casework.models.case import Case
from casework.refusals import Refusal

APPS = {"authorizations", "operators", "casework", "guardian"}


def rows() -> dict[str, list[dict]]:
    """Every row that a step could write, the ledger aside, where a refusal belongs. Empty tables are left out."""
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.app_label in APPS]
    tables = " UNION ALL ".join(
        f"SELECT {number} WHERE EXISTS (SELECT 1 FROM {connection.ops.quote_name(model._meta.db_table)})"
        for number, model in enumerate(models)
    )
    with connection.cursor() as cursor:
        # One question for all that is empty: this is asked before and after every refusal there is.
        cursor.execute(tables)
        filled = [models[number] for (number,) in cursor.fetchall()]
    return {model._meta.label: list(model._base_manager.order_by("pk").values()) for model in filled}


@contextmanager
def nothing_changes() -> Iterator[None]:
    """Fails where a row of a case, or of anything around one, is another afterwards."""
    before = rows()
    yield
    assert rows() == before


def refused(kind: type[Refusal], act: Callable, /, *args, **given) -> Refusal:
    """The refusal of an act, after checking that it changed nothing."""
    with nothing_changes(), pytest.raises(kind) as caught:
        act(*args, **given)
    return caught.value


def as_typed(values: dict) -> dict:
    """Values as a browser sends them."""

    def typed(value):
        if isinstance(value, datetime):
            return timezone.localtime(value).strftime("%Y-%m-%dT%H:%M:%S")
        return "on" if value is True else "" if value is None else value

    return {name: typed(value) for name, value in values.items()}


class Page:
    """Somebody in front of the pages, in English."""

    def __init__(self, actor: Actor | None):
        self.client = Client()
        self.client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        if actor is not None:
            self.client.force_login(actor.person)

    def open(self, name: str, *args):
        return self.client.get(reverse(name, args=args))

    def see(self, case: Case):
        return self.open("case", case.plural, case.number)

    def send(self, name: str, /, *args, **given):
        return self.client.post(reverse(name, args=args), as_typed(given))

    def take(self, case: Case, step: str, /, **given):
        """Send the form of a step, for the version the case is at."""
        version = type(case).objects.values_list("version", flat=True).get(pk=case.pk)
        return self.send("step", case.plural, case.number, step, version=version, **given)

    def begin(self, model: type[Case], /, **given):
        return self.send("begin", model.plural, **given)


class Api:
    """A program with the token of a person, in English."""

    def __init__(self, actor: Actor):
        self.client = Client()
        token, _row = tokens.issue(actor.person, actor.organisation, read_only=actor.read_only, days=1)
        self.headers = {"Authorization": f"Bearer {token}"}
        self.client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"

    @staticmethod
    def path(case: Case, rest: str = "") -> str:
        return f"/api/v1/{case.plural}/{case.number}/{rest}"

    def get(self, path: str):
        return self.client.get(path, headers=self.headers)

    def see(self, case: Case, rest: str = ""):
        return self.get(self.path(case, rest))

    def post(self, path: str, /, **given):
        return self.client.post(path, given, content_type="application/json", headers=self.headers)

    def take(self, case: Case, step: str, /, **given):
        return self.post(self.path(case, f"actions/{step}/"), **given)

    def change(self, case: Case, /, **given):
        return self.client.patch(self.path(case), given, content_type="application/json", headers=self.headers)

    def begin(self, model: type[Case], /, **given):
        return self.post(f"/api/v1/{model.plural}/", **given)

    def numbers(self, model: type[Case]) -> list[str]:
        """What the list of a kind shows."""
        return [case["number"] for case in self.get(f"/api/v1/{model.plural}/").json()["results"]]


@pytest.fixture
def page() -> Callable[[Actor | None], Page]:
    """Sits somebody down in front of the pages; None is somebody who is not signed in."""
    return Page


@pytest.fixture
def api(db) -> Callable[[Actor], Api]:
    """Gives a program the token of a person."""
    return Api
