"""Rule sets: the figures and lists of the measures as data, by version, each entry with its article or its basis.

Code asks for `"assessment"`, never for five days. A successor of the measures, or another district, is another file in
`settings.RULES_DIR` (Art. 42).
"""

import functools
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from regulation import rule_files
from regulation.rule_set import Criterion, Part, Period, Point, RuleSet
from regulation.rule_tables import BrokenRules

__all__ = [
    "BrokenRules", "Criterion", "NoRulesInForce", "Part", "Period", "Point", "RuleSet", "all_rule_sets", "applicable",
    "ends_soon", "gaps", "get", "in_force", "in_force_or_last",
]  # fmt: skip


class NoRulesInForce(LookupError):
    """No rule set is in force on a day; the message says so in words for the screen."""


def all_rule_sets() -> tuple[RuleSet, ...]:
    """Every rule set in the folder, the earliest first. A file that changes is read again.

    Raises:
        BrokenRules: where a file can't be used, an id stands twice or two rule sets overlap.
    """
    files = ((path, path.stat()) for path in sorted(Path(settings.RULES_DIR).glob("*.toml")))
    return _load(tuple((path, stat.st_mtime_ns, stat.st_size) for path, stat in files))


@functools.lru_cache(maxsize=8)
def _load(files: tuple[tuple[Path, int, int], ...]) -> tuple[RuleSet, ...]:
    found = sorted((rule_files.read(path) for path, *_version in files), key=lambda one: one.in_force_from)
    for earlier, later in zip(found, found[1:], strict=False):
        if later.in_force_from <= earlier.in_force_until:
            raise BrokenRules(
                f"{later.id} begins on {later.in_force_from}, before {earlier.id} has ended on {earlier.in_force_until}"
            )
    ids = [one.id for one in found]
    if len(set(ids)) < len(ids):
        raise BrokenRules(
            f"two files have the same id: {', '.join(sorted({one for one in ids if ids.count(one) > 1}))}"
        )
    return tuple(found)


def gaps() -> list[tuple[date, date]]:
    """The first and last day of each time between two rule sets when none is in force."""
    found, day = all_rule_sets(), timedelta(days=1)
    return [
        (earlier.in_force_until + day, later.in_force_from - day)
        for earlier, later in zip(found, found[1:], strict=False)
        if later.in_force_from - earlier.in_force_until > day
    ]


def get(rule_set_id: str) -> RuleSet:
    """The rule set with this id.

    Raises:
        NoRulesInForce: where there is none.
    """
    for rule_set in all_rule_sets():
        if rule_set.id == rule_set_id:
            return rule_set
    raise NoRulesInForce(_("There is no rule set “%(id)s”.") % {"id": rule_set_id})


def in_force(on: date) -> RuleSet:
    """The rule set in force on a day (Art. 42).

    Raises:
        NoRulesInForce: before the measures began and after they ended without a successor.
    """
    for rule_set in all_rule_sets():
        if rule_set.is_in_force(on):
            return rule_set
    raise NoRulesInForce(
        _(
            "No rules are in force on %(day)s. "
            "New cases can be begun once the successor of the measures has been loaded."
        )
        % {"day": on.isoformat()}
    )


def in_force_or_last(on: date) -> RuleSet:
    """The rule set in force on a day, or the last one before it, or the first there is: for labels and warnings."""
    found = all_rule_sets()
    return next((one for one in reversed(found) if one.in_force_from <= on), found[0])


def applicable(rule_set_id: str, on: date) -> RuleSet:
    """The rules that a case begun under a rule set follows on a day: its own, unless a successor adopts it (Art. 42).

    Raises:
        NoRulesInForce: where there is no rule set with this id.
    """
    own = get(rule_set_id)
    adopting = (one for one in all_rule_sets() if own.in_force_from < one.in_force_from <= on and one.cases == "adopt")
    return max(adopting, key=lambda one: one.in_force_from, default=own)


def ends_soon(on: date) -> RuleSet | None:
    """The rule set in force on a day, where it ends soon and none follows it at once; None otherwise."""
    now = next((one for one in all_rule_sets() if one.is_in_force(on)), None)
    if now is None or any(one.is_in_force(now.in_force_until + timedelta(days=1)) for one in all_rule_sets()):
        return None
    return now if (now.in_force_until - on).days <= now.warning("rules_end").days_ahead[0] else None
