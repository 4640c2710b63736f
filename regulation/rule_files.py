"""Reads a rule file into a `RuleSet` and refuses what is not as it must be."""

import re
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from string import Formatter
from typing import TypeVar

from regulation.rule_set import Criterion, Part, Period, Point, RuleSet, Setting, WarningTimes
from regulation.rule_tables import BrokenRules, Table
from regulation.texts import Text

T = TypeVar("T")
UNITS = ("working_days", "days", "months", "years")
MARKS = 100
"""What the marks of a score sheet add up to."""
MODEL_FACTS = frozenset(
    {
        "bureau", "operator", "number", "starts_on", "ends_on", "years", "partner", "user", "departments", "scenario",
        "purpose", "mode", "resources", "measures",
    }
)  # fmt: skip
"""What a model text may leave open as `{name}`."""
NEEDED = {
    "periods": {"preliminary_review", "assessment", "confirmation", "operating_agreement", "log_retention"},
    "checklists": {"qualification", "technical"},
    "criteria": {"operator_panel"},
    "parts": {"operating_agreement", "data_use_agreement", "platform_service_agreement", "partner_rules"},
    "settings": {"correction_stops_clock", "panel_minimum", "panel_odd"},
    "warnings": {"task", "agreement_expiry", "rules_end"},
    "roles": {
        "bureau", "bureau_lead", "department", "operator", "partner", "regulator", "government", "expert", "assessor",
        "data_subject", "sysadmin", "secadmin", "auditadmin",
    },
    "kinds": {
        "bureau", "department", "operator", "partner", "regulator", "government", "expert", "assessor",
        "administration", "data_subject",
    },
    "prefixes": {
        "call", "operator-application", "operating-agreement", "document", "partner-rules", "partner",
        "platform-service-agreement", "resource", "need", "objection", "authorization-request", "scenario",
        "data-use-agreement", "grant", "quality-issue",
    },
    "options": {
        "expertise", "document_kind", "openness", "grade", "sensitivity", "field_type", "resource_format",
        "update_cycle", "level", "theme", "mode_of_use", "consent_kind", "quality_problem",
    },
}  # fmt: skip
"""What is asked for by name. A file that lacks one is refused when it is read, not on the day it is asked for."""
SETTING_TYPES = {"correction_stops_clock": bool, "panel_minimum": int, "panel_odd": bool}


def read(path: Path) -> RuleSet:
    """The rule set in a file.

    Raises:
        BrokenRules: naming the file, the entry and what is wrong with it.
    """
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BrokenRules(f"{path.name}: {error}") from error
    with Table(path.name, "", data) as head:
        begin, end = _in_force(head)
        rule_set = RuleSet(
            id=_id(head),
            label=head.text_of("title"),
            in_force_from=begin,
            in_force_until=end,
            cases=_transition(head),
            periods_by_name=_named(head, "periods", _period),
            duties=_named(head, "duties", _period),
            checklists=_named(head, "checklists", lambda name, table: _items(table, _point)),
            criteria_lists=_named(head, "criteria", _criteria),
            parts_lists=_named(head, "parts", _parts),
            settings=_named(head, "settings", _setting),
            warnings=_named(head, "warnings", _warning),
            roles=_labels(head, "roles"),
            kinds=_labels(head, "kinds"),
            prefixes=_prefixes(head),
            option_lists=_named(head, "options", _options),
        )
    minimum = rule_set.setting("panel_minimum").value
    if rule_set.setting("panel_odd").value and minimum % 2 == 0:
        raise head.broken(
            f"settings.panel_minimum is {minimum}, which is not odd, although settings.panel_odd asks for it"
        )
    return rule_set


def _id(head: Table) -> str:
    name = head.take("id", str)
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", name):
        raise head.broken(f"has an id that is not made of up to 40 small letters, digits and hyphens: {name!r}")
    return name


def _in_force(head: Table) -> tuple[date, date]:
    with head.table("in_force") as table:
        table.grounds()
        begin, end = table.take("from", date), table.take("until", date)
        if end < begin:
            raise table.broken(f"ends on {end}, before it begins on {begin}")
        return begin, end


