"""The pages and the REST API, for somebody of the cast."""

from collections.abc import Callable

import pytest

from accounts.actors import Actor
from tests.desk import Api, Page


@pytest.fixture
def page() -> Callable[[Actor | None], Page]:
    """Sits somebody down in front of the pages; None is somebody who is not signed in."""
    return Page


@pytest.fixture
def api(db) -> Callable[[Actor], Api]:
    """Gives a program the token of a person."""
    return Api
