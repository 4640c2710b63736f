"""Case numbers: issued once, gapless within a kind and a year."""

from django.db import models


class NumberSeries(models.Model):
    """The last number issued for a prefix in a year; its row is locked until the case that took one is written."""

    prefix = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["prefix", "year"], name="number_series_once")]

    def __str__(self) -> str:
        return f"{self.prefix}-{self.year}-{self.last:04d}"

    @classmethod
    def issue(cls, prefix: str, year: int) -> str:
        """The next number, such as `SQ-2026-0001`. Must run in the transaction that writes the case."""
        series, _ = cls.objects.select_for_update().get_or_create(prefix=prefix, year=year)
        series.last += 1
        series.save(update_fields=["last"])
        return str(series)
