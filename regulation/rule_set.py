"""What a rule set holds. Read from a file by `regulation.rule_files`, asked for through `regulation.rules`."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import ngettext

from regulation.texts import Text


@dataclass(frozen=True)
class Entry:
    """What an entry rests on: the code of an article or, where the measures are silent (`""`), a recorded basis."""

    article: str
    basis: Text | None


@dataclass(frozen=True)
class Period(Entry):
    """A length of time: `value` in working_days, days, months or years, which is the `unit`."""

    name: str
    label: Text
    value: int
    unit: str

    @property
    def title(self) -> str:
        """What the period is called in the active language."""
        return str(self.label)

    @property
    def words(self) -> str:
        """The length in words."""
        return {
            "working_days": ngettext("%(n)s working day", "%(n)s working days", self.value),
            "days": ngettext("%(n)s day", "%(n)s days", self.value),
            "months": ngettext("%(n)s month", "%(n)s months", self.value),
            "years": ngettext("%(n)s year", "%(n)s years", self.value),
        }[self.unit] % {"n": self.value}


@dataclass(frozen=True)
class Point(Entry):
    """A point of a checklist: what it is called, what is to be stated, what proves it."""

    code: str
    label: Text
    ask: Text
    proof: Text

    @property
    def title(self) -> str:
        """The point's title in the active language."""
        return str(self.label)

    @property
    def asks(self) -> str:
        """What is to be stated."""
        return str(self.ask)

    @property
    def evidence(self) -> str:
        """What proves it."""
        return str(self.proof)


@dataclass(frozen=True)
class Criterion(Entry):
    """A criterion of a score sheet with the most marks it gives."""

    code: str
    label: Text
    maximum: int

    @property
    def title(self) -> str:
        """The criterion's title in the active language."""
        return str(self.label)


@dataclass(frozen=True)
class Part(Entry):
    """A required part of an agreement, with the text the bureau starts from, if there is one."""

    code: str
    label: Text
    model: Text | None

    @property
    def title(self) -> str:
        """The part's title in the active language."""
        return str(self.label)

    def model_text(self, **facts) -> str:
        """The model text with the facts put in; empty where there is none.

        An agreement is signed in Chinese whatever language its drafter reads: the English model is a reading aid.
        """
        return self.model.zh.format(**facts) if self.model else ""


@dataclass(frozen=True)
class Setting(Entry):
    """A single value."""

    value: bool | int | str


@dataclass(frozen=True)
class WarningTimes(Entry):
    """When is warned: `ahead` working days before the last day, or on each of `days_ahead`, the longest first."""

    ahead: int
    days_ahead: tuple[int, ...]


@dataclass(frozen=True)
class RuleSet:
    """One version of the rules. Both `in_force_from` and `in_force_until` are days in force.

    `cases` says what becomes of cases begun under an earlier rule set: "keep" leaves them theirs, "adopt" takes them.
    """

    id: str
    label: Text
    in_force_from: date
    in_force_until: date
    cases: str
    periods_by_name: dict[str, Period]
    duties: dict[str, Period]
    checklists: dict[str, tuple[Point, ...]]
    criteria_lists: dict[str, tuple[Criterion, ...]]
    parts_lists: dict[str, tuple[Part, ...]]
    settings: dict[str, Setting]
    warnings: dict[str, WarningTimes]
    roles: dict[str, Text]
    kinds: dict[str, Text]
    prefixes: dict[str, str]
    option_lists: dict[str, dict[str, Text]]

    def title(self) -> str:
        """What the rules are called in the active language."""
        return str(self.label)

    @property
    def periods(self) -> list[Period]:
        """All periods in the order of the file."""
        return list(self.periods_by_name.values())

    def period(self, name: str) -> Period:
        """The period with this name, such as `"assessment"`."""
        return self.periods_by_name[name]

    def duty(self, name: str) -> Period:
        """How often a recurring duty falls due, such as `"inspection"`."""
        return self.duties[name]

    def checklist(self, name: str) -> tuple[Point, ...]:
        """The points of a checklist in order."""
        return self.checklists[name]

    def criteria(self, name: str) -> tuple[Criterion, ...]:
        """The criteria of a score sheet in order; their marks add up to 100."""
        return self.criteria_lists[name]

    def parts(self, name: str) -> tuple[Part, ...]:
        """The required parts of a kind of agreement in order."""
        return self.parts_lists[name]

    def setting(self, name: str) -> Setting:
        """A single value with what it rests on."""
        return self.settings[name]

    def warning(self, name: str) -> WarningTimes:
        """When is warned of something."""
        return self.warnings[name]

    def options(self, name: str) -> list[tuple[str, str]]:
        """A list of codes with their labels in the active language."""
        return [(code, str(label)) for code, label in self.option_lists[name].items()]

    def role_label(self, role: str) -> str:
        """What a role is called on screen in this district."""
        return str(self.roles[role])

    def kind_label(self, kind: str) -> str:
        """What a kind of organisation is called on screen in this district."""
        return str(self.kinds[kind])

    def number_prefix(self, kind: str) -> str:
        """What the numbers of a kind of case begin with."""
        return self.prefixes[kind]

    def is_in_force(self, on: date) -> bool:
        """Whether the rules are in force on a day; first and last day included."""
        return self.in_force_from <= on <= self.in_force_until
