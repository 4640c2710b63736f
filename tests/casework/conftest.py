"""Rule sets of a test's own, and what clocks and the ledger say."""

import json
import re
from datetime import datetime

import pytest
from django.conf import settings as portal

from casework.ledger.models import Entry
from casework.models.clock import Clock
from tests.story import BEIJING


@pytest.fixture
def correction_stops_clock(settings, tmp_path):
    """The rule set says that a correction stops the clock."""
    text = (portal.RULES_DIR / "futian-2024.toml").read_text("utf-8")
    changed = re.sub(r"(\[settings\.correction_stops_clock\]\nvalue = )false", r"\1true", text)
    assert changed != text
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "futian-2024.toml").write_text(changed, "utf-8")
    settings.RULES_DIR = folder


def beijing(day: int, hour: int = 10, minute: int = 0, *, month: int = 3, year: int = 2026) -> datetime:
    """A moment in Beijing, in March 2026 unless told otherwise."""
    return datetime(year, month, day, hour, minute, tzinfo=BEIJING)


def clock_of(case, name: str) -> Clock:
    """The clock of a period of a case that was started last."""
    return Clock.objects.of(case).filter(name=name).latest("pk")


def details(**what) -> list[dict]:
    """What entries of the ledger say in detail, in order."""
    return [json.loads(bytes(entry.payload))["detail"] for entry in Entry.objects.filter(**what).order_by("seq")]
