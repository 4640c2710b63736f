"""Taking a department's workbook into its resources: every row is checked first, then all are entered or none.

Entries are begun and changed by the same steps as on the pages; nothing is handed in or listed by an import.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from accounts.actors import Actor
from authorizations import sheets
from authorizations.models import DataResource
from authorizations.models.resource import TEXT_FIELDS
from authorizations.sheets.resource import FIELD_LINE
from authorizations.workbooks import (
    COLUMNS,
    FIELD_COLUMNS,
    FIELD_SHEET,
    RESOURCE_SHEET,
    Fault,
    Typed,
    codes_of,
    read,
)
from casework.agreements import same_text
from casework.beginning import begin
from casework.inputs import clean
from casework.refusals import InvalidInput, NotYourStep, Refusal
from casework.step import steps_of
from casework.unit import unit_of_work

SHOWN_AT_MOST = 200


@dataclass
class Outcome:
    """What an import did, or why it did nothing."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """How many resources the workbook holds."""
        return self.created + self.changed + self.unchanged


def take_workbook(data: bytes, name: str, *, by: Actor, check_only: bool = False) -> Outcome:
    """Enter the resources of a workbook for the actor's department.

    Raises:
        NotYourStep: for somebody who does not enter resources.
        workbooks.NotReadable: where the file as a whole is not taken.
        regulation.rules.NoRulesInForce: where new entries can't be begun today.
    """
    if refusal := DataResource.start.person_refusal(DataResource.kind, by):
        raise refusal
    typed, faults = read(data, name)
    outcome = Outcome(faults=faults)
    planned = _plan(typed, outcome, by=by)
    if not typed and not faults:
        outcome.faults.append(Fault(_("The workbook holds no resource."), str(RESOURCE_SHEET)))
    if outcome.faults:
        outcome.faults.sort(key=lambda fault: (fault.sheet != str(RESOURCE_SHEET), fault.row))
        return outcome
    if not check_only:
        _enter(planned, outcome, by=by)
    return outcome


# --- checking --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Planned:
    """One row that is to be entered: a new resource, or the one to be changed."""

    row: int
    values: dict
    resource: DataResource | None


def _plan(typed: Sequence[Typed], outcome: Outcome, *, by: Actor) -> list[_Planned]:
    codes = [one.values["code"] for one in typed]
    there = {one.code: one for one in DataResource.objects.filter(code__in=codes).select_related("organisation")}
    levels = {"type": codes_of("field_type"), "sensitivity": codes_of("sensitivity")}
    planned = []
    for one in typed:
        faults = _field_faults(one, levels)
        values = one.values | {"fields": _lines(one, levels)}
        resource = there.get(one.values["code"])
        if resource is not None and resource.organisation_id != by.organisation.pk:
            faults.append(_fault(one.row, "code", _("This code belongs to a resource of another department.")))
            resource = None
        try:
            cleaned = sheets.resource.cleaned(clean(sheets.resource.text(resource), values))
        except InvalidInput as refused:
            faults += _of_errors(one.row, refused, skip_fields=bool(faults))
            cleaned = {}
        if faults:
            # A cell that could not be read at all is named once, not a second time as empty.
            named = {(fault.sheet, fault.row, fault.column) for fault in outcome.faults}
            outcome.faults += [fault for fault in faults if (fault.sheet, fault.row, fault.column) not in named]
        elif resource is None:
            outcome.created += 1
            planned.append(_Planned(one.row, values, None))
        elif _same(resource, cleaned):
            outcome.unchanged += 1
        elif refusal := steps_of(DataResource)["edit"].state_refusal(resource):
            outcome.faults.append(_fault(one.row, "code", refusal.message))
        else:
            outcome.changed += 1
            planned.append(_Planned(one.row, values, resource))
    return planned


def _fault(row: int, column: str, message: str) -> Fault:
    return Fault(str(message), str(RESOURCE_SHEET), row, str(COLUMNS.get(column, "")))


def _of_errors(row: int, refused: InvalidInput, *, skip_fields: bool = False) -> list[Fault]:
    """The messages of a refusal as faults of a row. Fields whose cells were named already are not named again."""
    return [
        Fault(message, str(FIELD_SHEET), row=0) if name == "fields" else _fault(row, name, message)
        for name, messages in refused.errors.items()
        for message in messages
        if not (name == "fields" and skip_fields)
    ]


def _field_faults(one: Typed, levels: dict[str, dict[str, str]]) -> list[Fault]:
    """What is wrong with the rows of a resource's fields, cell by cell."""
    found, names = [], list(FIELD_COLUMNS)[1:]
    seen: set[str] = set()
    for number, cells in one.field_rows:
        for name, cell in zip(names, cells, strict=True):
            message = ""
            if not cell:
                message = _("The cell is empty.")
            elif FIELD_LINE.search(cell) or "\n" in cell:
                message = _("The cell holds a stroke, a tabulator or a line break.")
            elif name in levels and cell.lower() not in levels[name]:
                message = _("“%(value)s” is not among the choices.") % {"value": cell[:60]}
            elif name == "name" and cell in seen:
                message = _("The field “%(name)s” stands twice.") % {"name": cell[:60]}
            if message:
                found.append(Fault(message, str(FIELD_SHEET), number, str(FIELD_COLUMNS[name])))
        seen.add(cells[0])
    return found


def _lines(one: Typed, levels: dict[str, dict[str, str]]) -> str:
    """The fields as the step takes them."""
    kinds, depths = levels["type"], levels["sensitivity"]
    return "\n".join(
        " | ".join([name, label, kinds.get(kind.lower(), kind), depths.get(level.lower(), level)])
        for _number, (name, label, kind, level) in one.field_rows
    )


def _same(resource: DataResource, values: dict) -> bool:
    """Whether a row says what the resource says already; spreadsheets change white space."""
    for name in TEXT_FIELDS:
        now, typed = getattr(resource, name), values[name]
        if not (same_text(now, typed) if isinstance(now, str) and isinstance(typed, str) else now == typed):
            return False
    return True


# --- entering --------------------------------------------------------------------------------------------------


def _enter(planned: Sequence[_Planned], outcome: Outcome, *, by: Actor) -> None:
    """Begin and change all of them in one unit of work; the first refusal undoes every one and is told by row."""
    row = 0
    try:
        with unit_of_work():
            for one in planned:
                row = one.row
                if one.resource is None:
                    begin(DataResource, by=by, **one.values)
                else:
                    one.resource.edit(by=by, version=one.resource.version, **one.values)
    except NotYourStep:
        raise
    except InvalidInput as refused:
        outcome.faults += _of_errors(row, refused)
    except Refusal as refused:
        outcome.faults.append(_fault(row, "code", refused.message))
