"""Excel out of a list, as the reader sees it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from io import BytesIO

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from casework.overview import CaseList, Overview

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS_AT_MOST = 10_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe(value):
    """A value as a cell: a text that a spreadsheet would run as a formula is written as text."""
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None)
    text = value if isinstance(value, str) else None
    return f"'{text}" if text is not None and text.startswith(_FORMULA) else value


def _row(overview: Overview) -> list:
    case, due = overview.case, overview.deadline
    return [
        case.number,
        case.title,
        case.organisation.name,
        case.get_state_display(),
        "、".join(dict.fromkeys(task.organisation.name for task in overview.tasks)),
        due.due_on if due else None,
        due.words if due else "",
        case.started_at,
    ]


def of_cases(listing: CaseList) -> HttpResponse:
    """The list as a workbook with a heading row, frozen, filters on."""
    heads = [
        _("Number"),
        _("Subject"),
        _("Organisation"),
        _("State"),
        _("Whose turn"),
        _("Due on"),
        _("Limit"),
        _("Started at"),
    ]
    title = str(listing.model._meta.verbose_name_plural)
    rows = (_row(overview) for overview in listing.rows)
    return of_rows(listing.model.plural, title, heads, rows, widths=[18, 36, 32, 22, 32, 12, 22, 20])


def of_rows(
    name: str, title: str, heads: Sequence[str], rows: Iterable[Sequence], *, widths: Sequence[int] = ()
) -> HttpResponse:
    """Any rows as a workbook; `name` begins the name of the file."""
    book = Workbook(write_only=False)
    sheet = book.active
    sheet.title = title[:31]
    sheet.append(list(heads))
    for row in rows:
        sheet.append([safe(value) for value in row])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for column, width in enumerate(widths or [24] * len(heads), start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    written = BytesIO()
    book.save(written)
    file = f"{name}-{timezone.localdate():%Y%m%d}.xlsx"
    return HttpResponse(
        written.getvalue(), content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{file}"'}
    )
