"""Clocks: a limit computed from events, never counted up."""

from dataclasses import replace
from datetime import date, datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from casework.models.of_case import OfCase
from regulation import calendar
from regulation.calendar import Day, Due


class Clock(OfCase):
    """One limit on one case: received on a day, so many working days or a fixed last day, pauses, and what comes of it.

    `due_on` is derived from the other columns and the working-day calendar and is stored to be sorted and swept by;
    a change of calendar recomputes it. `pauses` is a list of [from, to] ISO dates, the last `to` null while paused.
    """

    name = models.CharField(_("period"), max_length=60)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", null=True)
    article = models.CharField(_("article"), max_length=20, blank=True)
    received_on = models.DateField(_("received on"))
    days = models.PositiveSmallIntegerField(_("working days"), null=True)
    fixed_on = models.DateField(_("last day set"), null=True)
    pauses = models.JSONField(default=list, blank=True)
    due_on = models.DateField(_("due on"), null=True)
    due_at = models.DateTimeField(_("due at"), null=True)
    provisional = models.BooleanField(_("provisional"), default=False)
    started_at = models.DateTimeField(_("started at"))
    stopped_at = models.DateTimeField(_("stopped at"), null=True)
    # When the next word is due (a warning, then the due notice, then the escalation); null when nothing is left to say.
    next_word_at = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)
    due_said_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)

    class Meta(OfCase.Meta):
        abstract = False
        verbose_name = _("clock")
        indexes = [
            models.Index(fields=["case_kind", "case_id"], name="clock_case"),
            models.Index(
                fields=["next_word_at"],
                name="clock_next_word",
                condition=models.Q(stopped_at=None, next_word_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_number} {self.name}"

    @property
    def paused(self) -> bool:
        """Whether the clock stands still now."""
        return bool(self.pauses) and self.pauses[-1][1] is None

    def pause(self, on: date) -> None:
        """Stop counting after the given day."""
        self.pauses = [*self.pauses, [on.isoformat(), None]]
        self.due_on = self.due_at = None

    def resume(self, on: date) -> None:
        """Count on; the day of resuming is not counted, as a day of receipt is not."""
        self.pauses = [*self.pauses[:-1], [self.pauses[-1][0], on.isoformat()]]
        self.forget_words()
        self.compute()

    def forget_words(self) -> None:
        """What was said of an earlier last day does not count for the new one."""
        self.warned_at = self.due_said_at = self.escalated_at = None

    def compute(self) -> None:
        """Derive the due day from the events. A paused clock has none."""
        if self.paused:
            self.due_on = self.due_at = None
            return
        due = self._sum()
        self.due_on, self.due_at, self.provisional = due.due_on, due.ends_at, due.provisional

    def _sum(self) -> Due:
        table = calendar.current()
        if self.fixed_on is not None:
            return table.until(self.received_on, self.fixed_on)
        received_on, left, provisional = self.received_on, self.days, False
        for began, ended in self.pauses:
            used = table.working_days_between(received_on, date.fromisoformat(began))
            if used >= left:
                break
            provisional |= not table.is_published(date.fromisoformat(began))
            received_on, left = date.fromisoformat(ended), left - used
        due = table.add(received_on, left)
        return due if due.provisional or not provisional else due.as_provisional()

    def days_listed(self) -> list[Day]:
        """Each day from the one after receipt to the due day: whether it counts, and why not."""
        if self.due_on is None:
            return []
        return [
            replace(day, counts=False, why=_("paused")) if self._paused_on(day.date) else day
            for day in calendar.current().days(self.received_on, self.due_on)
        ]

    def _paused_on(self, day: date) -> bool:
        return any(
            date.fromisoformat(began) < day and (ended is None or day <= date.fromisoformat(ended))
            for began, ended in self.pauses
        )

    def overdue(self, on: datetime) -> bool:
        """Whether the last day has ended at the given moment."""
        return self.due_at is not None and on >= self.due_at

    def warn_at(self, working_days_ahead: int) -> datetime | None:
        """When the warning is due: the start of the day that lies so many working days before the last one."""
        if self.due_on is None:
            return None
        return calendar.start_of(calendar.current().working_day_before(self.due_on, working_days_ahead))
