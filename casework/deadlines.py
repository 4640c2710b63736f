"""A clock as a person reads it: a light, words, and the sum behind it."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from casework.kinds import kinds
from casework.models.clock import Clock
from regulation import calendar
from regulation.calendar import Day

SOON = 2
"""Working days before the last one from which the light is amber."""


@dataclass(frozen=True)
class Deadline:
    """What is shown of a running clock. `light` is one of in_time, due_soon, overdue, paused."""

    clock: Clock
    light: str
    words: str

    @property
    def name(self) -> str:
        """What is limited, and for whom: the state's label and the organisation that must act."""
        label = str(kinds()[self.clock.case_kind].states[self.clock.name].label)
        return f"{label} · {self.clock.organisation.name}" if self.clock.organisation else label

    @property
    def due_on(self) -> date | None:
        """The last day, which ends at 24:00 Beijing time."""
        return self.clock.due_on

    @property
    def days(self) -> list[Day]:
        """Each day from the one after receipt to the last one."""
        return self.clock.days_listed()


def deadline(clock: Clock | None, *, on: datetime) -> Deadline | None:
    """The clock in words at a moment; None where there is no clock."""
    if clock is None:
        return None
    if clock.due_on is None:
        return Deadline(clock, "paused", _("paused"))
    table, today = calendar.current(), timezone.localdate(on)
    if clock.overdue(on):
        late = table.working_days_between(clock.due_on, today)
        words = ngettext("%(days)s working day overdue", "%(days)s working days overdue", late) % {"days": late}
        return Deadline(clock, "overdue", words)
    left = table.working_days_between(today, clock.due_on)
    if left == 0:
        words = _("due today")
    else:
        words = ngettext("due in %(days)s working day", "due in %(days)s working days", left) % {"days": left}
    return Deadline(clock, "due_soon" if left <= SOON else "in_time", words)
