"""Rows that speak of a case of any kind."""

from django.db import models


class OfCaseQuerySet(models.QuerySet):
    """Reads of rows about cases."""

    def of(self, case) -> "OfCaseQuerySet":
        """The rows about this case."""
        return self.filter(case_kind=case.kind, case_id=case.pk)


class OfCase(models.Model):
    """A row about a case: the kind's slug, the case's key and, to be read, its number."""

    case_kind = models.CharField(max_length=40)
    case_id = models.BigIntegerField()
    case_number = models.CharField(max_length=40)

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        abstract = True
        indexes = [models.Index(fields=["case_kind", "case_id"], name="%(class)s_of_case")]

    @staticmethod
    def refers(case) -> dict:
        """The three values that say which case, for `create()`."""
        return {"case_kind": case.kind, "case_id": case.pk, "case_number": case.number}
