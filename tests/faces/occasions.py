"""Every step that asks for something, at a moment when somebody may take it, with what that person would enter."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from accounts.actors import Actor
from casework.inputs import Input
from casework.models.case import Case
from casework.step import Step, steps_of
from tests.kinds import BY_NAME, KINDS
from tests.machines import table

NAMES = {f"{told.name}.{name}" for told in KINDS for name, step in steps_of(told.model).items() if step.asks}


@dataclass(frozen=True)
class Occasion:
    """A case, a step of it that is open, who takes it, and what they enter."""

    case: Case
    step: Step
    actor: Actor
    good: dict

    @property
    def inputs(self) -> dict[str, Input]:
        return dict(self.step.inputs(self.case, by=self.actor))


def occasion(story, name: str) -> Occasion:
    """The occasion for a step, by its kind and name, such as `application.score`."""
    kind, _dot, verb = name.partition(".")
    told = BY_NAME[kind]
    step = steps_of(told.model)[verb]
    case = told.bring(story, told.sources.get(verb, step.sources[0]))
    if verb in told.prepared:
        case = told.prepared[verb](story, case) or case
    actor = next(
        actor
        for who, actor in table.actors(told, story, case).items()
        if actor.is_authenticated and who != "delegate" and step.person_refusal(case, actor) is None
    )
    return Occasion(case, step, actor, table.inputs(story, case, verb))


def bad_values(asked: Input) -> Iterator[tuple[str, object]]:
    """What goes wrong with an input: what it is called, and the value. Lists and objects are for programs only."""
    tomorrow = timezone.localdate() + timedelta(days=1)
    if asked.required:
        yield "empty", ""
        yield "null", None
    longest = asked.max_length or {"longtext": 4000}.get(asked.kind, 200)
    texts = [("a nul", "a\0b"), ("too long", "长" * (longest + 1)), ("a list", ["a"]), ("an object", {"a": 1})]
    numbers = [("words", "many"), ("a list", [1]), ("endless", "9" * 400), ("not a number", "NaN"), ("true", True)]
    dates = [("no such day", "2026-02-30"), ("words", "soon"), ("a list", ["2026-03-02"]), ("a number", 20260302)]
    yield from {
        "text": texts,
        "longtext": texts,
        "hidden": texts,
        "phone": [*texts, ("words", "call me")],
        "email": [*texts, ("no address", "li@"), ("two lines", "li@example.test\nBcc: all@example.test")],
        "integer": [*numbers, ("half", "1.5"), ("too small", (asked.min_value or 0) - 1), ("too big", 10**12)],
        "decimal": [*numbers, ("too exact", "1.001"), ("below zero", "-1"), ("infinite", "Infinity")],
        "date": dates,
        "past_date": [*dates, ("tomorrow", tomorrow.isoformat())],
        "future_date": [*dates, ("yesterday", (tomorrow - timedelta(days=2)).isoformat())],
        "datetime": [*dates[:3], ("no such hour", "2026-03-02T25:00")],
        "choice": [("none of them", "no-such-choice"), ("a list", ["a"]), ("an object", {"a": 1})],
        "choices": [
            ("none of them", ["no-such-choice"]),
            ("nested", [["1"]]),
            ("a word", "x"),
            ("an object", {"a": 1}),
        ],
        "codes": [("none of them", "NO-SUCH-CODE"), ("a nul", "a\0b"), ("numbers", [1]), ("an object", {"a": 1})],
        "confirm": [("no", False)],
    }[asked.kind]
