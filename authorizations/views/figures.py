"""Pages of figures, also as Excel: `/usage/`, calls by month (Art. 26); `/quality/`, by department (Art. 24)."""

from datetime import date
from urllib.parse import urlencode

from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from accounts.roles import Role
from authorizations.figures import GROUPS, ROWS_AT_MOST, VIEWERS, Usage, UsageFilter, quality_by_department, usage
from casework import spreadsheets
from casework.drawing.bars import month_bars
from casework.refusals import NotYourStep
from casework.views.faces import signed_in

MONTHS_DRAWN = 24


@require_safe
@signed_in
def usage_page(request):
    """Calls under the grants that the reader may see, added up as the address says."""
    if not request.actor.has(*VIEWERS):
        raise NotYourStep(_("Figures on calls are for users, departments and supervising bodies."), article="26")
    asked = UsageFilter.read(request.GET)
    if request.GET.get("format") == "xlsx":
        return _usage_book(usage(request.actor, asked, most=ROWS_AT_MOST))
    found = usage(request.actor, asked)
    drawn = found.months[-MONTHS_DRAWN:]
    context = {
        "usage": found, "asked": asked, "groups": [(code, label) for code, (label, _columns) in GROUPS.items()],
        "heads": usage_heads(asked.by), "picture": month_bars(drawn, _("Calls by month")) if drawn else "",
        "months": list(reversed(found.months)), "query": _usage_query(request),
        "filtered": bool(asked.since or asked.until or asked.text),
    }  # fmt: skip
    return render(request, "authorizations/usage.html", context)


def usage_heads(by: str) -> list[str]:
    """The headings of the columns that name a row."""
    return {
        "grant": [_("Grant"), _("Resource"), _("User")],
        "resource": [_("Resource code"), _("Resource"), _("Department")],
        "department": [_("Department")],
        "user": [_("User")],
    }[by]


def _usage_query(request) -> str:
    return urlencode({name: request.GET[name] for name in ("by", "from", "until", "q") if request.GET.get(name)})


def _usage_book(found: Usage):
    figures = [
        pgettext("of data", "Calls"),
        _("Failed or denied"),
        _("Success rate"),
        _("Rows returned"),
        _("Last call"),
    ]
    heads = [*usage_heads(found.asked.by), *figures]
    rows = ([*row.names, row.calls, row.failures, row.share, row.rows, row.last_call_at] for row in found.rows)
    return spreadsheets.of_rows("usage", _("Calls by month"), heads, rows)


@require_safe
@signed_in
def quality_page(request):
    """Issues by department: to the bureau all, to a department its own."""
    actor = request.actor
    if not actor.has(Role.BUREAU, Role.BUREAU_LEAD, Role.DEPARTMENT):
        raise NotYourStep(_("Figures on quality are for the bureau and the departments."), article="24")
    since, until = _day(request.GET.get("from", "")), _day(request.GET.get("until", ""))
    rows = quality_by_department(actor, since, until)
    if request.GET.get("format") == "xlsx":
        heads = [_("Department"), *quality_heads()]
        return spreadsheets.of_rows(
            "quality", _("Quality by department"), heads,
            ([department.name, *figures.as_data().values()] for department, figures in rows),
        )  # fmt: skip
    context = {
        "rows": [(department, list(figures.as_data().values())) for department, figures in rows],
        "heads": quality_heads(), "since": since, "until": until, "today": timezone.localdate(),
        "query": urlencode({name: request.GET[name] for name in ("from", "until") if request.GET.get(name)}),
    }  # fmt: skip
    return render(request, "authorizations/quality.html", context)


def quality_heads() -> list[str]:
    """The headings of the figures, in their order."""
    return [
        _("Issues received"), _("Answered"), _("Answered in time"), _("Corrected"), _("Reopened"), _("Open and overdue")
    ]  # fmt: skip


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
