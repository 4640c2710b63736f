"""Loading a year's official notice into the calendar. All of it or nothing; twice is the same as once."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from regulation.models import CalendarDay, CalendarYear
from regulation.notices import Notice, NoticeRefused, read

__all__ = ["Imported", "Notice", "NoticeRefused", "import_file", "import_notice", "import_year", "read", "shipped"]

SHIPPED = Path(__file__).parent / "data" / "holidays"


@dataclass(frozen=True)
class Imported:
    """What loading a notice did: the year as it stands now, and each day whose row was added, altered or taken out."""

    record: CalendarYear
    changed: tuple[date, ...]

    @property
    def year(self) -> int:
        """The year of the notice."""
        return self.record.year

    @property
    def source(self) -> str:
        """Title and number of the notice."""
        return self.record.source

    @property
    def days(self):
        """The days the notice names, as a manager."""
        return self.record.days


def digest(notice: Notice) -> str:
    """SHA-256 of what a notice says, whatever the order of its rows."""
    said = (notice.source, notice.papers, notice.official, sorted(notice.days))
    return hashlib.sha256(repr(said).encode()).hexdigest()


def import_notice(notice: Notice) -> Imported:
    """Put a year into the table in place of what its notice said before."""
    with transaction.atomic():
        CalendarYear.objects.get_or_create(year=notice.year, defaults={"imported_at": timezone.now()})
        record = CalendarYear.objects.select_for_update().get(year=notice.year)
        before, after = set(record.days.values_list("date", "name", "is_off_day")), set(notice.days)
        if record.digest != digest(notice):
            record.source, record.papers, record.official = notice.source, list(notice.papers), notice.official
            record.digest, record.imported_at = digest(notice), timezone.now()
            record.save()
        record.days.filter(date__in=[day for day, _name, _off in before - after]).delete()
        CalendarDay.objects.bulk_create(
            CalendarDay(year=record, date=day, name=name, is_off_day=off) for day, name, off in sorted(after - before)
        )
    return Imported(record, tuple(sorted({day for day, _name, _off in before ^ after})))


def import_year(text: str, *, name: str, source: str = "", official: bool | None = None) -> Imported:
    """Read a notice from the text of a file and put it into the table.

    Args:
        name: the file's name; `.csv` is read as CSV, anything else as JSON.
        source: title and number of the notice, in place of what the file says.
        official: whether it is official, in place of what the file says.

    Raises:
        NoticeRefused: naming each row and what is wrong with it.
    """
    return import_notice(read(text, name=name, source=source, official=official))


def import_file(path: Path, *, source: str = "", official: bool | None = None) -> Imported:
    """Read a file and put its year into the table; the arguments are those of `import_year`.

    Raises:
        OSError: where it can't be read.
        NoticeRefused: where it is not a notice.
    """
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NoticeRefused.not_text(path.name) from error
    return import_year(text, name=path.name, source=source, official=official)


def shipped() -> Iterable[Notice]:
    """The notices that come with the portal, the earliest first."""
    for path in sorted(SHIPPED.glob("*.json")):
        yield read(path.read_text("utf-8"), name=path.name)
