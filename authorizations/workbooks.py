"""The catalogue as a workbook: what is written and how it is read again (Art. 6(2)).

Two sheets: resources, one a row, and their fields, one a row. Headings and choices stand in the reader's language and
are read in either, or by their codes. What a spreadsheet would run as a formula is written as text and read back.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from io import BytesIO

from django.http import HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from authorizations.sheets.wording import FLAGS, LABELS, OPTIONS, SHARES, in_words, labels
from casework.sniffing import NotAccepted, sniff
from casework.spreadsheets import XLSX

BYTES_AT_MOST = 5 * 1024 * 1024
RESOURCES_AT_MOST, FIELDS_AT_MOST, CELL_AT_MOST = 500, 20_000, 20_000
CODE = gettext_lazy("Resource code")
COLUMNS = {"code": CODE} | LABELS
FIELD_COLUMNS = {
    "code": CODE, "name": gettext_lazy("Field name"), "label": gettext_lazy("What it is"),
    "type": pgettext_lazy("of a field", "Type"), "sensitivity": gettext_lazy("Sensitivity level"),
}  # fmt: skip
TOLD = {
    "number": gettext_lazy("Number in the portal"), "department": gettext_lazy("Department"),
    "state": gettext_lazy("State of the entry"), "round": gettext_lazy("Version listed"),
    "listed_at": gettext_lazy("Listed at"),
}  # fmt: skip
"""Columns of an export that an import leaves alone."""
RESOURCE_SHEET, FIELD_SHEET = gettext_lazy("Resources"), gettext_lazy("Fields")
_RUNS = re.compile(r"'*[=+\-@\t\r]")
_WAS_MADE_SAFE = re.compile(r"'+[=+\-@\t\r]")
LANGUAGES = ("zh-hans", "en")


def safe(value):
    """A value as a cell. A text that a spreadsheet would run gets an apostrophe, which reading takes off again."""
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None)
    if not isinstance(value, str):
        return value
    text = ILLEGAL_CHARACTERS_RE.sub("", value)
    return f"'{text}" if _RUNS.match(text) else text


# --- writing ---------------------------------------------------------------------------------------------------


def written(entries: Iterable[tuple[object, object]], name: str) -> HttpResponse:
    """A workbook of resources, each with the text that is shown of it, as a download."""
    book, words = Workbook(), labels()
    rows, fields = book.active, book.create_sheet()
    _head(rows, RESOURCE_SHEET, [*COLUMNS.values(), *TOLD.values()])
    _head(fields, FIELD_SHEET, FIELD_COLUMNS.values())
    for resource, text in entries:
        said = in_words(text, words)
        shares = {name: getattr(text, name) for name in SHARES}
        version = resource.listed_version
        told = [
            resource.number, resource.organisation.name, resource.get_state_display(),
            version.round if version else None, version.submitted_at if version else None,
        ]  # fmt: skip
        rows.append([safe(value) for value in [resource.code, *(said | shares).values(), *told]])
        for one in text.fields:
            kind, level = words["field_type"], words["sensitivity"]
            cells = [one["name"], one["label"], kind.get(one["type"], one["type"]),
                     level.get(one["sensitivity"], one["sensitivity"])]  # fmt: skip
            fields.append([safe(value) for value in [resource.code, *cells]])
    return _download(book, name)


def template(name: str) -> HttpResponse:
    """An empty workbook with headings and lists of what can be chosen."""
    book, words = Workbook(), labels()
    rows, fields, choices = book.active, book.create_sheet(), book.create_sheet(str(_("Choices")))
    _head(rows, RESOURCE_SHEET, COLUMNS.values())
    _head(fields, FIELD_SHEET, FIELD_COLUMNS.values())
    yes_no = [str(_("Yes")), str(_("No"))]
    lists = {column: list(words[name].values()) for column, name in OPTIONS.items()}
    lists |= dict.fromkeys(FLAGS, yes_no)
    places = [(rows, list(COLUMNS).index(column), COLUMNS[column], values) for column, values in lists.items()]
    for column, name in (("type", "field_type"), ("sensitivity", "sensitivity")):
        label = FIELD_COLUMNS[column]
        places.append((fields, list(FIELD_COLUMNS).index(column), label, list(words[name].values())))
    for index, (sheet, at, label, values) in enumerate(places, start=1):
        letter, of = get_column_letter(index), get_column_letter(at + 1)
        for row, value in enumerate([str(label), *values], start=1):
            choices.cell(row=row, column=index, value=safe(value))
        rule = DataValidation(
            type="list", formula1=f"'{choices.title}'!${letter}$2:${letter}${len(values) + 1}", allow_blank=True
        )
        sheet.add_data_validation(rule)
        rule.add(f"{of}2:{of}{RESOURCES_AT_MOST if sheet is rows else FIELDS_AT_MOST}")
    return _download(book, name)


def _head(sheet, title: str, headings: Iterable[str]) -> None:
    sheet.title = str(title)[:31]
    sheet.append([str(heading) for heading in headings])
    for index, cell in enumerate(sheet[1], start=1):
        cell.font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(index)].width = 20
    sheet.freeze_panes = "B2"


def _download(book: Workbook, name: str) -> HttpResponse:
    written_to = BytesIO()
    book.save(written_to)
    file = f"{name}-{timezone.localdate():%Y%m%d}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{file}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(written_to.getvalue(), content_type=XLSX, headers=headers)


# --- reading ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fault:
    """What is wrong, and where: sheet, row and column as they are called in the workbook; row 0 is the whole."""

    message: str
    sheet: str = ""
    row: int = 0
    column: str = ""


class NotReadable(ValueError):
    """The file as a whole is not taken; the message says why."""


@dataclass
class Typed:
    """One row of resources as it was typed: what a step asks for, from cells."""

    row: int
    values: dict[str, str]
    field_rows: list[tuple[int, list[str]]] = field(default_factory=list)


def too_large() -> str:
    """The sentence that refuses a file for its size."""
    return _("The file is larger than %(limit)s MB.") % {"limit": BYTES_AT_MOST // 1024 // 1024}


def read(data: bytes, name: str) -> tuple[list[Typed], list[Fault]]:
    """The rows of a workbook and what is wrong with its cells.

    Raises:
        NotReadable: where it is no workbook of Excel's, too large, or lacks sheets or headings.
    """
    if len(data) > BYTES_AT_MOST:
        raise NotReadable(too_large())
    try:
        ending = sniff(data, name).ending
        book = load_workbook(BytesIO(data), read_only=True) if ending == "xlsx" else None
    except NotAccepted as refused:
        raise NotReadable(str(refused)) from refused
    except Exception as broken:  # openpyxl raises whatever a broken part of the archive makes it raise.
        raise NotReadable(_("The file can't be read as an Excel workbook.")) from broken
    if book is None:
        raise NotReadable(_("Send an Excel workbook (xlsx)."))
    faults: list[Fault] = []
    rows = _table(book, RESOURCE_SHEET, COLUMNS, TOLD, RESOURCES_AT_MOST, faults)
    fields = _table(book, FIELD_SHEET, FIELD_COLUMNS, {}, FIELDS_AT_MOST, faults)
    return _joined(rows, fields, faults), faults


def _spellings(text) -> set[str]:
    """A label in every language that a workbook may be written in, without regard to case."""
    found = set()
    for language in LANGUAGES:
        with translation.override(language):
            found.add(str(text).strip().lower())
    return found


def _sheet_of(book, title):
    for sheet in book.worksheets:
        if sheet.title.strip().lower() in _spellings(title):
            return sheet
    raise NotReadable(_("There is no sheet “%(name)s”. Use the template.") % {"name": title})


def _table(book, title, columns: Mapping, told: Mapping, most: int, faults: list[Fault]) -> list[tuple[int, dict]]:
    """Rows that are not empty, by number, each with its texts by column. Faulty cells are noted and read as empty."""
    sheet, found = _sheet_of(book, title), []
    places: list[str] = []
    for number, cells in enumerate(sheet.iter_rows(max_col=len(columns) + len(told) + 10), start=1):
        if number == 1:
            places = _places([_text(cell) for cell in cells], columns, told, title)
            continue
        values = {}
        for column, cell in zip(places, cells, strict=False):
            if column in columns:
                values[column] = _checked(cell, Fault("", str(title), number, str(columns[column])), faults)
        if any(values.values()):
            found.append((number, values))
        if len(found) > most:
            raise NotReadable(
                _("The sheet “%(name)s” has more than %(most)s rows. Split it.") % {"name": title, "most": most}
            )
        if number > 10 * most:
            break
    if not places:
        raise NotReadable(_("The sheet “%(name)s” is empty.") % {"name": title})
    return found


def _places(headings: Sequence[str], columns: Mapping, told: Mapping, title) -> list[str]:
    """The column that each heading names; empty for columns that an import leaves alone."""
    by_word = {word: name for name, label in columns.items() for word in _spellings(label)}
    ignored = {word for label in told.values() for word in _spellings(label)} | {""}
    found = []
    for heading in headings:
        name = by_word.get(heading.lower())
        if name is None and heading.lower() not in ignored:
            raise NotReadable(
                _("The sheet “%(name)s” has a column “%(heading)s” that is not known. Use the template.")
                % {"name": title, "heading": heading[:60]}
            )
        if name is not None and name in found:
            raise NotReadable(
                _("The sheet “%(name)s” has the column “%(heading)s” twice.") % {"name": title, "heading": heading[:60]}
            )
        found.append(name or "")
    if lacking := [str(label) for name, label in columns.items() if name not in found]:
        raise NotReadable(
            _("The sheet “%(name)s” lacks these columns: %(columns)s. Use the template.")
            % {"name": title, "columns": "、".join(lacking)}
        )
    return found


def _checked(cell, at: Fault, faults: list[Fault]) -> str:
    message = ""
    if cell.data_type == "f":
        message = _("The cell holds a formula. Paste its value.")
    elif cell.data_type == "e":
        message = _("The cell holds an error of the spreadsheet.")
    elif len(text := _text(cell)) > CELL_AT_MOST:
        message = _("The cell holds more than %(most)s characters.") % {"most": CELL_AT_MOST}
    else:
        return text
    faults.append(Fault(message, at.sheet, at.row, at.column))
    return ""


def _text(cell) -> str:
    """A cell as somebody would type it."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, datetime | date):
        return value.isoformat()
    text = str(value).strip()
    return text[1:] if _WAS_MADE_SAFE.match(text) else text


