"""Fixtures for every test."""

import pytest

pytest_plugins = [
    "tests.browsing", "tests.desk", "tests.flushing", "tests.printing", "tests.story", "tests.ground", "tests.serving",
]  # fmt: skip


def pytest_addoption(parser):
    """The switch that writes the golden tables of `tests/machines` anew."""
    parser.addoption("--golden", action="store_true", help="write the golden tables of tests/machines anew")


@pytest.fixture
def whole_story(data_story):
    """The story that brings every kind of case into every state: the one that knows the most areas."""
    return data_story