def _transition(head: Table) -> str:
    with head.table("transition") as table:
        cases = table.take("cases", str)
        if cases not in {"keep", "adopt"}:
            raise table.broken(f"says of cases neither keep nor adopt: {cases!r}")
        return cases


def _named(head: Table, key: str, read_one: Callable[[str, Table], T]) -> dict[str, T]:
    found = {}
    with head.table(key) as section:
        for name in section.names():
            with section.table(name) as table:
                found[name] = read_one(name, table)
        _lacks_none(section, key, found)
    return found


def _lacks_none(table: Table, key: str, found: dict) -> None:
    missing = sorted(NEEDED.get(key, set()) - found.keys())
    if missing:
        raise table.broken(f"lacks {', '.join(missing)}")


def _items(table: Table, read_one: Callable[[str, Table], T]) -> tuple[T, ...]:
    found = []
    for code, row in table.rows("items"):
        with row:
            found.append(read_one(code, row))
    return tuple(found)


def _period(name: str, table: Table) -> Period:
    unit = table.take("unit", str)
    if unit not in UNITS:
        raise table.broken(f"has a unit that is none of {', '.join(UNITS)}: {unit!r}")
    return Period(**table.grounds(), name=name, label=table.text(), value=table.number("value"), unit=unit)


def _point(code: str, row: Table) -> Point:
    return Point(**row.grounds(), code=code, label=row.text(), ask=row.text_of("ask"), proof=row.text_of("proof"))


def _criteria(name: str, table: Table) -> tuple[Criterion, ...]:
    grounds = table.grounds()
    found = _items(
        table, lambda code, row: Criterion(**grounds, code=code, label=row.text(), maximum=row.number("maximum"))
    )
    total = sum(criterion.maximum for criterion in found)
    if total != MARKS:
        raise table.broken(f"gives {total} marks in all instead of {MARKS}")
    return found


def _parts(name: str, table: Table) -> tuple[Part, ...]:
    grounds = table.grounds()
    return _items(table, lambda code, row: Part(**grounds, code=code, label=row.text(), model=_model(row)))


def _model(row: Table) -> Text | None:
    if "model" not in row.names():
        return None
    model = row.text_of("model")
    try:
        facts = {fact for text in (model.zh, model.en) for _, fact, _, _ in Formatter().parse(text) if fact is not None}
    except ValueError as error:
        raise row.broken(f"has a model whose braces do not match: {error}") from error
    if facts - MODEL_FACTS:
        raise row.broken(f"has a model that leaves open what is not known: {', '.join(sorted(facts - MODEL_FACTS))}")
    return model


def _setting(name: str, table: Table) -> Setting:
    kind = SETTING_TYPES.get(name)
    if kind is None:
        raise table.broken("is a setting that nothing asks for")
    value = table.number("value") if kind is int else table.take("value", kind)
    return Setting(**table.grounds(), value=value)


def _warning(name: str, table: Table) -> WarningTimes:
    ahead, days = table.number("ahead", 0), table.take("days_ahead", list, [])
    if bool(ahead) == bool(days) or any(type(day) is not int or day < 1 for day in days):
        raise table.broken("needs either ahead or days_ahead, in whole days from 1")
    return WarningTimes(**table.grounds(), ahead=ahead, days_ahead=tuple(sorted(set(days), reverse=True)))


def _labels(head: Table, key: str) -> dict[str, Text]:
    with head.table(key) as table:
        table.grounds()
        found = {name: table.text_of(name) for name in table.names()}
        _lacks_none(table, key, found)
        return found


def _prefixes(head: Table) -> dict[str, str]:
    with head.table("prefixes") as table:
        table.grounds()
        found = {name: table.take(name, str) for name in table.names()}
        _lacks_none(table, "prefixes", found)
        if len(set(found.values())) < len(found) or not all(re.fullmatch(r"[A-Z]{1,4}", one) for one in found.values()):
            raise table.broken("needs one to four capital letters for each kind, none of them twice")
        return found


def _options(name: str, table: Table) -> dict[str, Text]:
    table.grounds()
    return dict(_items(table, lambda code, row: (code, row.text())))
