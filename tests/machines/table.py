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
from casework.step import steps_of
from operators.models import Call, OperatingAgreement, OperatorApplication
from tests.story import DECISION, ENTITY, NOW, Story

HERE = Path(__file__).parent


def actors(story: Story, case: Case | None) -> dict[str, Actor]:
    """Every role in its own and in another organisation, and those who have none."""
    cast = story.cast
    found = {name: cast[name] for name in cast.names() if not name.startswith("expert") and name != "bureau2"}
    panel = story.panel(case) if isinstance(case, OperatorApplication) else []
    others = [cast[f"expert{number}"] for number in range(1, 6) if cast[f"expert{number}"] not in panel]
    elsewhere = {
        f"{name}_elsewhere": dataclasses.replace(cast[name], organisation=cast.outsider.organisation)
        for name in ("bureau", "finance", "government")
    }
    return found | elsewhere | {
        "expert_on_panel": panel[0] if panel else others[1],
        "expert_off_panel": others[0],
        "read_only": dataclasses.replace(cast.bureau, read_only=True),
        "delegate": dataclasses.replace(cast.bureau2, on_behalf_of=cast.bureau.person, scope=frozenset({"other"})),
        "without_role": Actor(cast.bureau.person, cast.bureau.organisation, frozenset()),
        "anonymous": ANONYMOUS,
        "system": SYSTEM,
    }  # fmt: skip


def inputs(story: Story, case: Case, step: str) -> dict:
    """What a person in their right mind enters for the step."""
    reason = {"reason": "For a reason."}
    later = {"correct_by": NOW.date().replace(day=20)}
    kinds: dict[type, dict[str, Callable[[], dict]]] = {
        Call: {
            "edit": story.call_values,
            "withdraw": lambda: reason,
        },
        OperatorApplication: {
            "save_entity": lambda: ENTITY,
            "save_answer": lambda: {"point": "sound_business", "statement": "We are sound."},
            "submit": lambda: {"truth": True},
            "resubmit": lambda: {"truth": True},
            "withdraw": lambda: reason,
            "judge": lambda: story.judgements(case),
            "return_for_correction": lambda: later | {"remark": ""},
            "extend_correction": lambda: later,
            "refuse_qualification": lambda: {"remark": "Not enough."},
            "refuse_uncorrected": lambda: {"remark": "Not corrected."},
            "step_back": lambda: reason,
            "excuse_expert": lambda: {"seat": str(case.awaited_seats().values_list("pk", flat=True).first())} | reason,
            "score": lambda: story.marks(case),
            "give_opinion": lambda: {"stance": "agree", "opinion": "No objection."},
            "make_report": lambda: {"recommendation": "approve", "report": "Sound."},
            "approve": lambda: DECISION,
            "refuse": lambda: DECISION,
        },
        OperatingAgreement: {
            "edit": lambda: {"starts_on": case.starts_on, "years": case.years} | case.parts,
            "take_back": lambda: reason,
            "sign": lambda: {"digest": case.text_digest, "agreed": True},
            "cancel": lambda: reason,
        },
    }
    return kinds[type(case)].get(step, dict)()


def trace(case: Case) -> dict:
    """Everything a refusal must leave as it is."""
    return {
        "row": type(case)._base_manager.filter(pk=case.pk).values_list().get(),
        "tasks": list(Task.objects.order_by("pk").values_list("pk", "closed_at", "due_on")),
        "clocks": list(Clock.objects.order_by("pk").values_list("pk", "stopped_at", "pauses", "due_on")),
        "messages": OutboxMessage.objects.count(),
    }


def outcome(case: Case, step: str, by: Actor, given: dict, before: dict) -> str:
    """The answer to one try: `ok` with the state reached, or the class of the refusal. Nothing of it stays.

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
            assert trace(case) == before, (step, by)
        transaction.set_rollback(True)
    return answer


def of_kind(story: Story, model: type[Case], states: dict[str, Callable[[], Case]]) -> Iterator[dict[str, str]]:
    """One row a state and step, one column an actor; steps that ask for something are also tried without it.

    A state may stand several times, each with what is special behind it ("draft, complete"); those rows are for the
    steps that start from it.
    """
    for situation, bring in states.items():
        state, special, _what = situation.partition(", ")
        with transaction.atomic():
            case = bring()
            case.refresh_from_db()
            assert case.state == state
            people, before = actors(story, case), trace(case)
            for name, step in steps_of(model).items():
                if special and state not in step.sources:
                    continue
                tries = {"": inputs(story, case, name)}
                if state in step.sources and tries[""]:
                    tries["()"] = {}
                for mark, given in tries.items():
                    yield {"state": situation, "step": name + mark} | {
                        who: outcome(case, name, by, given, before) for who, by in people.items()
                    }
            transaction.set_rollback(True)


def beginnings(story: Story) -> Iterator[dict[str, str]]:
    """Who may begin a case of each kind."""
    for model, bring in (
        (Call, story.call_values),
        (OperatorApplication, lambda: {"call": story.call().number}),
        (OperatingAgreement, lambda: _decided(story)),
    ):
        with transaction.atomic():
            given = bring()
            row = {"state": model.kind, "step": "begin"}
            for who, by in actors(story, None).items():
                row[who] = _begun(model, by, given)
            transaction.set_rollback(True)
            yield row


def _decided(story: Story) -> dict:
    case = story.application("approved")
    story.close(case.call).publish_results(by=story.cast.bureau, on=NOW)
    return {"application": case.number, "starts_on": NOW.date(), "years": 2}


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
    """Write a golden table."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def read(path: Path) -> list[dict[str, str]]:
    """Read a golden table."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