def _joined(rows: list, fields: list, faults: list[Fault]) -> list[Typed]:
    """Resources with their fields; a code that stands twice, and a field of no resource here, are faults."""
    found: dict[str, Typed] = {}
    codes = {column: codes_of(name) for column, name in OPTIONS.items()} | dict.fromkeys(FLAGS, _yes_no())
    for number, values in rows:
        code = values["code"]
        if code in found:
            message = _("The code “%(code)s” stands in row %(row)s already.") % {"code": code, "row": found[code].row}
            faults.append(Fault(message, str(RESOURCE_SHEET), number, str(CODE)))
        else:
            # What is not among the choices stays as it was typed: the step's own check names it.
            chosen = {column: codes[column].get(values[column].lower(), values[column]) for column in codes}
            found[code] = Typed(number, values | chosen)
    for number, values in fields:
        owner = found.get(values["code"])
        if owner is None:
            message = _("No resource with this code stands in the first sheet.")
            faults.append(Fault(message, str(FIELD_SHEET), number, str(CODE)))
        else:
            owner.field_rows.append((number, [values[name] for name in list(FIELD_COLUMNS)[1:]]))
    return list(found.values())


def _yes_no() -> dict[str, str]:
    """Yes and no in every language; an empty cell is no."""
    words = {"yes": gettext_lazy("Yes"), "no": gettext_lazy("No")}
    return {"": "no"} | {one: code for code, word in words.items() for one in _spellings(word) | {code}}


def codes_of(name: str) -> dict[str, str]:
    """The codes of an option list by their labels in every language, and by themselves."""
    found = {}
    for language in LANGUAGES:
        with translation.override(language):
            found |= {label.lower(): code for code, label in labels()[name].items()}
    return found | {code: code for code in found.values()}
