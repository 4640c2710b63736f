"""What most stories of partners and data begin with, built once and lent to one test after another.

That is the cast, the experts and the operator's agreement: eighteen steps that would otherwise be taken anew for each
test. They lie in a transaction around the tests, inside which each has a savepoint of its own. Tests with real
transactions, and those that look at printed papers, build their own.
"""

import copy
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

import pytest
import time_machine
from django.apps import apps
from django.db import connection, transaction
from django.test import override_settings
from django.utils import translation

from casework import pdf
from tests.cast import Cast, build_cast
from tests.data_story import DataStory
from tests.partner_story import PartnerStory
from tests.printing import unprinted
from tests.story import NOW, kept_in

STORIES = {"partner_story", "data_story"}


@dataclass
class Ground:
    """Open while there is a story in the database to begin with."""

    module: str = ""
    """Whose tests stand on it; empty where there is none."""
    story: PartnerStory | None = None
    files: Path | None = None
    _around: ExitStack = field(default_factory=ExitStack)

    def open(self, module: str) -> None:
        """Build it for the tests of a module, in a transaction that stays open."""
        self.module = module
        self.files = Path(self._around.enter_context(tempfile.TemporaryDirectory()))
        self._around.enter_context(transaction.atomic())
        self._around.callback(transaction.set_rollback, True)
        with (
            time_machine.travel(NOW, tick=False), translation.override("en"), override_settings(**kept_in(self.files)),
            patch.object(pdf, "render", unprinted),
        ):  # fmt: skip
            self.story = PartnerStory(build_cast())
            self.story.operating_agreement()

    def close(self) -> None:
        """Roll it back."""
        self._around.close()
        self.module, self.story, self.files = "", None, None

    def lend(self, where: Path) -> PartnerStory:
        """The story, as objects that a test may change, and its files."""
        shutil.copytree(self.files, where, dirs_exist_ok=True)
        return copy.deepcopy(self.story)


GROUND = Ground()


def _stands_on_it(request: pytest.FixtureRequest) -> bool:
    marker, fixtures = request.node.get_closest_marker("django_db"), set(request.fixturenames)
    real = marker is not None and marker.kwargs.get("transaction")
    if real or fixtures & {"transactional_db", "live_server"} or request.node.get_closest_marker("printed"):
        return False
    return bool(fixtures & STORIES)


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef, request):
    """Opens or closes the ground just before a test's own transaction begins."""
    if fixturedef.argname != "_django_db_helper":
        return
    # One a module: the longer a transaction, the more it leaves behind that nothing sweeps up before its end.
    wanted = request.node.module.__name__ if _stands_on_it(request) else ""
    if wanted == GROUND.module:
        return
    with request.getfixturevalue("_ground_is_left").unblock():
        GROUND.close()
        _sweep()
        if wanted:
            GROUND.open(wanted)


def _sweep() -> None:
    """Removes what tests have rolled back: PostgreSQL keeps it until somebody does, and reads past it meanwhile."""
    if connection.vendor == "postgresql" and not connection.in_atomic_block:
        tables = ", ".join(model._meta.db_table for model in apps.get_models())
        with connection.cursor() as cursor:
            cursor.execute(f"VACUUM {tables}")


@pytest.fixture(scope="session")
def _ground_is_left(django_db_setup, django_db_blocker):
    """Nothing stays open when the database goes."""
    yield django_db_blocker
    with django_db_blocker.unblock():
        GROUND.close()


@pytest.fixture
def cast(request, db) -> Cast:
    """Everybody, with the password `demo`."""
    if _stands_on_it(request):
        return request.getfixturevalue("_lent").cast
    return build_cast()


@pytest.fixture
def _lent(db, tmp_path) -> PartnerStory:
    return GROUND.lend(tmp_path)


def _told(request: pytest.FixtureRequest, kind: type[PartnerStory], cast: Cast) -> Iterator[PartnerStory]:
    experts = request.getfixturevalue("_lent").experts if _stands_on_it(request) else None
    with translation.override("en"):
        yield kind(cast, experts)


@pytest.fixture
def partner_story(request, cast, now, files) -> Iterator[PartnerStory]:
    """As `story`, with an operator under agreement and its partners."""
    yield from _told(request, PartnerStory, cast)


@pytest.fixture
def data_story(request, cast, now, files) -> Iterator[DataStory]:
    """The whole story: selection of operators, partners, data. Messages in English."""
    yield from _told(request, DataStory, cast)
