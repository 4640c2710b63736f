"""What a user takes away of a grant: the field list at once, an export by order. Both only while the grant is usable.

Whether it is, is asked when the order is given, when the job begins, when it ends, and when the file is downloaded.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime
from io import BytesIO

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.http import FileResponse, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from accounts.actors import Actor
from authorizations.links import Link, broken
from authorizations.models import Export, Grant
from authorizations.parties import USER_ROLES
from casework import reading
from casework.refusals import GuardRefused, NotVisible, NotYourStep
from casework.spreadsheets import XLSX, safe
from regulation import rules


def why_closed(grant: Grant, *, at: datetime) -> Link | None:
    """The link of a grant that is not in force at a moment; None while it is usable."""
    day = timezone.localdate(at)
    if grant.is_usable_on(day):
        return None
    current = Grant.objects.select_related(
        "resource", "scenario", "item", "version", "agreement", "partnership", "request"
    ).get(pk=grant.pk)
    return broken(current, on=day)


def refuse_closed(grant: Grant, *, at: datetime) -> None:
    """Refuse what rests on a grant that is not usable.

    Raises:
        GuardRefused: with the reason and its article.
    """
    if link := why_closed(grant, at=at):
        raise GuardRefused(link.reason, article=link.article, remedy=_("What it rests on must be in force first."))


def download(data: bytes, name: str) -> HttpResponse:
    """A workbook as a download."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(data, content_type=XLSX, headers=headers)


# --- the field list ------------------------------------------------------------------------------------------------


def dictionary(grant: Grant, *, at: datetime) -> bytes:
    """The field list of the version granted, as a workbook: names and types, no datum (Art. 4).

    Raises:
        GuardRefused: where the grant is not usable.
    """
    refuse_closed(grant, at=at)
    heading = [_("Field"), _("Label"), _("Type"), _("Sensitivity")]
    rows = [[one.get(name, "") for name in ("name", "label", "type", "sensitivity")] for one in grant.version.fields]
    return workbook({_("Fields"): [heading, *rows]})


# --- exports -------------------------------------------------------------------------------------------------------


def particulars(grant: Grant) -> dict[str, list[list]]:
    """What the export of a grant holds, sheet by sheet."""
    agreement, modes = grant.agreement, dict(rules.get(grant.agreement.rule_set).options("mode_of_use"))
    rows = [
        [_("Grant"), grant.code],
        [_("User"), grant.organisation.name],
        [_("Operator"), grant.operator.name],
        [_("Data resource"), f"{grant.version.name} {grant.resource.code}"],
        [_("Version"), grant.version.round],
        [_("Scenario"), f"{grant.scenario.name} {grant.scenario.code}"],
        [_("Mode of use"), str(modes.get(grant.request.mode_of_use, ""))],
        [_("Request"), grant.request.number],
        [_("Data use agreement"), agreement.number],
        [_("Begins on"), agreement.starts_on],
        [_("Ends on"), agreement.ends_on],
    ]
    return {_("Particulars"): [[_("Particulars"), ""], *rows]}


def calls_by_month(grant: Grant) -> dict[str, list[list]]:
    """What the records of its calls come to (Art. 26), the latest month last."""
    heading = [_("Month"), pgettext("of data", "Calls"), _("Failed or denied"), _("Rows returned")]
    months = grant.months.order_by("month")
    rows = [[f"{one.month:%Y-%m}", one.calls, one.failures, one.rows] for one in months]
    return {_("Calls by month"): [heading, *rows]}


CONTENTS: dict[str, list[Callable[[Grant], dict[str, list[list]]]]] = {"particulars": [particulars, calls_by_month]}
"""What each kind of export is made of: functions that give its sheets; no datum of a resource (Art. 4)."""


def workbook(sheets: dict[str, list[list]]) -> bytes:
    """A workbook of these sheets, the first row of each a heading."""
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title[:31])
        for row in rows:
            sheet.append([safe(value) for value in row])
        for number, cell in enumerate(sheet[1], start=1):
            cell.font = Font(bold=True)
            sheet.column_dimensions[get_column_letter(number)].width = 32
        sheet.freeze_panes = "A2"
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def order(grant: Grant, *, by: Actor, at: datetime) -> Export:
    """Order an export, which a job makes.

    Raises:
        NotYourStep: where the actor is not the grant's user, or may only read.
        GuardRefused: where the grant is not usable.
    """
    own = by.organisation is not None and by.organisation.pk == grant.organisation_id and by.has(*USER_ROLES)
    if not own or by.read_only:
        raise NotYourStep(_("Exports are ordered by the user of the grant."), article="19(1)")
    refuse_closed(grant, at=at)
    return Export.objects.create(
        grant=grant, kind="particulars", organisation=by.organisation, ordered_by=by.person, ordered_at=at
    )


def make_next() -> bool:
    """Make the export that has waited longest, or refuse it. Returns whether there was one.

    Its row stays locked meanwhile: of two workers each takes another, and one that dies leaves it waiting.
    """
    skips = connection.features.has_select_for_update_skip_locked
    with transaction.atomic(), translation.override(settings.LANGUAGE_CODE):
        export = Export.objects.waiting().select_for_update(skip_locked=skips, of=_itself()).first()
        if export is None:
            return False
        _make(export)
    return True


def _itself() -> tuple[str, ...]:
    return ("self",) if connection.features.has_select_for_update_of else ()


def _make(export: Export) -> None:
    grant = Grant.objects.select_related(
        "organisation", "operator", "resource", "version", "scenario", "request", "agreement"
    ).get(pk=export.grant_id)
    link = why_closed(grant, at=timezone.now())
    if link is None:
        data = workbook({title: rows for part in CONTENTS[export.kind] for title, rows in part(grant).items()})
        link = why_closed(grant, at=timezone.now())
    export.finished_at = timezone.now()
    if link is not None:
        export.refused_code, export.refused_article = link.code, link.article
    else:
        export.sha256 = hashlib.sha256(data).hexdigest()
        export.file.save("export.xlsx", ContentFile(data), save=False)
    export.save()


def read(code: str, *, by: Actor, at: datetime) -> FileResponse:
    """An export as a download. The reading is an entry of the ledger.

    Raises:
        NotVisible: where there is none for this reader, or it has not been made.
        GuardRefused: where its grant is not usable any more.
    """
    found = Export.objects.visible_to(by).filter(code=code).select_related("grant__agreement", "grant__version").first()
    if found is None or not found.is_made:
        raise NotVisible(code)
    refuse_closed(found.grant, at=at)
    reading.record(found.grant.agreement, by=by, at=at, what=f"export:{found.pk}", sha256=found.sha256)
    name = f"{found.grant.code}-{timezone.localdate(found.ordered_at):%Y%m%d}.xlsx"
    response = FileResponse(found.file.open("rb"), as_attachment=True, filename=name, content_type=XLSX)
    response["X-Content-Type-Options"] = "nosniff"
    return response
