"""Reads that deserve a name: the inbox, what I did, what I started, a case's history."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import BigIntegerField, Exists, F, OuterRef
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import User
from casework.kinds import kinds, model_for
from casework.ledger.models import Entry
from casework.models.case import Case
from casework.models.handling import Handler
from casework.models.task import Task
from casework.refusals import NotVisible
from casework.step import steps_of

SHOWN_AT_MOST = 100
"""A tab's count says "99+" beyond this; no list counts everything."""


def awaiting(actor: Actor, *, after: tuple | None = None):
    """Open tasks of the actor in the order of the inbox, from behind the `(due_on, id)` given (keyset, no offset)."""
    tasks = Task.objects.awaiting(actor).select_related("clock").soonest_first()
    if after is not None:
        due_on, pk = after[0], min(after[1], BigIntegerField.MAX_BIGINT)
        # As one comparison of rows, PostgreSQL starts in the index at the very place; SQLite starts at the day.
        tasks = tasks.filter(TupleGreaterThan(Tuple(F("due_on"), F("id")), (due_on, pk)), due_on__gte=due_on)
    return tasks


def handled(actor: Actor, *, after: tuple | None = None):
    """Of the open tasks those of cases that the person handles, and what colleagues ask the person."""
    cases = Handler.objects.visible_to(actor).filter(
        person=actor.person, case_kind=OuterRef("case_kind"), case_id=OuterRef("case_id")
    )
    tasks = Task.objects.filter(closed_at=None, organisation=actor.organisation)
    # Two short searches by their own index; an "or" over both would read the whole inbox.
    mine = tasks.filter(Exists(cases)).values("pk").union(tasks.filter(person=actor.person).values("pk"))
    return awaiting(actor, after=after).filter(pk__in=mine)


def done(actor: Actor):
    """Tasks the person closed in the organisation acted for, the latest first."""
    return Task.objects.filter(closed_by=actor.person, organisation=actor.organisation).order_by("-closed_at", "-id")


def started(actor: Actor):
    """The entries that began the person's own cases, the latest first."""
    return Entry.objects.filter(
        kind="step", action="begin", actor_id=actor.person.pk, organisation_id=actor.organisation.pk
    ).order_by("-seq")


def capped_count(rows) -> int:
    """How many rows there are, counted no further than one past the cap."""
    return rows.order_by()[: SHOWN_AT_MOST + 1].count()


def find(kind: str, number: str, actor: Actor) -> Case:
    """The case with this number, if the actor may see it.

    Raises:
        NotVisible: whether it is not there or not theirs.
    """
    model = model_for(kind)
    case = model.objects.visible_to(actor).filter(number=number).select_related("organisation").first()
    if case is None:
        raise NotVisible(number)
    return case


def model_named(plural: str) -> type[Case]:
    """The model of the kind with this name in addresses.

    Raises:
        NotVisible: where there is none.
    """
    for model in kinds().values():
        if model.plural == plural:
            return model
    raise NotVisible(plural)


def find_in(plural: str, number: str, actor: Actor) -> Case:
    """The case with this number among those of the kind, if the actor may see it.

    Raises:
        NotVisible: whether it is not there or not theirs.
    """
    return find(model_named(plural).kind, number, actor)


def cases_of(rows: Iterable) -> dict[tuple[str, int], Case]:
    """The cases that rows of any kind refer to, one query a kind."""
    wanted = defaultdict(set)
    for row in rows:
        wanted[row.case_kind].add(row.case_id)
    return {
        (kind, case.pk): case
        for kind, ids in wanted.items()
        if kind in kinds()
        for case in kinds()[kind].objects.filter(pk__in=ids).select_related("organisation")
    }


@dataclass(frozen=True)
class Moment:
    """One line of a case's timeline."""

    entry: Entry
    at: datetime
    label: str
    article: str
    actor: str
    on_behalf_of: str
    organisation: str
    old_state: str
    new_state: str


def timeline(case: Case, actor: Actor) -> list[Moment]:
    """The steps of a case so far, the latest first, without those that this reader may not see."""
    hidden = case.hidden_steps(actor)
    inside = {name for name, spec in steps_of(type(case)).items() if spec.inside}
    own = actor.organisation.pk if actor.organisation else None
    entries = [
        entry
        for entry in Entry.objects.filter(case_kind=case.kind, case_id=case.pk, kind="step").order_by("-seq")
        if entry.action not in hidden and (entry.action not in inside or entry.organisation_id == own)
    ]
    return [_by_another_name(moment, case.names_for(actor)) for moment in moments(case, entries)]


def _by_another_name(moment: Moment, names: dict[int, str]) -> Moment:
    """The moment with the name that its organisation goes by for the reader, and nobody of it named."""
    name = names.get(moment.entry.organisation_id)
    if name is None:
        return moment
    return replace(moment, actor=name, on_behalf_of="", organisation="")


ENTRY_KINDS = {
    "step": _("Step"),
    "refusal": _("Refusal"),
    "reading": _("Reading of a file"),
    "clock": _("Limit counted again"),
    "account": _("Account events covered"),
    "erasure": _("Erasure"),
    "intake": _("Intake of call records"),
}


def in_words(entries: Sequence[Entry]) -> list[dict]:
    """Entries of any kind as the auditor reads them: what kind, which step, who, for which organisation."""
    people = {entry.actor_id for entry in entries} - {None}
    names = dict(User.objects.filter(pk__in=people).values_list("pk", "name"))
    return [
        {
            "entry": entry,
            "kind": ENTRY_KINDS.get(entry.kind, entry.kind),
            "action": _action(entry),
            "actor": names.get(entry.actor_id, ""),
        }
        for entry in entries
    ]


def _action(entry: Entry) -> str:
    model = kinds().get(entry.case_kind)
    if model is None:
        return ""
    if entry.action == "begin":
        return str(model.start.label)
    spec = steps_of(model).get(entry.action)
    return str(spec.label) if spec else ""


def moments(case: Case, entries: Sequence[Entry]) -> list[Moment]:
    """Entries of one case in words: who, for whom, which step, from where to where."""
    people = {entry.actor_id for entry in entries} | {entry.on_behalf_of_id for entry in entries}
    names = dict(User.objects.filter(pk__in=people - {None}).values_list("pk", "name"))
    steps, states = steps_of(type(case)), case.states.by_name
    return [
        Moment(
            entry=entry,
            at=entry.at,
            label=str(steps[entry.action].label if entry.action in steps else type(case).start.label),
            article=entry.article,
            actor=names.get(entry.actor_id, ""),
            on_behalf_of=names.get(entry.on_behalf_of_id, ""),
            organisation=entry.organisation_name,
            old_state=str(states[entry.old_state].label) if entry.old_state in states else "",
            new_state=str(states[entry.new_state].label) if entry.new_state in states else "",
        )
        for entry in entries
    ]
