"""How the tests that go over every kind of case learn of one: a `Told` for each, one module of this folder an area."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from accounts.actors import Actor
from casework.models.case import Case
from casework.models.handling import Handler
from casework.models.task import Task

Values = Callable[[], dict]


def nothing_more(story, case=None) -> dict:
    """For what a kind has nothing special to say about."""
    return {}


def row_again(row, **more):
    """A copy of a row, past the steps: only the reading of copies is measured."""
    values = {one.attname: getattr(row, one.attname) for one in row._meta.concrete_fields}
    copy = type(row)(**values | {"id": None} | more)
    copy.save(force_insert=True)
    return copy


def again(case: Case, number: int, **more) -> Case:
    """A copy of a case under another number, with its tasks and its handlers; `more` are columns that differ."""
    copy = row_again(case, number=f"{case.number}-{number}", **more)
    for model in (Task, Handler):
        for row in model.objects.of(case):
            row_again(row, **model.refers(copy))
    return copy


@dataclass(frozen=True, kw_only=True)
class Told:
    """One kind of case as the stories tell it.

    `name` names its golden table and its steps in test ids (`application.score`). `bring(story, state)` brings a case
    into a state by steps only. `ground(story)` is what all its cases rest on, told once where many follow.
    `begin(story)` is what a person enters to begin one. `inputs(story, case)` maps a step to what a person in their
    right mind enters for it. `situations(story)` maps "state, what is special" to how it is reached. `people(story,
    case)` are actors beyond the cast (name to actor). `sources` says in which of several states a step is tried over
    page and API; `prepared` what must have been done before its button is open. `listed(story)` brings the case with
    which its list is read by `list_reader`; `copy(case, number)` copies a row with what it rests on, for lists of a
    hundred (`again` where it rests on nothing); `lists` are further addresses where it is read in numbers, with who
    reads there (a name of the cast, None for somebody not signed in).
    """

    model: type[Case]
    name: str
    bring: Callable[[object, str], Case]
    begin: Callable[[object], dict]
    ground: Callable[[object], object] = nothing_more
    inputs: Callable[[object, Case], Mapping[str, Values]] = nothing_more
    situations: Callable[[object], Mapping[str, Callable[[], Case]]] = nothing_more
    people: Callable[[object, Case | None], Mapping[str, Actor]] = nothing_more
    sources: Mapping[str, str] = field(default_factory=dict)
    prepared: Mapping[str, Callable[[object, Case], object]] = field(default_factory=dict)
    listed: Callable[[object], Case] | None = None
    list_reader: str = "bureau"
    copy: Callable[[Case, int], Case] = again
    lists: Mapping[str, str | None] = field(default_factory=dict)

    def list_case(self, story) -> Case:
        """The case with which its lists are read: that of `listed`, or one in the first state."""
        return (self.listed or (lambda story: self.bring(story, self.model.states.initial)))(story)
