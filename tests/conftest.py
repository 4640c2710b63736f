"""Fixtures for every test."""

pytest_plugins = ["tests.browsing", "tests.cast", "tests.desk", "tests.flushing", "tests.story", "tests.partner_story"]


def pytest_addoption(parser):
    """The switch that writes the golden tables of `tests/machines` anew."""
    parser.addoption("--golden", action="store_true", help="write the golden tables of tests/machines anew")
