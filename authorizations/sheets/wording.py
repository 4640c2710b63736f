"""The text of an entry in words: labels of its columns, of the codes in them, and what differs between two texts."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from authorizations.sheets.resource import options

LABELS = {
    "name": _("Name"), "summary": _("Summary"), "theme": _("Theme"), "resource_format": _("Format"),
    "update_cycle": _("Update cycle"), "openness": _("Class of openness"), "legal_basis": _("Legal basis"),
    "grade": _("Grade"), "personal_information": _("Holds personal information"),
    "business_secret": _("Holds business secrets"), "level": _("Administrative level"),
    "region": _("Region outside the district"), "completeness": _("Completeness (%)"), "accuracy": _("Accuracy (%)"),
    "timeliness": _("Timeliness (%)"), "contact_name": _("Contact person"), "contact_phone": _("Contact telephone"),
}  # fmt: skip
OPTIONS = {
    "theme": "theme", "resource_format": "resource_format", "update_cycle": "update_cycle", "openness": "openness",
    "grade": "grade", "level": "level",
}  # fmt: skip
"""The option list that each coded column takes its codes from."""
FLAGS = ("personal_information", "business_secret")
SHARES = ("completeness", "accuracy", "timeliness")


def labels() -> dict[str, dict[str, str]]:
    """The words for the codes of each coded column, and of fields, in the active language."""
    return {name: dict(options(name)) for name in (*OPTIONS.values(), "field_type", "sensitivity")}


def share(value) -> str:
    """A share in per cent without zeros that say nothing; empty where none is known."""
    return "" if value is None else f"{float(value):g}"


def in_words(text, words: Mapping[str, Mapping[str, str]] | None = None) -> dict[str, str]:
    """Each column of a text as it is read; `words` are `labels()`, for a list that asks once."""
    words = words or labels()
    said = {}
    for name in LABELS:
        value = getattr(text, name)
        if name in OPTIONS:
            said[name] = words[OPTIONS[name]].get(value, value)
        elif name in FLAGS:
            said[name] = str(_("Yes") if value else _("No"))
        else:
            said[name] = share(value) if name in SHARES else value
    return said


@dataclass(frozen=True)
class Line:
    """One column of a text, with what it says in the text compared with, where that differs."""

    label: str
    value: str
    changed: bool = False
    before: str = ""


def lines(text, listed=None) -> list[Line]:
    """The columns of a text that say something or did; `listed` is the text they are compared with."""
    words = labels()
    now, before = in_words(text, words), in_words(listed, words) if listed else None
    found = []
    for name, label in LABELS.items():
        old = before[name] if before else now[name]
        if now[name] or old:
            found.append(Line(str(label), now[name], old != now[name], old if old != now[name] else ""))
    return found


@dataclass(frozen=True)
class FieldLine:
    """One field of a resource in words. `change` is "", "new", "gone" or "changed"; `before` what it said."""

    name: str
    label: str
    type: str
    sensitivity: str
    change: str = ""
    before: str = ""


def field_lines(text, listed=None) -> list[FieldLine]:
    """The fields of a text; those that the other text alone has stand at the end."""
    words = labels()
    old = {field["name"]: field for field in listed.fields} if listed else {}
    found = [_field(field, words, old.pop(field["name"], None), compared=listed is not None) for field in text.fields]
    return found + [_said(field, words, "gone", "") for field in old.values()]


def _field(field: dict, words, earlier: dict | None, *, compared: bool) -> FieldLine:
    if not compared or earlier == field:
        return _said(field, words, "", "")
    if earlier is None:
        return _said(field, words, "new", "")
    was = _said(earlier, words, "", "")
    return _said(field, words, "changed", " · ".join([was.label, was.type, was.sensitivity]))


def _said(field: dict, words, change: str, before: str) -> FieldLine:
    kind, level = field["type"], field["sensitivity"]
    return FieldLine(
        field["name"], field["label"], words["field_type"].get(kind, kind), words["sensitivity"].get(level, level),
        change, before,
    )  # fmt: skip
