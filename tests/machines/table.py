"""What every step does in every state for everybody: taken for real, each time rolled back again."""

import csv
import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path

from django.db import transaction

from accounts.actors import ANONYMOUS, SYSTEM, Actor
from casework.beginning import begin
from casework.ledger.models import Entry, Head
from casework.models.case import Case
from casework.models.clock import Clock
from casework.models.outbox import OutboxMessage
from casework.models.task import Task
from casework.refusals import Refusal
from casework.step import Step, steps_of
from tests.kinds import BY_MODEL, KINDS
from tests.kinds.told import Told
from tests.story import NOW

HERE = Path(__file__).parent
STRANGER = "outsider"


def actors(told: Told, story, case: Case | None) -> dict[str, Actor]:
    """Every role in its own and in another organisation, those who have none, and whom the kind adds."""
    cast = story.cast
    found = {name: cast[name] for name in cast.names() if not name.startswith("expert") and name != "bureau2"}
    elsewhere = {
        f"{name}_elsewhere": dataclasses.replace(cast[name], organisation=cast.outsider.organisation)
        for name in ("bureau", "finance", "government")
    }
    return found | elsewhere | {
        "expert_on_panel": cast.expert2,
        "expert_off_panel": cast.expert1,
        "read_only": dataclasses.replace(cast.bureau, read_only=True),
        "delegate": dataclasses.replace(cast.bureau2, on_behalf_of=cast.bureau.person, scope=frozenset({"other"})),
        "without_role": Actor(cast.bureau.person, cast.bureau.organisation, frozenset()),
        "anonymous": ANONYMOUS,
        "system": SYSTEM,
    } | told.people(story, case)  # fmt: skip


def tried(step: Step, case: Case, people: dict[str, Actor], *, everybody: bool) -> dict[str, Actor]:
    """Who tries a step: everybody in the states it starts from.

    In other states, with something special behind the state, and with nothing entered, only those whom the step admits,
    and somebody who has no part in anything: the person is asked before the state, the guards and the inputs, so the
    others are answered as they are in the step's own state.
    """
    if everybody and case.state in step.sources:
        return people
    admitted = {who: by for who, by in people.items() if step.person_refusal(case, by) is None}
    return admitted | {STRANGER: people[STRANGER]}


def inputs(story, case: Case, step: str) -> dict:
    """What a person in their right mind enters for the step."""
    return BY_MODEL[type(case)].inputs(story, case).get(step, dict)()


def situations(told: Told, story) -> dict[str, Callable[[], Case]]:
    """How each state is reached, and what else the guards look at."""
    plain = {state: lambda state=state: told.bring(story, state) for state in told.model.states.by_name}
    return plain | told.situations(story)


def trace(case: Case) -> dict:
    """Everything a refusal must leave as it is."""
    return {
        "row": type(case)._base_manager.filter(pk=case.pk).values_list().get(),
        "tasks": list(Task.objects.order_by("pk").values_list("pk", "closed_at", "due_on")),
        "clocks": list(Clock.objects.order_by("pk").values_list("pk", "stopped_at", "pauses", "due_on")),
        "messages": OutboxMessage.objects.count(),
    }


def outcome(case: Case, step: str, by: Actor, given: dict, before: dict, seen: set[str]) -> str:
    """The answer to one try: `ok` with the state reached, or the class of the refusal. Nothing of it stays.

    `seen` collects the refusals whose traces have been looked for: once a class, whoever meets it.

    Raises:
        AssertionError: where a refusal left something behind, or an entry is missing or too many.
    """
    with transaction.atomic():
        fresh = type(case)._base_manager.get(pk=case.pk)
        entries = Head.objects.get().size
        try:
            getattr(fresh, step)(by=by, on=NOW, **given)
            answer = f"ok {fresh.state}"
        except Refusal as refusal:
            answer = type(refusal).__name__
            written = list(Entry.objects.filter(seq__gte=entries).order_by("seq"))
            assert [(entry.kind, entry.action) for entry in written] == [("refusal", step)], (step, by)
            if answer not in seen:
                assert trace(case) == before, (step, by)
                seen.add(answer)
        transaction.set_rollback(True)
    return answer


def of_kind(story, told: Told) -> Iterator[dict[str, str]]:
    """One row a state and step, one column an actor; steps that ask for something are also tried without it.

    A state may stand several times, each with what is special behind it ("draft, complete"); those rows are for the
    steps that start from it. A cell is empty where that person need not try (see `tried`).
    """
    told.ground(story)
    for situation, bring in situations(told, story).items():
        state, special, _what = situation.partition(", ")
        with transaction.atomic():
            case = bring()
            case.refresh_from_db()
            assert case.state == state
            people, before = actors(told, story, case), trace(case)
            for name, step in steps_of(told.model).items():
                if special and state not in step.sources:
                    continue
                tries = {"": inputs(story, case, name)}
                if state in step.sources and tries[""]:
                    tries["()"] = {}
                for mark, given in tries.items():
                    seen: set[str] = set()
                    trying = tried(step, case, people, everybody=not special and not mark)
                    yield {"state": situation, "step": name + mark} | {
                        who: outcome(case, name, by, given, before, seen) if who in trying else ""
                        for who, by in people.items()
                    }
            transaction.set_rollback(True)


def beginnings(story) -> Iterator[dict[str, str]]:
    """Who may begin a case of each kind."""
    for told in KINDS:
        with transaction.atomic():
            given = told.begin(story)
            row = {"state": told.model.kind, "step": "begin"}
            for who, by in actors(told, story, None).items():
                row[who] = _begun(told.model, by, given)
            transaction.set_rollback(True)
            yield row


def _begun(model: type[Case], by: Actor, given: dict) -> str:
    with transaction.atomic():
        cases = model.objects.count()
        try:
            answer = f"ok {begin(model, by=by, on=NOW, **given).state}"
        except Refusal as refusal:
            answer = type(refusal).__name__
            assert model.objects.count() == cases
        transaction.set_rollback(True)
    return answer


def write(path: Path, rows: list[dict[str, str]]) -> None:
    """Write a golden table. A column that only some rows have is empty in the others."""
    names = dict.fromkeys(name for row in rows for name in row)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(names), restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def read(path: Path) -> list[dict[str, str]]:
    """Read a golden table."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
