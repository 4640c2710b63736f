"""No step can be skipped: every step in every state as everybody, against a table that people have read.

After a wanted change: `pytest tests/machines --golden` writes the tables anew; read the difference before it is kept.
"""

from datetime import date

import pytest
import time_machine

from accounts.roles import Role
from casework.beginning import begin
from casework.step import steps_of
from operators.models import Call, OperatingAgreement, OperatorApplication
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.operators import ExpertFactory
from tests.machines import table
from tests.story import DAY, NOW

KINDS = {"call": Call, "application": OperatorApplication, "agreement": OperatingAgreement}


def situations(story, name):
    """How each state is reached, and what else the guards look at."""
    model = KINDS[name]
    plain = {state: lambda state=state: getattr(story, name)(state) for state in model.states.by_name}
    return plain | {
        "call": {
            "published, window begun": lambda: published_before(story, opens_at=NOW),
            "published, window ended": lambda: published_before(story, opens_at=NOW - DAY, closes_at=NOW),
            "closed, not all decided": lambda: story.close(story.application("decision").call),
        },
        "application": {
            "draft, complete": lambda: completed(story),
            "draft, complete and late": lambda: completed(story, late=True),
            "qualification_review, all met": lambda: judged(story, lacking=0),
            "qualification_review, one not met": lambda: judged(story, lacking=1),
            "correction, late": lambda: returned_in_february(story),
            "panel_review, one has scored": lambda: scored_once(story),
            "panel_review, a seat vacant": lambda: with_vacant_seat(story),
            "consultation, one has answered": lambda: answered_once(story),
        },
        "agreement": {
            "draft, a part empty": lambda: with_empty_part(story),
            "signing, one has signed": lambda: signed_once(story),
            "effective, term over": lambda: signed_in_january(story),
        },
    }[name]  # fmt: skip


def published_before(story, **window):
    call = begin(Call, by=story.cast.bureau, on=NOW - 2 * DAY, **story.call_values(**window))
    return call.publish(by=story.cast.bureau, on=NOW - 2 * DAY)


def completed(story, *, late=False):
    case = story.application()
    story.complete(case)
    if late:
        story.close(case.call)
    return case


def judged(story, *, lacking):
    case = story.application("qualification_review")
    story.judge(case, lacking=lacking)
    return case


def returned_in_february(story):
    with time_machine.travel(NOW - 10 * DAY):
        case = judged(story, lacking=1)
        day = (NOW - DAY).date()
        return case.return_for_correction(by=story.cast.bureau, on=NOW - 5 * DAY, correct_by=day, remark="")


def scored_once(story):
    case = story.application("panel_review")
    return case.score(by=story.panel(case)[0], on=NOW, **story.marks(case))


def with_vacant_seat(story):
    case = story.application("panel_review")
    for _time in range(3):
        case.step_back(by=story.panel(case)[1], on=NOW, reason="A relative works there.")
    expert = UserFactory()
    held = MembershipFactory(person=expert, organisation=story.cast.health.organisation, role=Role.EXPERT)
    ExpertFactory(person=expert, employer=held.organisation)
    return case


def answered_once(story):
    case = story.application("consultation")
    return case.give_opinion(by=story.cast.finance, on=NOW, stance="agree", opinion="No objection.")


def with_empty_part(story):
    agreement = story.agreement("draft")
    parts = agreement.parts | {"security": ""}
    return agreement.edit(by=story.cast.bureau, on=NOW, starts_on=agreement.starts_on, years=2, **parts)


def signed_in_january(story):
    with time_machine.travel(NOW - 40 * DAY):
        return story.agreement("effective", starts_on=date(2024, 2, 1))


def signed_once(story):
    agreement = story.agreement("signing")
    story.sign(agreement, "applicant")
    return agreement


def compare(name: str, rows: list[dict[str, str]], golden: bool) -> None:
    path = table.HERE / f"golden_{name}.csv"
    if golden:
        table.write(path, rows)
    kept = {(row["state"], row["step"]): row for row in table.read(path)}
    found = {(row["state"], row["step"]): row for row in rows}
    assert kept.keys() == found.keys()
    differing = [
        (*key, who, f"is {found[key][who]}, was {row[who]}")
        for key, row in kept.items()
        for who in row
        if found[key].get(who) != row[who]
    ]
    assert differing == []


@pytest.mark.parametrize("name", KINDS)
def test_every_step_in_every_state_as_everybody(story, request, name):
    rows = list(table.of_kind(story, KINDS[name], situations(story, name)))
    compare(name, rows, request.config.getoption("--golden"))


def test_every_kind_is_begun_by_its_own_side_alone(story, request):
    compare("begin", list(table.beginnings(story)), request.config.getoption("--golden"))


def test_every_role_is_among_those_tried(story):
    assert {role for actor in table.actors(story, None).values() for role in actor.roles} == set(Role)


@pytest.mark.parametrize("name", KINDS)
def test_the_table_names_every_state_and_step(name):
    model = KINDS[name]
    kept = {(row["state"], row["step"]) for row in table.read(table.HERE / f"golden_{name}.csv")}
    assert {(state, step) for state, step in kept if ", " not in state and not step.endswith("()")} == {
        (state, step) for state in model.states.by_name for step in steps_of(model)
    }


@pytest.mark.parametrize("name", KINDS)
def test_a_step_succeeds_in_its_own_states_for_its_own_side_only(name):
    """The table against the declarations: nothing was written into it that no step declares."""
    model = KINDS[name]
    for row in table.read(table.HERE / f"golden_{name}.csv"):
        step = steps_of(model)[row["step"].removesuffix("()")]
        taken = {who for who, answer in row.items() if answer.startswith("ok ")}
        if row["state"].partition(",")[0] not in step.sources:
            assert taken == set(), row
        assert taken.isdisjoint({"sysadmin", "secadmin", "auditadmin", "read_only", "delegate", "anonymous"})
        assert taken.isdisjoint({"bureau_elsewhere", "finance_elsewhere", "government_elsewhere", "outsider"})


def test_the_tables_together_take_every_step_at_least_once():
    for name, model in KINDS.items():
        taken = {
            row["step"]
            for row in table.read(table.HERE / f"golden_{name}.csv")
            if any(answer.startswith("ok ") for answer in row.values())
        }
        # A step of the system that follows at once has no moment of its own in which only it could be taken.
        following = {name for step in steps_of(model).values() for name in step.then}
        assert set(steps_of(model)) - taken <= following, name
