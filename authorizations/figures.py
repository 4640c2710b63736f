"""Figures of chapter 4: calls by month (Art. 26), issues with the quality of data by department (Art. 24)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date

from django.db.models import Count, F, Max, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Organisation
from accounts.roles import OrganisationKind, Role
from authorizations.models import QualityAnswer, QualityIssue, UsageMonth

ROWS_AT_MOST = 10_000
VIEWERS = (Role.OPERATOR, Role.PARTNER, Role.DEPARTMENT, Role.BUREAU, Role.BUREAU_LEAD, Role.REGULATOR)
"""Who is shown calls; which of them, `UsageMonth.objects.visible_to` says."""
_NAME = "grant__resource__listed_version__name"
GROUPS = {
    "grant": (_("Grant"), ("grant__code", _NAME, "grant__organisation__name")),
    "resource": (_("Resource"), ("grant__resource__code", _NAME, "grant__item__department__name")),
    "department": (_("Department"), ("grant__item__department__name",)),
    "user": (_("User"), ("grant__organisation__name",)),
}
"""By what the calls are added up: label, and the columns that name a row."""


@dataclass(frozen=True)
class UsageFilter:
    """Which months and whose calls, as the address says; a filter without sense is ignored."""

    by: str = "grant"
    since: date | None = None
    until: date | None = None
    text: str = ""

    @classmethod
    def read(cls, asked) -> "UsageFilter":
        """From the parameters `by`, `from`, `until` (2026-03) and `q`."""
        by = asked.get("by", "")
        return cls(
            by=by if by in GROUPS else "grant", since=month_of(asked.get("from", "")),
            until=month_of(asked.get("until", "")), text=asked.get("q", "").strip()[:100],
        )  # fmt: skip

    def of(self, actor: Actor):
        """The months of the grants that the actor may see, within the filter."""
        found = UsageMonth.objects.visible_to(actor)
        if self.since:
            found = found.filter(month__gte=self.since)
        if self.until:
            found = found.filter(month__lte=self.until)
        if self.text:
            found = found.filter(
                Q(grant__code__icontains=self.text)
                | Q(grant__resource__code__icontains=self.text)
                | Q(grant__resource__listed_version__name__icontains=self.text)
                | Q(grant__organisation__name__icontains=self.text)
            )
        return found


def month_of(text: str) -> date | None:
    """The first day of a month written 2026-03; None for anything else."""
    try:
        return date.fromisoformat(f"{text}-01") if len(text) == 7 else None
    except ValueError:
        return None


@dataclass(frozen=True)
class UsageRow:
    """Calls added up: what names the row, how many, how many failed or were denied, rows returned, the last call."""

    names: tuple[str, ...]
    calls: int
    failures: int
    rows: int
    last_call_at: object

    @property
    def share(self) -> str:
        """The share of successful calls in per cent, to one place; cut, so that 100 means every one."""
        return f"{(self.calls - self.failures) * 1000 // self.calls / 10:.1f}%" if self.calls else "—"


@dataclass(frozen=True)
class Usage:
    """One page of figures: the rows of the group asked for, the months one by one, and all together."""

    asked: UsageFilter
    rows: list[UsageRow] = field(default_factory=list)
    months: list[tuple[date, int, int]] = field(default_factory=list)
    total: UsageRow | None = None
    more: bool = False


_SUMS = {
    "all_calls": Sum("calls"), "all_failures": Sum("failures"), "all_rows": Sum("rows"), "last": Max("last_call_at"),
}  # fmt: skip


def usage(actor: Actor, asked: UsageFilter, *, most: int = 200) -> Usage:
    """The figures that the actor may see, the most called first."""
    found, names = asked.of(actor).order_by(), GROUPS[asked.by][1]
    grouped = found.values_list(*names).annotate(**_SUMS).order_by("-all_calls", *names)
    rows = [UsageRow(tuple(row[: len(names)]), *row[len(names) :]) for row in grouped[: most + 1]]
    months = found.values_list("month").annotate(Sum("calls"), Sum("failures")).order_by("month")
    total = found.aggregate(**_SUMS)
    return Usage(
        asked, rows[:most], list(months),
        UsageRow((), total["all_calls"] or 0, total["all_failures"] or 0, total["all_rows"] or 0, total["last"]),
        len(rows) > most,
    )  # fmt: skip


@dataclass(frozen=True)
class QualityFigures:
    """A department's issues in a period; `open_overdue` is how many wait for its answer past their day."""

    raised: int = 0
    answered: int = 0
    in_time: int = 0
    corrected: int = 0
    reopened: int = 0
    open_overdue: int = 0

    def as_data(self) -> dict[str, int]:
        """By name."""
        return asdict(self)


def quality_figures(
    department: Organisation | int, since: date | None = None, until: date | None = None
) -> QualityFigures:
    """What is counted for a department from one day to another, both included; None leaves that side open.

    Issues count as raised when they were first passed to the department, answers when they were given: in time where
    that was on the day set or before, reopened where the issue was reopened after it.
    """
    issues = QualityIssue.objects.filter(department=department, passed_at__isnull=False)
    answers = QualityAnswer.objects.filter(issue__department=department)
    given = answers.filter(_within("answered_at", since, until)).aggregate(
        answered=Count("id"),
        in_time=Count("id", filter=Q(answered_at__date__lte=F("answer_by"))),
        corrected=Count("id", filter=Q(outcome="corrected")),
        reopened=Count("id", filter=Q(reopened_at__isnull=False)),
    )
    waiting = issues.filter(_within("passed_at", None, until), state="with_department")
    return QualityFigures(
        raised=issues.filter(_within("passed_at", since, until)).count(),
        open_overdue=waiting.filter(answer_by__lt=timezone.localdate()).count(),
        **given,
    )


def _within(column: str, since: date | None, until: date | None) -> Q:
    found = Q()
    if since:
        found &= Q(**{f"{column}__date__gte": since})
    if until:
        found &= Q(**{f"{column}__date__lte": until})
    return found


def quality_by_department(
    actor: Actor, since: date | None, until: date | None
) -> Sequence[tuple[Organisation, QualityFigures]]:
    """The figures of the actor's own department, or, to the bureau, of each department that has had an issue."""
    if actor.has(Role.DEPARTMENT):
        departments = [actor.organisation]
    elif actor.has(Role.BUREAU, Role.BUREAU_LEAD):
        concerned = QualityIssue.objects.filter(passed_at__isnull=False).values("department")
        departments = Organisation.objects.filter(pk__in=concerned, kind=OrganisationKind.DEPARTMENT).order_by("name")
    else:
        departments = []
    return [(department, quality_figures(department, since, until)) for department in departments]
