"""Fixtures for every test."""

import pytest

pytest_plugins = [
    "tests.browsing", "tests.cast", "tests.desk", "tests.flushing", "tests.story", "tests.partner_story",
    "tests.data_story", "tests.serving",
]  # fmt: skip


def pytest_addoption(parser):
    """The switch that writes the golden tables of `tests/machines` anew."""
    parser.addoption("--golden", action="store_true", help="write the golden tables of tests/machines anew")


@pytest.fixture
def whole_story(data_story):
    """The story that brings every kind of case into every state: the one that knows the most areas."""
    return data_story


@pytest.fixture(autouse=True)
def _quick_printing(request, monkeypatch):
    """Sets no page where nobody looks at one: a PDF costs more than all the steps that lead to it.

    Tests of papers themselves, and the browser's, carry the marker `printed` and get the real thing.
    """
    if request.node.get_closest_marker("printed") is None:
        monkeypatch.setattr("casework.pdf.render", lambda html, text: b"%PDF-1.7\n" + html.encode() + b"\n%%EOF\n")
