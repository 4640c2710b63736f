"""Fixtures for the rules and the calendar."""

import pytest
from hypothesis import settings as hypothesis_settings

from regulation import calendar
from regulation.calendar import Calendar
from regulation.holidays import shipped

# A deadline for one example measures the machine, and the first example builds the calendar.
hypothesis_settings.register_profile("portal", deadline=None)
hypothesis_settings.load_profile("portal")


@pytest.fixture(scope="session")
def published() -> Calendar:
    """The calendar of the notices that come with the portal, without a database."""
    notices = list(shipped())
    named = {day: (off, name) for notice in notices for day, name, off in notice.days}
    return Calendar(named, {notice.year for notice in notices})


@pytest.fixture
def table(db) -> Calendar:
    """The calendar as the migrated database has it."""
    return calendar.current()
