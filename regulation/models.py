"""The working-day calendar as a table that staff extend: one year, one official notice."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CalendarYear(models.Model):
    """A published year: the notice it comes from, whether that is official, when it was loaded.

    `papers` lists the addresses of the notice. `digest` changes whenever what the notice says changes.
    """

    year = models.PositiveSmallIntegerField(_("year"), unique=True)
    source = models.CharField(_("source"), max_length=300)
    papers = models.JSONField(_("addresses of the notice"), default=list, blank=True)
    official = models.BooleanField(_("official"), default=False)
    digest = models.CharField(_("digest"), max_length=64)
    imported_at = models.DateTimeField(_("loaded at"))

    class Meta:
        verbose_name = _("calendar year")
        verbose_name_plural = _("working-day calendar")
        ordering = ["-year"]

    def __str__(self) -> str:
        return str(self.year)


class CalendarDay(models.Model):
    """A day that a notice names: a day off, or a make-up working day.

    A notice may speak of days of the December before its year. Each notice keeps its own rows; where two speak of the
    same day, the later year's prevails.
    """

    year = models.ForeignKey(CalendarYear, models.CASCADE, related_name="days", verbose_name=_("notice of"))
    date = models.DateField(_("day"))
    name = models.CharField(_("occasion"), max_length=60)
    is_off_day = models.BooleanField(_("day off"))

    class Meta:
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")
        ordering = ["date", "year"]
        constraints = [models.UniqueConstraint(fields=["year", "date"], name="calendar_day_once_a_notice")]

    def __str__(self) -> str:
        return f"{self.date} {self.name}"
