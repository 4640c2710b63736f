"""What the steps of the catalogue ask for."""

import re

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from casework.inputs import Input
from casework.refusals import InvalidInput
from regulation import rules

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9./_-]{0,59}")
FIELD_LINE = re.compile(r"[|｜\t]")
YES_NO = ("yes", "no")


def options(name: str) -> list[tuple[str, str]]:
    """A list of choices of the rules in force today, or of the last ones."""
    return rules.in_force_or_last(timezone.localdate()).options(name)


def _choice(name: str, label: str, initial: str, **more) -> Input:
    return Input(kind="choice", label=label, choices=lambda: options(name), initial=initial, **more)


def text(resource) -> dict[str, Input]:
    """The entry, with what it says so far. Fields are typed one a line: name, what it is, type, sensitivity."""

    def said(name: str):
        return getattr(resource, name) if resource else None

    def flag(name: str) -> str:
        return "yes" if said(name) else "no"

    yes_no = [("yes", _("Yes")), ("no", _("No"))]
    about, law, quality, contact = _("About the resource"), _("Class and grade"), _("Quality figures"), _("Contact")
    share = {"kind": "decimal", "min_value": 0, "max_value": 100, "required": False, "group": quality}
    return {
        "code": Input(kind="text", label=_("Resource code"), max_length=60, initial=said("code"), group=about,
                      help=_("The code in your own directory: letters, digits, points, hyphens, strokes.")),
        "name": Input(kind="text", label=_("Name"), max_length=120, initial=said("name"), group=about),
        "summary": Input(kind="longtext", label=_("Summary"), max_length=2000, later=True,
                         initial=said("summary"), group=about, help=_("What it holds, since when, about whom.")),
        "theme": _choice("theme", _("Theme"), said("theme"), later=True, group=about),
        "resource_format": _choice(
            "resource_format", _("Format"), said("resource_format"), later=True, group=about
        ),
        "update_cycle": _choice("update_cycle", _("Update cycle"), said("update_cycle"), later=True, group=about),
        "fields": Input(kind="longtext", label=_("Fields"), max_length=20000, later=True,
                        initial=fields_as_lines(said("fields") or []), group=about,
                        help=_fields_help()),
        "openness": _choice("openness", _("Class of openness"), said("openness"), later=True, group=law),
        "legal_basis": Input(kind="text", label=_("Legal basis"), max_length=300, required=False,
                             initial=said("legal_basis"), group=law, needed_when=("openness", "not_open"),
                             help=_("Only for a resource that is not open: the law that lets it be authorised.")),
        "grade": _choice("grade", _("Grade"), said("grade"), later=True, group=law),
        "personal_information": Input(kind="choice", label=_("Holds personal information"), choices=yes_no,
                                      initial=flag("personal_information"), group=law),
        "business_secret": Input(kind="choice", label=_("Holds business secrets"), choices=yes_no,
                                 initial=flag("business_secret"), group=law),
        "level": _choice("level", _("Administrative level"), said("level") or "district", group=law),
        "region": Input(kind="text", label=_("Region outside the district"), max_length=60, required=False,
                        initial=said("region"), group=law, help=_("Empty where the data are of this district.")),
        "completeness": Input(label=_("Completeness (%)"), initial=said("completeness"), **share),
        "accuracy": Input(label=_("Accuracy (%)"), initial=said("accuracy"), **share),
        "timeliness": Input(label=_("Timeliness (%)"), initial=said("timeliness"), **share),
        "contact_name": Input(kind="text", label=_("Contact person"), max_length=60, later=True,
                              initial=said("contact_name"), group=contact),
        "contact_phone": Input(kind="phone", label=_("Contact telephone"), later=True,
                               initial=said("contact_phone"), group=contact),
    }  # fmt: skip


def _fields_help() -> str:
    words = {
        "types": "、".join(label for _code, label in options("field_type")),
        "levels": "、".join(label for _code, label in options("sensitivity")),
    }
    return (
        _("One field a line: name | what it is | type | sensitivity level. Types: %(types)s. Levels: %(levels)s.")
        % words
    )


defects = {"defects": Input(kind="longtext", label=_("What has to be corrected"), help=_("Everything at once."))}


def cleaned(values: dict) -> dict:
    """The columns of an entry from what was entered.

    Raises:
        InvalidInput: at `code` or `fields`, with the line that can't be read.
    """
    if not CODE.fullmatch(values["code"]):
        raise InvalidInput({"code": [_("A code is made of letters, digits, points, hyphens and strokes.")]})
    flags = {name: values[name] == "yes" for name in ("personal_information", "business_secret")}
    return values | flags | {"fields": fields_of_lines(values["fields"])}


def fields_as_lines(fields: list[dict]) -> str:
    """Fields as they are typed, one a line."""
    kinds, levels = dict(options("field_type")), dict(options("sensitivity"))
    return "\n".join(
        " | ".join([
            field["name"], field["label"], kinds.get(field["type"], field["type"]),
            levels.get(field["sensitivity"], field["sensitivity"]),
        ])
        for field in fields
    )  # fmt: skip


def fields_of_lines(text: str) -> list[dict]:
    """Fields from lines `name | what it is | type | sensitivity`; type and level by code or by label.

    Raises:
        InvalidInput: naming the line and what is wrong with it.
    """
    found, problems = [], []
    kinds, levels = _by_word("field_type"), _by_word("sensitivity")
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        cells = [cell.strip() for cell in FIELD_LINE.split(line)]
        if len(cells) != 4 or not all(cells[:2]):
            problems.append(
                _("Line %(line)s: four cells are needed: name, what it is, type, level.") % {"line": number}
            )
        elif cells[2] not in kinds or cells[3] not in levels:
            problems.append(_("Line %(line)s: the type or the level is not known.") % {"line": number})
        elif any(field["name"] == cells[0] for field in found):
            problems.append(_("Line %(line)s: the field “%(name)s” stands twice.") % {"line": number, "name": cells[0]})
        else:
            names = ("name", "label", "type", "sensitivity")
            found.append(dict(zip(names, (*cells[:2], kinds[cells[2]], levels[cells[3]]), strict=True)))
    if problems:
        raise InvalidInput({"fields": problems[:20]})
    return found


def _by_word(name: str) -> dict[str, str]:
    """The codes of an option list by code and by label."""
    return {word: code for code, label in options(name) for word in (code, label)}


def refuse_other_code(resource, code: str) -> None:
    """Refuse a code that another resource has, and another one for a resource that has been listed.

    Requests, imports and gateways name a listed resource by its code.

    Raises:
        InvalidInput: at `code`.
    """
    if code == resource.code:
        return
    if resource.listed_version_id:
        raise InvalidInput({"code": [_("The code of a resource that has been listed stays as it is.")]})
    if type(resource).objects.filter(code=code).exclude(pk=resource.pk).exists():
        raise InvalidInput({"code": [_("Another resource has this code.")]})
